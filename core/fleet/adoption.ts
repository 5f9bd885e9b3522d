/** What runs on a device is taken over by the word of its own file alone, whoever may write those of groups and of the fleet. */
import type { EngineAllowance } from '../../schemas/types.generated.ts';
import type { Problem } from '../errors.ts';
import type { CheckedFile } from './schema-check.ts';

interface EngineLayer {
  readonly path: string;
  readonly value: EngineAllowance | undefined;
}

/** @param own path of the device's own file */
export function adoptionOf(own: string): (layer: EngineLayer) => EngineLayer {
  return ({ path, value }) => {
    if (value === undefined || path === own) return { path, value };
    const { adopt: _adopt, ...shared } = value;
    return { path, value: shared };
  };
}

/** Anywhere else it would count for nothing, and whoever wrote it would not know. */
export function adoptProblems(file: CheckedFile<'fleet' | 'group'>): Problem[] {
  if (file.value.engine?.adopt === undefined) return [];
  const message = `engine.adopt counts in a device’s own file alone, not in ${file.path}`;
  return [{ code: 'FLEET_ADOPT_WIDE', message, position: file.locate('/engine/adopt', 'key') }];
}
