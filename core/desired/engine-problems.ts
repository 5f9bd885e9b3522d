import type { EngineAllowance } from '../../schemas/types.generated.ts';
import { checkForDevice } from '../compose/device/device-check.ts';
import { checkForEngine } from '../compose/engine/engine-check.ts';
import type { PositionLookup } from '../compose/value/fault.ts';
import type { ComposeModel } from '../compose/value/model.ts';
import type { Problem } from '../errors.ts';

interface Read {
  readonly model: ComposeModel;
  readonly positionOf: PositionLookup;
}

/** What this device refuses, and what any engine will: said once of one place. */
export function engineProblems({ model, positionOf }: Read, allowance: EngineAllowance): Problem[] {
  const refused = checkForDevice(model, allowance, positionOf);
  const places = new Set(refused.map(({ position }) => JSON.stringify(position)));
  const more = checkForEngine(model, positionOf).filter(
    ({ position }) => !places.has(JSON.stringify(position)),
  );
  return [...refused, ...more];
}
