/** `towline maintenance`: when updates may be applied and images may come, and whether anything may change at all. */
import { type Command, Option } from 'commander';
import { isSeq } from 'yaml';
import type { TargetOptions } from '../../core/change/targets.ts';
import { durationOption } from '../../core/change/typed-text.ts';
import { TowlineError } from '../../core/errors.ts';
import { cronProblem, cronValues } from '../../core/fleet/cron.ts';
import type { Window } from '../../schemas/types.generated.ts';
import { type ChangeOptions, changeOptions } from '../change/options.ts';
import { targetOptions } from '../change/targets.ts';
import { examples } from '../command/examples.ts';
import { assertOwnOptions } from '../command/own-options.ts';
import type { Stop } from '../command/stop.ts';
import { changeWindows, type WindowEdit } from './change-windows.ts';
import { registerMaintenanceList } from './list.ts';
import { windowWords } from './window-words.ts';

interface SetOptions extends ChangeOptions, TargetOptions {
  readonly start?: string;
  readonly duration?: string;
  readonly timezone?: string;
  readonly kind?: 'update' | 'download';
  readonly pause?: boolean;
  readonly resume?: boolean;
}

/** @throws TowlineError CLI_USAGE */
function windowOf({ start, duration, timezone, kind }: SetOptions): Window | undefined {
  if (start === undefined && duration === undefined && timezone === undefined) {
    if (kind !== undefined)
      throw new TowlineError('CLI_USAGE', '--kind is of a window: --start, --duration, --timezone');
    return undefined;
  }
  if (start === undefined || duration === undefined || timezone === undefined)
    throw new TowlineError('CLI_USAGE', 'a window needs --start, --duration and --timezone');
  durationOption('--duration', duration);
  if (cronProblem(start) === undefined && neverComes(start))
    throw new TowlineError('CLI_USAGE', `--start ${start} never comes: no such month has such a day`);
  return {
    start,
    duration,
    timeZone: timezone,
    ...(kind === undefined || kind === 'update' ? {} : { kind }),
  };
}

/** A leap year has every day that there is. */
function neverComes(start: string): boolean {
  const { days, months, weekdays } = cronValues(start);
  if (weekdays.size < 7) return false;
  return ![...months].some(month => Math.min(...days) <= new Date(Date.UTC(2028, month, 0)).getUTCDate());
}

async function set(options: SetOptions, signal: AbortSignal): Promise<void> {
  const window = windowOf(options);
  const { pause = false, resume = false } = options;
  if ([window !== undefined, pause, resume].filter(Boolean).length !== 1)
    throw new TowlineError(
      'CLI_USAGE',
      'what? A window by --start, --duration and --timezone, or --pause, or --resume',
    );
  await changeWindows(window === undefined ? pausing(pause) : adding(window), options, signal);
}

const pausing = (pause: boolean): WindowEdit => ({
  verb: pause ? 'pause' : 'resume',
  edit: document => {
    if (pause) document.set('paused', true);
    else document.delete('paused');
  },
  message: whom => `${pause ? 'Pause' : 'Resume'} ${whom}`,
  done: whom => (pause ? `${whom} stays as it is` : `${whom} goes on`),
});

const adding = (window: Window): WindowEdit => ({
  verb: 'window',
  edit: document => {
    const list = document.get('windows');
    const isThere = isSeq(list) && list.items.some((_item, at) => isSame(list.toJS(document)[at], window));
    if (isThere) return;
    if (isSeq(list)) list.add(document.createNode(window));
    else document.set('windows', document.createNode([window]));
  },
  message: whom => `A maintenance window for ${whom}: ${windowWords(window)}`,
  done: whom => `${whom}: ${windowWords(window)}`,
});

const isSame = (left: unknown, right: Window): boolean =>
  typeof left === 'object' &&
  left !== null &&
  JSON.stringify(Object.entries({ kind: 'update', ...left }).sort()) ===
    JSON.stringify(Object.entries({ kind: 'update', ...right }).sort());

interface ClearOptions extends ChangeOptions, TargetOptions {
  readonly anyTime?: boolean;
}

async function clear({ anyTime = false, ...options }: ClearOptions, signal: AbortSignal): Promise<void> {
  const edit: WindowEdit = {
    verb: 'clear',
    edit: document => {
      if (anyTime) document.set('windows', document.createNode([]));
      else document.delete('windows');
    },
    message: whom =>
      anyTime ? `${whom}: updates at any time` : `No maintenance windows of its own for ${whom}`,
    done: whom => (anyTime ? `${whom}: at any time` : `${whom} has no windows of its own`),
  };
  await changeWindows(edit, options, signal);
}

export function registerMaintenance(command: Command, stop: Stop): void {
  command
    .option('--start <cron>', 'when the window opens, each time: five fields of cron')
    .option('--duration <duration>', 'how long it stays open')
    .option('--timezone <zone>', 'IANA time zone, such as Europe/Berlin')
    .addOption(
      new Option(
        '--kind <what>',
        'update: what runs may be changed, and images may come; download: images alone',
      ).choices(['update', 'download']),
    )
    .option('--pause', 'nothing that runs is changed until --resume')
    .option('--resume', 'the pause of these files is over');
  changeOptions(targetOptions(command))
    .addHelpText(
      'after',
      examples([
        [
          'towline maintenance --group stable --start "0 2 * * 0" --duration 2h --timezone Europe/Berlin',
          'one window more for a group',
        ],
        ['towline maintenance --fleet --pause', 'nothing changes anywhere: a frozen zone'],
        ['towline maintenance list -l site=berlin', 'what holds where'],
        ['towline maintenance clear --device pump-4', 'its group’s windows hold again'],
      ]),
    )
    .action((options: SetOptions) => set(options, stop()));
  registerMaintenanceList(command);
  const clearing = command
    .command('clear')
    .description('Take windows away: those of a wider file hold then, or none.')
    .option('--any-time', 'at any time instead, whatever wider files say');
  changeOptions(targetOptions(clearing))
    .addHelpText('after', examples([['towline maintenance clear --device pump-4', 'as its group has it']]))
    .action(async (_options: ClearOptions, verb: Command) => {
      assertOwnOptions(verb);
      await clear(verb.optsWithGlobals<ClearOptions>(), stop());
    });
}
