/** `towline metrics`: the series of one device, how they are and how they were. */
import type { Command } from 'commander';
import {
  rates,
  type SeriesOverTime,
  SeriesStore,
  shownValue,
  sparkline,
} from '../../core/telemetry/reading/series.ts';
import { examples } from '../command/examples.ts';
import { exitCode } from '../command/exit-code.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal } from '../command/terminal.ts';
import { Reading } from './reading.ts';
import { doubtWords, readingOptions, type SharedOptions, sayAside } from './reading-options.ts';
import { silenceWords } from './silence.ts';
import { sinceOf } from './since.ts';

interface MetricsOptions extends SharedOptions {
  readonly json?: boolean;
}

const sparkWidth = 24;

async function metrics(
  device: string,
  name: string | undefined,
  options: MetricsOptions,
  signal: AbortSignal,
): Promise<void> {
  const nowMs = Date.now();
  const sinceMs = sinceOf(options.since, nowMs);
  const asked = readingOptions({ ...options, devices: [device] }, sinceMs, ({ kind }) => kind === 'metrics');
  await using reading = await Reading.open(asked, signal);
  const store = new SeriesStore();
  for await (const { piece } of reading.since(signal)) {
    if (piece.kind !== 'metrics') continue;
    for (const block of piece.blocks) {
      store.add(block, series => name === undefined || series.name.includes(name), sinceMs);
    }
  }
  const terminal = standardTerminal();
  const { all } = store;
  if (options.json === true) {
    terminal.json({
      device,
      series: all.map(({ name: one, type, labels, points }) => ({ name: one, type, labels, points })),
    });
  } else if (all.length > 0) terminal.table(['SERIES', 'NOW', 'LEAST', 'MOST', ''], all.map(row));
  if (store.leftOut > 0) sayAside(`${store.leftOut} points are not shown: a later --since, or a name`);
  doubtWords(reading).forEach(sayAside);
  silenceWords(reading, { isEmpty: all.length === 0, sinceMs, nowMs }).forEach(sayAside);
  process.exitCode = reading.doubtful.size > 0 ? exitCode.problems : exitCode.ok;
}

/** Of a counter, what it adds in a second: what it is says when its process began. */
function row({ key, name, type, points }: SeriesOverTime): string[] {
  const isCounter = type === 'counter' && points.length > 1;
  const shown = isCounter ? rates(points) : points;
  const values = shown.map(({ value }) => value).filter(Number.isFinite);
  const word = (value: number | undefined) =>
    value === undefined ? '-' : `${shownValue(name, value)}${isCounter ? '/s' : ''}`;
  const [least, most] = values.reduce(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
  const none = values.length === 0;
  return [
    key,
    word(shown.at(-1)?.value),
    word(none ? undefined : least),
    word(none ? undefined : most),
    sparkline(shown, sparkWidth),
  ];
}

export function registerMetrics(command: Command, stop: Stop): void {
  command
    .argument('<device>', 'whose metrics')
    .argument('[name]', 'only series with this in their name')
    .option('--since <time>', 'a length of time before now, or a time', '1h')
    .option('--telemetry <url>', 'the gateway’s telemetry repository (default: git config towline.telemetry)')
    .option('--repo <dir>', 'the fleet repository: it has the keys of devices', '.')
    .option('--json', 'one JSON object with every point')
    .addHelpText(
      'after',
      examples([
        ['towline metrics pump-17', 'all series of the last hour; counters as what they add in a second'],
        ['towline metrics pump-17 memory --since 1d', 'those with memory in their name, over a day'],
        ['towline metrics pump-17 --json', 'for a script'],
      ]),
    )
    .action((device: string, name: string | undefined, options: MetricsOptions) =>
      metrics(device, name, options, stop()),
    );
}
