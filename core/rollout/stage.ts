/** Which stage of a rollout a device belongs to, and when that may count. */
import type { RolloutFile } from '../../schemas/types.generated.ts';
import { parseDuration } from '../duration.ts';
import { movedBy } from '../fleet/rollout-files.ts';
import type { CheckedFile } from '../fleet/schema-check.ts';
import { matches, type Selectable } from '../fleet/selector.ts';
import { isInPercent } from './bucket.ts';
import type { StageMoment } from './when.ts';

/** A rollout by its name, which its file does not say. */
export interface NamedRollout {
  readonly name: string;
  readonly file: CheckedFile<'rollout'>;
}

export const defaultHold = '0s';

export const holdsMsOf = ({ stages }: RolloutFile): number[] =>
  stages.map(({ hold = defaultHold }) => parseDuration(hold));

/** @returns from 1: the first stage that selects the device; 0: none does */
export function stageOf({ name, file }: NamedRollout, device: Selectable, fleet: string): number {
  const { salt: kind, stages } = file.value;
  const salt = kind === 'app' ? movedBy(file.value) : name;
  return (
    stages.findIndex(({ select, percent }) =>
      select === undefined
        ? isInPercent({ fleet, salt, device: device.id }, percent ?? 0)
        : matches(select, device),
    ) + 1
  );
}

/** @param stage from 1; of one that the file says is open */
export function momentOf({ file: { path, value } }: NamedRollout, stage: number): StageMoment {
  const holdsMs = holdsMsOf(value);
  const between = holdsMs.slice(stage - 1, value.stage - 1).reduce((sum, hold) => sum + hold, 0);
  const sinceMs = value.since === undefined ? 0 : Date.parse(value.since);
  return { path, to: value.to, stage, pointer: value.stage, atMs: sinceMs - between, holdsMs };
}
