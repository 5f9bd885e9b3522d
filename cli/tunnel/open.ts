/** `towline tunnel open`: the signed commit that opens a device's tunnel, pushed, and waited for. */

import type { Command } from 'commander';
import { openingWords, type Planned } from '../../core/change/tunnel/tunnel-intent.ts';
import { durationOption, reasonOption } from '../../core/change/typed-text.ts';
import { timeWord } from '../../core/time-word.ts';
import { stampOf } from '../change/draft.ts';
import { remoteOptions } from '../change/options.ts';
import { RemoteMain } from '../change/remote-main.ts';
import { collect } from '../command/collect.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal, Terminal } from '../command/terminal.ts';
import { type WaitOptions, waitOptions } from './change/options.ts';
import { planOpening } from './change/tunnel-change.ts';
import { draftOpening, sayDraft } from './drafting.ts';
import { type Arrival, arrivalExitCode } from './word/arrival.ts';
import { waitFor, waitingOf } from './word/wait.ts';

interface OpenOptions extends WaitOptions {
  readonly for?: string;
  readonly reason?: string;
  readonly allow?: readonly string[];
  readonly pr?: boolean;
  readonly pushOption?: readonly string[];
  readonly json?: boolean;
}

/** What is asked for, from a command line. @throws TowlineError CLI_USAGE */
export function askedOf(options: Pick<OpenOptions, 'for' | 'reason' | 'allow'>) {
  return {
    ...(options.for === undefined ? {} : { forMs: durationOption('--for', options.for) }),
    ...(options.reason === undefined ? {} : { reason: reasonOption(options.reason) }),
    ...(options.allow === undefined ? {} : { allow: options.allow.flatMap(names => names.split(',')) }),
  };
}

async function open(id: string, options: OpenOptions, signal: AbortSignal): Promise<void> {
  const asked = askedOf(options);
  const main = await RemoteMain.open(options);
  if (options.pr === true) {
    const branch = `tunnel/${id}-${stampOf(Date.now())}`;
    const drafted = await draftOpening(main, { id, asked, branch, ...options }, signal);
    return sayDraft(drafted, options.json === true);
  }
  const waiting = await waitingOf(options, main.remote);
  let planned: Planned | undefined;
  const commit = await main.change(async look => {
    planned = await planOpening(look, id, asked);
    return planned.proposal;
  }, signal);
  if (planned === undefined) return;
  const { device, proposal } = planned;
  const terminal = standardTerminal();
  const json = options.json === true;
  if (!json) {
    const words = openingWords(device, proposal?.tunnel);
    if (commit === undefined) terminal.line(`${id} is open already, ${words}`);
    else terminal.line(`${terminal.colour('green', 'pushed')} ${commit.slice(0, 12)}: ${id} opens, ${words}`);
  }
  const untilMs = device.merged.untilMs;
  const until = proposal?.tunnel.until ?? (untilMs === undefined ? undefined : timeWord(untilMs));
  const wanted = { device, state: 'open', until, commit: commit ?? device.commit } as const;
  const found = options.wait ? await waitFor(waiting, wanted, progressOf(json), signal) : undefined;
  if (found !== undefined) process.exitCode = arrivalExitCode[found.result];
  if (json) {
    const { reason, allow } = proposal?.tunnel ?? device.merged;
    const tunnel = { state: 'open', until, reason, allow };
    terminal.json({ device: id, file: device.path, commit: commit ?? null, tunnel, ...waitJson(found) });
  } else if (found !== undefined) {
    sayArrival(terminal, found, `open: towline ssh ${id}`);
    if (found.result !== 'done')
      terminal.line(`It stands until ${until}: towline tunnel close ${id} takes it back.`);
  }
}

/** Beside what is shown, which may go on to a program. */
export function progressOf(json: boolean): (words: string) => void {
  const terminal = new Terminal(process.stderr, process.env);
  return words => {
    if (!json) terminal.line(terminal.colour('dim', `${timeWord(Date.now())} ${words}`));
  };
}

export const waitJson = (found: Arrival | undefined) =>
  found === undefined ? {} : { wait: { result: found.result, why: found.why } };

export function sayArrival(terminal: Terminal, { result, why }: Arrival, done: string): void {
  if (result === 'done') terminal.line(terminal.colour('green', done));
  else terminal.line(`${terminal.colour('red', result.replace('-', ' '))}: ${why}`);
}

export function registerTunnelOpen(tunnel: Command, stop: Stop): void {
  const open_ = tunnel
    .command('open')
    .description('Open a device’s tunnel by a signed commit, and wait until the device is there.')
    .argument('<device>', 'id of the device')
    .option('--for <duration>', 'how long (default: `tunnels.maxDuration` of fleet.yaml)')
    .option('--reason <text>', 'why: it stands in the history, the status and the audit log')
    .option('--allow <name>', 'only this operator may come in; repeatable', collect);
  waitOptions(remoteOptions(open_))
    .option('--pr', 'on a branch, with your approval in it, for a pull request of the forge')
    .option('-o, --push-option <option>', 'with --pr: as `git push -o` has it; repeatable', collect)
    .option('--json', 'one JSON object instead of text')
    .addHelpText(
      'after',
      examples([
        ['towline tunnel open pump-17 --for 1h --reason INC-42', 'an hour, and why'],
        ['towline tunnel open pump-17 --allow alice --allow bob', 'for two people alone'],
        [
          'towline tunnel open pump-17 --pr -o merge_request.create',
          'where main takes pull requests only; GitLab opens it by this option, others say where',
        ],
        ['towline tunnel open pump-17 --no-wait', 'the commit is pushed, and that is all'],
      ]),
    )
    .action((id: string, options: OpenOptions) => open(id, options, stop()));
}
