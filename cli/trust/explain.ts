/** `towline trust explain`: rule by rule, why a step is accepted or not. */
import type { Command } from 'commander';
import { TrustedLine } from '../../core/trust/line/line.ts';
import type { TrustedState } from '../../core/trust/line/trusted-state.ts';
import { isSatisfied, missingFor, type Requirement } from '../../core/trust/policy/requirement.ts';
import { showTime } from '../../core/trust/signature/evidence.ts';
import { judgeStep } from '../../core/trust/step/step.ts';
import type { StepReport } from '../../core/trust/step/step-types.ts';
import { examples } from '../command/examples.ts';
import { exitCode } from '../command/exit-code.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal, type Terminal } from '../command/terminal.ts';
import { showStop } from './stopped-walk.ts';
import { type TrustWalk, type WalkOptions, walkRepository } from './walk.ts';

/** The step that led to the commit, or at which the walk towards it stopped; undefined when the history itself is wrong. */
async function explainedStep(
  walk: TrustWalk,
): Promise<{ from: TrustedState; report: StepReport } | undefined> {
  const last = walk.accepted.at(-1);
  const end = walk.stopped?.commit ?? last?.commit;
  if (end === undefined) return undefined;
  const before = walk.stopped === undefined ? walk.accepted.at(-2) : last;
  const from = before?.after ?? walk.anchor;
  const reader = walk.reader();
  const parents = await reader.parents(end);
  const single = walk.stopped === undefined ? last?.commits === 1 : parents[0] === from.commit;
  if (walk.stopped?.code === 'TRUST_OFF_THE_LINE' || walk.stopped?.code === 'TRUST_NOT_A_DESCENDANT')
    return undefined;
  const line = new TrustedLine(reader, from.commit);
  const clock = walk.nowSec === undefined ? {} : { nowSec: walk.nowSec };
  const { policies, holders } = walk;
  const report = await judgeStep({ reader, policies, holders, trusted: from, line, end, single, ...clock });
  return { from, report };
}

function ruleName({ rule, pointer, because, steps = [], stepProblems = [] }: Requirement): string {
  const decides = rule === undefined ? 'no rule: root' : `rule ${rule}`;
  const name = [...steps.map(step => `rule ${step}`), decides].join(' or ');
  const place = pointer === undefined ? name : `${name} at ${pointer}`;
  const why = because === undefined ? place : `${place}, because ${because}`;
  return stepProblems.length === 0 ? why : `${why} (not ${stepProblems.join('; not ')})`;
}

function show(terminal: Terminal, from: TrustedState, report: StepReport): void {
  terminal.line(`step from ${from.commit}, line time ${showTime(from.lineTimeSec)}`);
  const { signature } = report;
  const signed = signature.sound
    ? `${signature.by.principal}, key ${signature.by.key.id}`
    : signature.message;
  terminal.line(`signature: ${signed}`);
  for (const approval of report.approvals) terminal.line(`approval: ${approval.principal}, ${approval.path}`);
  if (report.change.length === 0) terminal.line('nothing changes');
  const rows = report.requirements.map(requirement => [
    requirement.path,
    ruleName(requirement),
    requirement.roles.map(role => `${role.threshold} of ${role.name}`).join(' or '),
    isSatisfied(requirement, report.vouchers)
      ? 'yes'
      : `no: ${missingFor(requirement, report.vouchers).join(' or ')}`,
  ]);
  if (rows.length > 0) terminal.table(['PATH', 'DECIDED BY', 'NEEDS', 'VOUCHED'], rows);
}

function asJson(report: StepReport): unknown {
  const { signature, vouchers } = report;
  return {
    signature: signature.sound ? { principal: signature.by.principal, key: signature.by.key.id } : signature,
    approvals: report.approvals.map(({ path, principal }) => ({ path, principal })),
    vouchers: [...vouchers],
    requirements: report.requirements.map(requirement => ({
      path: requirement.path,
      pointer: requirement.pointer,
      rule: requirement.rule ?? null,
      steps: requirement.steps,
      notCovered: requirement.stepProblems,
      roles: requirement.roles.map(({ name, threshold }) => ({ name, threshold })),
      satisfied: isSatisfied(requirement, vouchers),
      missing: isSatisfied(requirement, vouchers) ? [] : missingFor(requirement, vouchers),
    })),
  };
}

type Options = WalkOptions & { readonly json?: boolean };

async function explain(commit: string, options: Options, signal: AbortSignal): Promise<void> {
  await using walk = await walkRepository({ ...options, head: commit }, signal);
  const { stopped } = walk;
  const isUnread = /^TRUST_(?:MALFORMED_OBJECT|COMMIT_HEADER|LIMIT|POLICY.*)$/.test(stopped?.code ?? '');
  const step = isUnread ? undefined : await explainedStep(walk);
  const mend =
    stopped === undefined
      ? undefined
      : `towline trust mend --repo ${options.repo} --anchor ${walk.trusted.commit}`;
  process.exitCode = stopped === undefined ? exitCode.ok : exitCode.untrusted;
  const terminal = standardTerminal();
  if (options.json === true) {
    const accepted = stopped === undefined;
    terminal.json({
      commit: walk.head,
      accepted,
      step: step && asJson(step.report),
      stopped: stopped ?? null,
      mend,
    });
    return;
  }
  if (step !== undefined) show(terminal, step.from, step.report);
  if (stopped === undefined) terminal.line(`${terminal.colour('green', 'accepted')} ${walk.head}`);
  else {
    showStop(terminal, stopped);
    terminal.line(`to get past it: ${mend}`);
  }
}

export function registerExplain(trust: Command, stop: Stop): void {
  trust
    .command('explain')
    .description('Say rule by rule why the step to a commit is accepted or not, and how to mend it.')
    .argument('<commit>', 'the commit that the step ends in')
    .option('--repo <dir>', 'the repository, bare or plain', '.')
    .option(
      '--anchor <commit>',
      'commit that is trusted to begin with (default: configuration towline.anchor)',
    )
    .option('--now <time>', 'a time, or "now": also refuse signed times in the future')
    .option('--json', 'one JSON object instead of text')
    .addHelpText('after', examples([['towline trust explain HEAD', 'why is this commit not taken?']]))
    .action((commit: string, options: Options) => explain(commit, options, stop()));
}
