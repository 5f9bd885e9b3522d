/** `towline logs`: what apps on devices have printed, from git alone. */
import { type Command, Option } from 'commander';
import { TowlineError } from '../../core/errors.ts';
import {
  inOrder,
  isAtLeast,
  type LogLine,
  linesOf,
  sortable,
} from '../../core/telemetry/reading/log-lines.ts';
import { type Level, levels } from '../../core/telemetry/record/record.ts';
import { examples } from '../command/examples.ts';
import { exitCode } from '../command/exit-code.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal } from '../command/terminal.ts';
import { selectorOption } from '../desk/selector-option.ts';
import { Grep } from './grep.ts';
import { LogPrinter } from './log-printer.ts';
import { Reading } from './reading.ts';
import { doubtWords, newest, readingOptions, type SharedOptions, sayAside } from './reading-options.ts';
import { silenceWords } from './silence.ts';
import { sinceOf } from './since.ts';

interface LogsOptions extends SharedOptions {
  readonly follow?: boolean;
  readonly grep?: string;
  readonly level?: Level;
  readonly lines: string;
  readonly json?: boolean;
}

/** With -f; each has a branch that is fetched. */
const mostFollowed = 50;
/** Ids that were shown last: what a device reads twice after a crash is shown once. */
const keptIds = 50_000;

async function logs(words: readonly string[], options: LogsOptions, signal: AbortSignal): Promise<void> {
  const { selector, follow = false, json = false, level } = options;
  const [device, service] = selector === undefined ? words : [undefined, ...words];
  if (
    (device === undefined) === (selector === undefined) ||
    words.length > (selector === undefined ? 2 : 1)
  ) {
    throw new TowlineError(
      'CLI_USAGE',
      'whose logs? a device and, perhaps, a service; or -l LABEL=VALUE instead of the device',
    );
  }
  const most = Number(options.lines);
  if (!/^\d{1,7}$/.test(options.lines) || most === 0)
    throw new TowlineError('CLI_USAGE', '-n: a number of records');
  const grep = options.grep === undefined ? undefined : new Grep(options.grep);
  const nowMs = Date.now();
  const sinceMs = sinceOf(options.since, nowMs);
  const since = sortable(new Date(sinceMs).toISOString());
  const wants: Parameters<typeof readingOptions>[2] = place =>
    place.kind === 'logs' && (service === undefined || place.service === service);
  const asked = readingOptions({ ...options, devices: device === undefined ? [] : [device] }, sinceMs, wants);
  await using reading = await Reading.open(asked, signal);
  if (follow && reading.devices.length > mostFollowed) {
    throw new TowlineError('CLI_USAGE', `-f: ${reading.devices.length} devices, at most ${mostFollowed}`);
  }
  const printer = new LogPrinter(standardTerminal(), reading.devices.length > 1);
  const seen = new Set<string>();
  const chosen = (lines: readonly LogLine[]) => {
    const some = lines.filter(line => isAtLeast(line, level) && sortable(line.time) >= since);
    return grep === undefined ? some : grep.filter(some);
  };
  const show = (lines: readonly LogLine[]) => {
    for (const line of inOrder(lines)) {
      if (seen.has(line.id)) continue;
      seen.add(line.id);
      if (json) printer.json(line);
      else printer.show(line);
    }
    if (seen.size > keptIds) for (const id of [...seen].slice(0, -keptIds / 2)) seen.delete(id);
  };
  const { kept, leftOut } = await newest(reading.since(signal), piece => chosen(linesOf(piece)), { most });
  if (leftOut > 0) sayAside(`${leftOut} older records are not shown: -n, --level, --grep or a later --since`);
  show(kept);
  doubtWords(reading).forEach(sayAside);
  silenceWords(reading, { isEmpty: kept.length === 0, sinceMs, nowMs }).forEach(sayAside);
  if (!follow) {
    process.exitCode = reading.doubtful.size > 0 ? exitCode.problems : exitCode.ok;
    return;
  }
  for await (const pieces of reading.follow(sayAside, signal)) show(chosen(pieces.flatMap(linesOf)));
  signal.throwIfAborted();
}

export function registerLogs(command: Command, stop: Stop): void {
  command
    .argument('[device]', 'whose logs; not with -l')
    .argument('[service]', 'of this service of an app alone')
    .addOption(selectorOption())
    .option('-f, --follow', 'go on: devices are asked to send while you look, at most 50')
    .option('--since <time>', 'a length of time before now, or a time', '1h')
    .option('--grep <pattern>', 'only records in which this regular expression finds something')
    .addOption(
      new Option('--level <level>', 'only records that say they are this grave, or graver').choices(levels),
    )
    .option('-n, --lines <count>', 'at most so many records, the newest', '10000')
    .option('--telemetry <url>', 'the gateway’s telemetry repository (default: git config towline.telemetry)')
    .option('--repo <dir>', 'the fleet repository: it has the keys of devices', '.')
    .option('--json', 'one JSON object for each record')
    .addHelpText(
      'after',
      examples([
        ['towline logs pump-17', 'the last hour of a device'],
        ['towline logs pump-17 web -f --level warn', 'one service, as it goes on'],
        ['towline logs -l site=berlin --since 1d --grep "timeout|refused"', 'a whole site, what failed'],
        ['towline logs pump-17 --json --since 2026-11-29T01:00:00Z', 'for a script'],
      ]),
    )
    .action((device: string | undefined, service: string | undefined, options: LogsOptions) =>
      logs(
        [device, service].flatMap(word => word ?? []),
        options,
        stop(),
      ),
    );
}
