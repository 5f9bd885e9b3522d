import type { EngineAllowance } from '../../../schemas/types.generated.ts';
import type { ErrorCode } from '../../errors.ts';
import type { Path } from '../value/fault.ts';
import type { Json, JsonObject, ServiceModel } from '../value/model.ts';

/** Something that this device does not honour. */
export interface Finding {
  readonly path: Path;
  readonly code: ErrorCode;
  readonly message: string;
}

/** What a rule sees of one service. */
export interface ServiceView {
  readonly name: string;
  readonly service: ServiceModel;
}

/** A key of `engine`. */
export type EngineKey = keyof EngineAllowance;

/** One attribute of a model, and what surrounds it. */
export interface Subject {
  readonly value: Json;
  readonly path: Path;
  /** The mapping that has it. */
  readonly parent: JsonObject;
  /** The service, network, volume, config or secret that it belongs to. */
  readonly entry: JsonObject;
  readonly allowance: EngineAllowance;
  /** Folder of the app's own files in the model. */
  readonly folder: string;
}

/** Why a device does not take an attribute as it stands. */
export interface Refusal {
  /** Where below the attribute. */
  readonly keys?: Path;
  readonly code: ErrorCode;
  readonly message: string;
}

/** What the policy of a device says of an attribute: empty where it takes it. */
export type Judge = (subject: Subject) => readonly Refusal[];

/** A refusal that a key of `engine` lifts. */
export function needs(what: string, key: EngineKey, keys: Path = []): Refusal {
  const code = key === 'bindRoots' ? 'COMPOSE_BIND_REFUSED' : 'COMPOSE_POLICY_REFUSED';
  return { keys, code, message: `${what} is not allowed on this device (engine.${key})` };
}
