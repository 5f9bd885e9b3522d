/** One change of one rollout’s file, as a signed commit or whichever way was asked for. */
import type { FilesAt } from '../../core/change/changed-files.ts';
import { type IntendedDeed, intendDeed, type RolloutDeed } from '../../core/change/rollout-edits.ts';
import type { KeyedRollout } from '../../core/rollout/named-rollout.ts';
import { type Made, makeChange } from '../change/make-change.ts';
import type { ChangeOptions } from '../change/options.ts';

export interface RolloutChange {
  readonly name: string;
  readonly options: ChangeOptions;
  /** For the name of a branch: `pause`. */
  readonly verb: string;
  readonly deed: RolloutDeed;
}

/** @throws TowlineError ROLLOUT_UNKNOWN; as `makeChange` */
export async function changeRollout(
  { name, options, verb, deed }: RolloutChange,
  signal: AbortSignal,
): Promise<{ readonly made: Made; readonly rollout: KeyedRollout }> {
  const seen: IntendedDeed[] = [];
  const intend = async (at: FilesAt) => {
    const found = await intendDeed(deed, name, at);
    seen.push(found);
    return found.intent;
  };
  const made = await makeChange({ options, name: `${verb}-${name.replaceAll('/', '-')}`, intend }, signal);
  const last = seen.at(-1);
  if (last === undefined) throw new RangeError('a change was made of nothing');
  return { made, rollout: last.rollout };
}
