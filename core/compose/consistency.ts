import type { Problem } from '../errors.ts';
import type { PositionLookup } from './load.ts';
import type { ComposeModel } from './model.ts';

export interface ProjectNames {
  /** Services that no active profile names. */
  readonly disabled: ReadonlySet<string>;
  readonly models: ReadonlySet<string>;
}

export function checkConsistency(
  _model: ComposeModel,
  _names: ProjectNames,
  _positionOf: PositionLookup,
): Problem[] {
  return [];
}
