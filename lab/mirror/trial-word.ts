/** What a device of a lab has made of a commit, in one word, and why. */
import type { StatusFile } from '../../schemas/types.generated.ts';

/** late: it has not dealt with it yet. gone: production no longer has it. */
export type TrialState = 'healthy' | 'failed' | 'refused' | 'late' | 'gone';

export interface TrialWord {
  readonly state: TrialState;
  /** As the device says it: `applied`, `rolled-back`. */
  readonly outcome: string;
  /** Of the first app that is not well, or of what stopped it. */
  readonly why?: string;
}

const words: Readonly<Record<StatusFile['outcome'], TrialState>> = {
  applied: 'healthy',
  unchanged: 'healthy',
  paused: 'healthy',
  retired: 'healthy',
  'rolled-back': 'failed',
  degraded: 'failed',
  failed: 'failed',
  stale: 'failed',
  progressing: 'late',
  waiting: 'late',
};

const unwell: ReadonlySet<string> = new Set(['rolled-back', 'failed', 'degraded', 'waiting', 'progressing']);

function whyOf({ projects, conditions }: StatusFile): string | undefined {
  const project = projects.find(({ state }) => unwell.has(state));
  if (project !== undefined) {
    const said = project.message ?? project.lastWords ?? project.state;
    return `${project.app}${project.release === undefined ? '' : ` ${project.release}`}: ${said}`;
  }
  const condition = conditions.find(
    ({ type, status }) => !status && (type === 'Ready' || type === 'EngineAnswers'),
  );
  return condition === undefined ? undefined : `${condition.reason}: ${condition.message}`;
}

/** @param status undefined: it has said nothing yet */
export function trialWord(status: StatusFile | undefined, commit: string): TrialWord {
  if (status === undefined) return { state: 'late', outcome: 'silent' };
  const { stopped, outcome } = status;
  if (stopped !== undefined && (stopped.head === commit || stopped.commit === commit))
    return { state: 'refused', outcome: 'not trusted', why: `${stopped.code}: ${stopped.message}` };
  const why = whyOf(status);
  const told = why === undefined ? {} : { why };
  if (status.followed !== commit)
    return { state: 'late', outcome, why: 'it has not dealt with the commit yet' };
  const state = words[outcome];
  return { state, outcome, ...(state === 'healthy' ? {} : told) };
}
