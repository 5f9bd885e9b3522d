/** `towline events`: what happened on devices: to containers, to apps, to the agent. */
import type { Command } from 'commander';
import { TowlineError } from '../../core/errors.ts';
import { shownJson } from '../../core/shown-text.ts';
import type { Piece } from '../../core/telemetry/reading/log-lines.ts';
import { sortable } from '../../core/telemetry/reading/log-lines.ts';
import type { EventRecord } from '../../core/telemetry/record/record.ts';
import { examples } from '../command/examples.ts';
import { exitCode } from '../command/exit-code.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal, type Terminal } from '../command/terminal.ts';
import { selectorOption } from '../desk/selector-option.ts';
import { Reading } from './reading.ts';
import { doubtWords, newest, readingOptions, type SharedOptions, sayAside } from './reading-options.ts';
import { silenceWords } from './silence.ts';
import { sinceOf } from './since.ts';

interface EventsOptions extends SharedOptions {
  readonly follow?: boolean;
  readonly json?: boolean;
}

interface Happened {
  readonly device: string;
  readonly time: string;
  readonly record: EventRecord;
}

const most = 10_000;
const mostFollowed = 50;

async function events(
  devices: readonly string[],
  options: EventsOptions,
  signal: AbortSignal,
): Promise<void> {
  const { selector, follow = false, json = false } = options;
  if ((devices.length === 0) === (selector === undefined)) {
    throw new TowlineError('CLI_USAGE', 'whose events? devices, or -l LABEL=VALUE');
  }
  const nowMs = Date.now();
  const sinceMs = sinceOf(options.since, nowMs);
  const since = sortable(new Date(sinceMs).toISOString());
  const asked = readingOptions({ ...options, devices }, sinceMs, ({ kind }) => kind === 'events');
  await using reading = await Reading.open(asked, signal);
  if (follow && reading.devices.length > mostFollowed) {
    throw new TowlineError('CLI_USAGE', `-f: ${reading.devices.length} devices, at most ${mostFollowed}`);
  }
  const terminal = standardTerminal();
  const chosen = (piece: Piece) => happened(piece).filter(({ time }) => time >= since);
  const shown = new Set<string>();
  const show = (all: readonly Happened[]) => {
    for (const one of all.toSorted((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0))) {
      // What a device reads twice after a crash has one number.
      const id = `${one.device}/events/${one.record.sequence}`;
      if (!shown.has(id))
        terminal.line(json ? shownJson({ id, device: one.device, ...one.record }) : lineOf(terminal, one));
      shown.add(id);
    }
  };
  const { kept, leftOut } = await newest(reading.since(signal), chosen, { most });
  if (leftOut > 0) sayAside(`${leftOut} older events are not shown: a later --since`);
  show(kept);
  doubtWords(reading).forEach(sayAside);
  silenceWords(reading, { isEmpty: kept.length === 0, sinceMs, nowMs }).forEach(sayAside);
  if (!follow) {
    process.exitCode = reading.doubtful.size > 0 ? exitCode.problems : exitCode.ok;
    return;
  }
  for await (const pieces of reading.follow(sayAside, signal)) show(pieces.flatMap(chosen));
  signal.throwIfAborted();
}

function happened({ device, piece }: Piece): Happened[] {
  if (piece.kind !== 'event') return [];
  return piece.records.map(record => ({ device, time: sortable(record.time), record }));
}

function lineOf(terminal: Terminal, { device, time, record }: Happened): string {
  const { name, text, level, service } = record;
  const isBad = level === 'error' || level === 'fatal';
  const of = service === undefined ? '' : ` ${service}`;
  const said = isBad ? terminal.colour('red', text) : text;
  return `${terminal.colour('dim', `${time.slice(0, 19)}Z`)} ${device}${of} ${terminal.colour('bold', name)} ${said}`;
}

export function registerEvents(command: Command, stop: Stop): void {
  command
    .argument('[devices...]', 'whose events; not with -l')
    .addOption(selectorOption())
    .option('-f, --follow', 'go on: devices are asked to send while you look, at most 50')
    .option('--since <time>', 'a length of time before now, or a time', '1d')
    .option('--telemetry <url>', 'the gateway’s telemetry repository (default: git config towline.telemetry)')
    .option('--repo <dir>', 'the fleet repository: it has the keys of devices', '.')
    .option('--json', 'one JSON object for each event')
    .addHelpText(
      'after',
      examples([
        ['towline events pump-17', 'the last day of a device'],
        ['towline events -l site=berlin --since 1h -f', 'a site, as it goes on'],
      ]),
    )
    .action((devices: readonly string[], options: EventsOptions) => events(devices, options, stop()));
}
