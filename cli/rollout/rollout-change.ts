/** One change of one rollout’s file, as a signed commit or whichever way was asked for. */

import { type FilesAt, textAt } from '../../core/change/changed-files.ts';
import { fleetOf } from '../../core/change/fleet-of.ts';
import type { Fleet } from '../../core/fleet/fleet.ts';
import type { RolloutEdit } from '../../core/rollout/edited.ts';
import { editedRollout } from '../../core/rollout/edited.ts';
import { type KeyedRollout, namedRollout } from '../../core/rollout/named-rollout.ts';
import { type Made, makeChange } from '../change/make-change.ts';
import type { ChangeOptions } from '../change/options.ts';

export interface RolloutChange {
  readonly name: string;
  readonly options: ChangeOptions;
  /** For the name of a branch: `pause`. */
  readonly verb: string;
  /** @returns undefined: it is so already. What it throws keeps it from being done. */
  edit(rollout: KeyedRollout, fleet: Fleet): Promise<RolloutEdit | undefined> | RolloutEdit | undefined;
  message(rollout: KeyedRollout): string;
  question?(rollout: KeyedRollout, fleet: Fleet): string | undefined;
}

/** @throws TowlineError ROLLOUT_UNKNOWN; as `makeChange` */
export async function changeRollout(
  { name, options, verb, edit, message, question }: RolloutChange,
  signal: AbortSignal,
): Promise<{ readonly made: Made; readonly rollout: KeyedRollout }> {
  const seen: KeyedRollout[] = [];
  const intend = async (at: FilesAt) => {
    const fleet = await fleetOf(at);
    const rollout = namedRollout(fleet, name);
    seen.push(rollout);
    const change = await edit(rollout, fleet);
    if (change === undefined) return undefined;
    const { path } = rollout.file;
    const text = editedRollout(path, await textAt(at, path), change);
    return {
      files: new Map([[path, text]]),
      message: message(rollout),
      question: question?.(rollout, fleet),
    };
  };
  const made = await makeChange({ options, name: `${verb}-${name.replaceAll('/', '-')}`, intend }, signal);
  const rollout = seen.at(-1);
  if (rollout === undefined) throw new RangeError('a change was made of nothing');
  return { made, rollout };
}
