/** `towline top`: how busy devices are, by their newest metrics. */
import type { Command } from 'commander';
import { formatDuration } from '../../core/duration.ts';
import { TowlineError } from '../../core/errors.ts';
import { SeriesStore, shownValue } from '../../core/telemetry/reading/series.ts';
import { examples } from '../command/examples.ts';
import { exitCode } from '../command/exit-code.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal } from '../command/terminal.ts';
import { selectorOption } from '../desk/selector-option.ts';
import { type DeviceLoad, isLoad, loadOf } from './device-load.ts';
import { Reading } from './reading.ts';
import { doubtWords, readingOptions, type SharedOptions, sayAside } from './reading-options.ts';
import { silenceWords } from './silence.ts';
import { sinceOf } from './since.ts';

interface TopOptions extends SharedOptions {
  readonly json?: boolean;
}

const shownContainers = 3;

async function top(devices: readonly string[], options: TopOptions, signal: AbortSignal): Promise<void> {
  const { selector, json = false } = options;
  if ((devices.length === 0) === (selector === undefined)) {
    throw new TowlineError('CLI_USAGE', 'which devices? by id, or -l LABEL=VALUE');
  }
  const nowMs = Date.now();
  const sinceMs = sinceOf(options.since, nowMs);
  const asked = readingOptions({ ...options, devices }, sinceMs, ({ kind }) => kind === 'metrics');
  await using reading = await Reading.open(asked, signal);
  const stores = new Map(reading.devices.map(device => [device, new SeriesStore()]));
  for await (const { device, piece } of reading.since(signal)) {
    if (piece.kind !== 'metrics') continue;
    for (const block of piece.blocks) stores.get(device)?.add(block, isLoad, sinceMs);
  }
  const loads = [...stores].map(([device, store]) => ({ device, load: loadOf(store.all) }));
  // The busiest first; those that say nothing last.
  loads.sort((a, b) => (b.load?.cpu ?? -1) - (a.load?.cpu ?? -1) || (a.device < b.device ? -1 : 1));
  const terminal = standardTerminal();
  if (json) terminal.json(loads.map(({ device, load }) => ({ device, ...load })));
  else {
    const head = ['DEVICE', 'SEEN', 'CPU', 'MEMORY', 'DISK', 'LOAD', 'TEMP', 'BUSIEST'];
    terminal.table(
      head,
      loads.map(({ device, load }) => [device, ...cells(load, nowMs)]),
    );
  }
  doubtWords(reading).forEach(sayAside);
  const isEmpty = loads.every(({ load }) => load === undefined);
  silenceWords(reading, { isEmpty, sinceMs, nowMs }).forEach(sayAside);
  process.exitCode = reading.doubtful.size > 0 ? exitCode.problems : exitCode.ok;
}

function cells(load: DeviceLoad | undefined, nowMs: number): string[] {
  if (load === undefined) return ['no metrics', '-', '-', '-', '-', '-', '-'];
  const { timeMs, cpu, memory, disk, load1, celsius, containers } = load;
  const part = (value: number | undefined) => (value === undefined ? '-' : `${Math.round(value * 100)} %`);
  const age = Math.max(0, Math.round((nowMs - timeMs) / 1000)) * 1000;
  const busiest = containers.slice(0, shownContainers).map(({ name, cpu: own, memoryBytes }) => {
    const held = memoryBytes === undefined ? '' : ` ${shownValue('_bytes', memoryBytes)}`;
    return `${name} ${part(own)}${held}`;
  });
  return [
    `${formatDuration(age)} ago`,
    part(cpu),
    part(memory),
    part(disk),
    load1 === undefined ? '-' : String(load1),
    celsius === undefined ? '-' : `${Math.round(celsius)} °C`,
    busiest.join(', ') || '-',
  ];
}

export function registerTop(command: Command, stop: Stop): void {
  command
    .argument('[devices...]', 'which devices; not with -l')
    .addOption(selectorOption())
    .option('--since <time>', 'what is older is not looked at: a length of time before now, or a time', '30m')
    .option('--telemetry <url>', 'the gateway’s telemetry repository (default: git config towline.telemetry)')
    .option('--repo <dir>', 'the fleet repository: it has the keys of devices', '.')
    .option('--json', 'a JSON array of devices')
    .addHelpText(
      'after',
      examples([
        ['towline top -l site=berlin', 'a site, the busiest device first'],
        ['towline top pump-17 pump-18 --json', 'two devices, for a script'],
      ]),
    )
    .action((devices: readonly string[], options: TopOptions) => top(devices, options, stop()));
}
