/** `towline tunnel grant`: approves what a request asks for and, where the policy has enough with that, puts it on main. */
import type { Command } from 'commander';
import { deviceCheck } from '../../core/change/proposal-check.ts';
import { deviceAtMain } from '../../core/change/tunnel/device-at.ts';
import { openingWords } from '../../core/change/tunnel/tunnel-intent.ts';
import { TowlineError } from '../../core/errors.ts';
import type { WalkStop } from '../../core/trust/walk.ts';
import { ownApproval } from '../change/draft.ts';
import { remoteOptions } from '../change/options.ts';
import { filesAt, type Proposal, RemoteMain } from '../change/remote-main.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal } from '../command/terminal.ts';
import { git } from '../desk/git.ts';
import { push } from '../desk/push.ts';
import { remotePlace } from '../desk/repository.ts';
import { signedCommit } from '../desk/signed-commit.ts';
import type { TrustWalk } from '../trust/walk.ts';
import { type WaitOptions, waitOptions } from './change/options.ts';
import { isTimely, type Pending, pendingOf } from './change/pending.ts';
import { progressOf, sayArrival, waitJson } from './open.ts';
import { type Arrival, arrivalExitCode } from './word/arrival.ts';
import { waitFor, waitingOf } from './word/wait.ts';

interface GrantOptions extends WaitOptions {
  readonly json?: boolean;
}

/** What became of it: on main, or one approval more. */
interface Granted {
  readonly pending: Pending;
  readonly commit?: string;
  readonly approvedBy?: string;
  readonly missing: readonly string[];
}

async function grant(branch: string, options: GrantOptions, signal: AbortSignal): Promise<void> {
  const main = await RemoteMain.open(options);
  const waiting = await waitingOf(options, main.remote);
  const granted = await decide(main, branch, signal);
  const { pending, commit } = granted;
  const terminal = standardTerminal();
  const json = options.json === true;
  let found: Arrival | undefined;
  await using look = await main.walk(signal);
  const device = await deviceAtMain(filesAt(look), pending.device);
  const words = openingWords(device, pending.tunnel);
  if (commit === undefined) {
    if (!json) {
      const who = granted.missing.join(', or ');
      terminal.line(`${granted.approvedBy} approves: ${device.id}, ${words}; still missing: ${who}`);
    }
  } else {
    if (!json)
      terminal.line(`${terminal.colour('green', 'granted')} ${commit.slice(0, 12)}: ${device.id}, ${words}`);
    await forget(main, branch, signal);
    const { state, until } = pending.tunnel;
    if (options.wait)
      found = await waitFor(waiting, { device, state, until, commit }, progressOf(json), signal);
    if (found !== undefined) process.exitCode = arrivalExitCode[found.result];
  }
  if (json) {
    const { approvedBy, missing } = granted;
    const said = { granted: commit !== undefined, commit: commit ?? null, approvedBy, missing };
    terminal.json({ branch, device: device.id, tunnel: pending.tunnel, ...said, ...waitJson(found) });
  } else if (found !== undefined) sayArrival(terminal, found, `${pending.tunnel.state} at ${device.id}`);
}

async function decide(main: RemoteMain, branch: string, signal: AbortSignal): Promise<Granted> {
  let pending: Pending | undefined;
  let stopped: WalkStop | undefined;
  const commit = await main.change(async look => {
    pending = await read(main, look, branch, signal);
    const proposal = proposalOf(pending);
    const tried = await main.tryCommit(look, proposal, signal);
    stopped = tried.stopped;
    return stopped === undefined ? { ...proposal, made: tried.commit } : undefined;
  }, signal);
  if (pending === undefined) throw new TowlineError('TUNNEL_REQUEST', `there is no branch ${branch}`);
  if (commit !== undefined) return { pending, commit, missing: [] };
  const approvedBy = await approve(main, pending, stopped, signal);
  return { pending, approvedBy, missing: stopped?.missing ?? [] };
}

async function read(
  main: RemoteMain,
  look: TrustWalk,
  branch: string,
  signal: AbortSignal,
): Promise<Pending> {
  const [found] = await main.branches(branch, signal);
  if (found === undefined) throw new TowlineError('TUNNEL_REQUEST', `${main.remote} has no branch ${branch}`);
  const pending = await pendingOf(look, found);
  if (isTimely(pending, Date.now())) return pending;
  throw new TowlineError('TUNNEL_REQUEST', `${branch}: its time is over: ask anew`);
}

/** With all approvals of the branch; whoever grants it signs the commit. */
function proposalOf({ device, path, text, tunnel, by, approvals }: Pending): Proposal {
  const { state, until, reason } = tunnel;
  const verb = state === 'open' ? 'Open' : 'Close';
  const asked = by === undefined ? '' : ` (asked for by ${by})`;
  const message = `${verb} the tunnel of ${device}${until === undefined ? '' : ` until ${until}`}${reason === undefined ? '' : `: ${reason}`}${asked}`;
  return { files: new Map([...approvals, [path, text]]), message, check: deviceCheck(device) };
}

/** One approval more, onto the branch. @returns the principal. @throws TowlineError CLI_CHANGE_REFUSED where this key is nobody's */
async function approve(
  main: RemoteMain,
  { branch, commit: head, tunnel, approvedBy }: Pending,
  stopped: WalkStop | undefined,
  signal: AbortSignal,
): Promise<string> {
  const { key } = main.options;
  await using look = await main.walk(signal);
  const own = await ownApproval(look, { head, key, until: tunnel.until }, signal);
  if (own === undefined || (stopped?.missing.length ?? 0) === 0) {
    const why = stopped === undefined ? '' : `: ${stopped.code} ${stopped.message}`;
    throw new TowlineError('CLI_CHANGE_REFUSED', `${branch} cannot be granted by you${why}`);
  }
  if (approvedBy.includes(own.principal)) return own.principal;
  const { gitDirectory: directory } = main.repository;
  const message = `Approve ${branch}\n`;
  const files = new Map([[own.file, own.text]]);
  const commit = await signedCommit(
    { directory, base: head, files, message, key, mayBeUnsigned: true },
    signal,
  );
  const { outcome } = await push(
    {
      ...{ directory: remotePlace(main.repository), remote: main.remote },
      ...{ commit, ref: `refs/heads/${branch}` },
    },
    signal,
  );
  if (outcome === 'taken') return own.principal;
  throw new TowlineError('CLI_MAIN_MOVES', `${branch} moved meanwhile`);
}

/** It is on main: the branch has done its work. Who may not remove it leaves it. */
async function forget(main: RemoteMain, branch: string, signal: AbortSignal): Promise<void> {
  const args = ['push', '--quiet', '--no-verify', '--end-of-options', main.remote, `:refs/heads/${branch}`];
  await git(args, { directory: remotePlace(main.repository), signal }).catch(() => undefined);
}

export function registerTunnelGrant(tunnel: Command, stop: Stop): void {
  const verb = tunnel
    .command('grant')
    .description('Approve a request and, where the policy has enough with that, put it on main.')
    .argument('<branch>', 'as `towline tunnel requests` shows it');
  waitOptions(remoteOptions(verb))
    .option('--json', 'one JSON object instead of text')
    .addHelpText(
      'after',
      examples([
        [
          'towline tunnel grant requests/bob/pump-17-20261129T053000Z',
          'where the policy asks for two, the first approves and the second puts it on main',
        ],
      ]),
    )
    .action((branch: string, options: GrantOptions) => grant(branch, options, stop()));
}
