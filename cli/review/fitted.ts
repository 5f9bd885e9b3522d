/** A review that has room in what the other job takes: what is left out of each list is counted. */
import { canonicalJson } from '../../core/canonical-json.ts';
import { shownJson } from '../../core/shown-text.ts';
import type { ReviewFile } from '../../schemas/types.generated.ts';
import { maxReviewBytes } from './bounded.ts';

/** Of each list, as the schema has it. */
const most = { plans: 200, rollouts: 64, privileges: 200, changes: 200, requirements: 64 };
type Kept = Readonly<Record<keyof typeof most, number>>;

export const reviewText = (review: ReviewFile): Buffer => Buffer.from(`${canonicalJson(review)}\n`, 'utf8');

/** What comes first in each list is what matters most, such as the plans of most devices. */
export function fitted(whole: ReviewFile): ReviewFile {
  const has = lengths(whole);
  let kept: Kept = {
    plans: Math.min(has.plans, most.plans),
    rollouts: Math.min(has.rollouts, most.rollouts),
    privileges: Math.min(has.privileges, most.privileges),
    changes: Math.min(has.changes, most.changes),
    requirements: Math.min(has.requirements, most.requirements),
  };
  for (;;) {
    const review = cut(whole, kept);
    if (printedBytes(review) <= maxReviewBytes) return review;
    const largest = largestOf(review);
    kept = { ...kept, [largest]: Math.floor(kept[largest] * 0.8) };
  }
}

const lists = ({ plans, rollouts, privileges, changes, trust: { requirements } }: ReviewFile) => ({
  plans,
  rollouts,
  privileges,
  changes,
  requirements,
});

const lengths = (review: ReviewFile): Kept => {
  const { plans, rollouts, privileges, changes, requirements } = lists(review);
  return {
    plans: plans.length,
    rollouts: rollouts.length,
    privileges: privileges.length,
    changes: changes.length,
    requirements: requirements.length,
  };
};

/** `--json` prints it with indents: that may be handed on as well. */
const printedBytes = (review: ReviewFile): number => Buffer.byteLength(shownJson(review, 2));

/** What takes most of it. */
function largestOf(review: ReviewFile): keyof Kept {
  const { plans, rollouts, privileges, changes, requirements } = lists(review);
  const sizes = [
    ['plans', plans],
    ['rollouts', rollouts],
    ['privileges', privileges],
    ['changes', changes],
    ['requirements', requirements],
  ] as const;
  const bytes = sizes.map(([name, list]) => ({ name, bytes: canonicalJson(list).length }));
  return bytes.reduce((largest, each) => (each.bytes > largest.bytes ? each : largest)).name;
}

function cut(whole: ReviewFile, kept: Kept): ReviewFile {
  const out = whole.plans.slice(kept.plans);
  const rollouts = whole.rollouts.length - kept.rollouts;
  const { requirements } = whole.trust;
  return {
    ...whole,
    plans: whole.plans.slice(0, kept.plans),
    rollouts: whole.rollouts.slice(0, kept.rollouts),
    privileges: whole.privileges.slice(0, kept.privileges),
    changes: whole.changes.slice(0, kept.changes),
    trust: { ...whole.trust, requirements: requirements.slice(0, kept.requirements) },
    leftOut: {
      plans: out.length,
      devices: out.reduce((sum, plan) => sum + plan.devices.count, 0),
      ...(rollouts === 0 ? {} : { rollouts }),
      privileges: whole.privileges.length - kept.privileges,
      changes: whole.changes.length - kept.changes,
      requirements: whole.leftOut.requirements + requirements.length - kept.requirements,
    },
  };
}
