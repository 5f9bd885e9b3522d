/** `towline trust check`: the walk that a device makes, on any repository. */
import type { Command } from 'commander';
import { policyPath } from '../../core/trust/policy/policy.ts';
import { showTime } from '../../core/trust/signature/evidence.ts';
import type { WalkStop } from '../../core/trust/walk.ts';
import { examples } from '../command/examples.ts';
import { exitCode } from '../command/exit-code.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal, Terminal } from '../command/terminal.ts';
import { openSnapshot } from '../desk/repository.ts';
import { besideTimestamp, fleetFreshness } from './freshness.ts';
import { showStop } from './stopped-walk.ts';
import { type TrustWalk, type WalkOptions, walkRepository } from './walk.ts';
import { findWalkRaise, raiseMessage } from './walk-raise.ts';

type Options = WalkOptions & {
  readonly json?: boolean;
  readonly telemetry?: string;
  readonly force?: boolean;
};

async function check(options: Options, signal: AbortSignal): Promise<void> {
  await using found = await walkRepository({ ...options, byOurClock: 'unpublished' }, signal);
  const { trusted, head, accepted } = found;
  const stopped =
    found.stopped ?? (await besideTimestamp(found, signal)) ?? (await unknownWalk(found, options, signal));
  const freshness = found.nowSec === undefined ? undefined : await fleetFreshness(found, found.nowSec);
  const terminal = standardTerminal();
  process.exitCode = stopped === undefined ? exitCode.ok : exitCode.untrusted;
  if (options.json === true) {
    const { commit, lineTimeSec, fleet } = trusted;
    const lineTime = showTime(lineTimeSec);
    const result = {
      ok: stopped === undefined,
      fleet,
      anchor: found.anchor.commit,
      head,
      trusted: commit,
      lineTime,
    };
    terminal.json({
      ...result,
      steps: accepted.length,
      stopped: stopped ?? null,
      ...(freshness ? { freshness } : {}),
    });
    return;
  }
  if (stopped === undefined) {
    const steps = `${accepted.length} step${accepted.length === 1 ? '' : 's'} from the anchor`;
    terminal.line(`${terminal.colour('green', 'trusted')} ${trusted.commit} (${steps})`);
  } else {
    if (trusted.commit !== head) terminal.line(`would trust ${trusted.commit}, not ${head}`);
    showStop(terminal, stopped);
  }
  if (freshness?.stale === true)
    terminal.line(`${terminal.colour('yellow', 'stale')} ${freshness.reason ?? ''}`);
}

/** The step that raises the walk is one that agents which do not know it could not take. */
async function unknownWalk(
  found: TrustWalk,
  { repo, telemetry, force }: Options,
  signal: AbortSignal,
): Promise<WalkStop | undefined> {
  await using after = await openSnapshot({ repo, commit: found.trusted.commit });
  const before = found.published ?? found.anchor.commit;
  const line = [found.anchor.commit, ...found.accepted.map(({ commit }) => commit)];
  const raise = await findWalkRaise({ repo, before, line, after, telemetry }, signal);
  if (raise === undefined || raise.unready.length === 0) return undefined;
  const message = raiseMessage(raise);
  if (force !== true) {
    const told = `${message}; --force, in the hook TOWLINE_FORCE=1, goes on without them`;
    const stop = { code: 'TRUST_POLICY_WALK', commit: found.head, path: policyPath } as const;
    return { ...stop, message: told, vouched: [], missing: [] };
  }
  new Terminal(process.stderr, process.env).line(`warning: ${message}`);
  return undefined;
}

export function registerCheck(trust: Command, stop: Stop): void {
  trust
    .command('check')
    .description('Walk from an anchor to a head as a device does, and say which commit it would trust.')
    .option('--repo <dir>', 'the repository, bare or plain', '.')
    .option(
      '--anchor <commit>',
      'commit that is trusted to begin with (default: configuration towline.anchor)',
    )
    .option('--head <rev>', 'where to walk to (default: main)')
    .option(
      '--now <time>',
      'a time, or "now": refuse signed times more than ten minutes after it, and judge freshness (default: refuse what lies ahead of this clock, where a time server keeps it)',
    )
    .option(
      '--published <rev>',
      'what devices may have already: no time up to there is refused (default: origin/main, if there is one)',
    )
    .option('--telemetry <url>', 'who knows a walk that is raised (default: git config towline.telemetry)')
    .option('--force', 'raise the walk although a device is not known to know it; who, is listed')
    .option('--json', 'one JSON object instead of text')
    .addHelpText(
      'after',
      examples([
        ['towline trust check', 'would devices take main as it is here?'],
        [
          'towline trust check --repo /srv/fleet.git --anchor 1f2e3d… --head pull/7 --now now',
          'a pull request',
        ],
        [
          'towline trust check --telemetry ssh://git@gw.acme.com:2222/telemetry.git',
          'before the walk rises: does every device know it?',
        ],
      ]),
    )
    .action((options: Options) => check(options, stop()));
}
