/** What a device would do to come to the main of now: the planner's own words, as `towline plan` has them. */
import { isTowlineError } from '../../../core/errors.ts';
import { planJson } from '../../../core/plan/between/device-plan.ts';
import { planDevice } from '../../../core/plan/between/plan-device.ts';
import { planLines, planText } from '../../../core/plan/between/plan-text.ts';
import { ObjectReader } from '../../../core/trust/git/object-reader.ts';
import type { ObjectId } from '../../../core/trust/git/object-source.ts';
import type { PlanAnswer } from '../../api/types.generated.ts';
import type { Model } from '../model.ts';
import { pageLimits } from '../page-limits.ts';
import type { SeenRow } from '../sight.ts';

interface Base {
  readonly commit: ObjectId | undefined;
  readonly words: string;
}

/** @throws TowlineError CLI_INVALID_FLEET for a commit whose files are wrong; the signal's reason */
export async function devicePlan(
  model: Model,
  { row, reads }: SeenRow,
  signal: AbortSignal,
): Promise<PlanAnswer> {
  const { seen, home } = model;
  const { commit } = seen;
  const report = reads ? await home.telemetry.report(row.id, signal) : undefined;
  const status = report?.kind === 'said' ? report.status : undefined;
  const files = new ObjectReader(home.fleet.objects, pageLimits);
  const base = await baseOf(files, commit, status?.applied);
  const plan = await planDevice({
    device: row.id,
    next: { files, commit, name: `commit ${commit.slice(0, 12)}` },
    before: base.commit === undefined ? undefined : { files, commit: base.commit },
    ...{ against: base.words, status, nowMs: home.clock.now() },
  });
  return {
    ...{ device: row.id, commit, lines: planLines(planText(plan)), plan: { ...planJson(plan) } },
    ...(base.commit === undefined ? {} : { from: base.commit }),
  };
}

/** A device may name any commit: of what is none here nothing is assumed. */
async function baseOf(files: ObjectReader, commit: ObjectId, applied: ObjectId | undefined): Promise<Base> {
  if (applied !== undefined) {
    if (await isCommit(files, applied))
      return {
        commit: applied,
        words: `against its newest status, which says that it runs ${applied.slice(0, 12)}`,
      };
    return { commit: undefined, words: `there is no ${applied}: planned for a device that runs nothing` };
  }
  const [parent] = (await files.commit(commit)).parents;
  return parent === undefined
    ? { commit: undefined, words: 'planned for a device that runs nothing' }
    : { commit: parent, words: `assuming that ${parent.slice(0, 12)} runs there` };
}

async function isCommit(files: ObjectReader, id: ObjectId): Promise<boolean> {
  try {
    await files.commit(id);
    return true;
  } catch (error) {
    if (!isTowlineError(error) || error.code === 'TRUST_OBJECT_SOURCE') throw error;
    return false;
  }
}
