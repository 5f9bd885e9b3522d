import type { EngineAllowance } from '../../../schemas/types.generated.ts';
import type { ErrorCode } from '../../errors.ts';
import type { Path } from '../value/fault.ts';
import { asOptions, asText, asTexts } from '../value/json-access.ts';
import type { Json, JsonObject, NetworkModel, ServiceModel } from '../value/model.ts';

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

/** What judges ask of the service, network, volume, config or secret that an attribute belongs to. */
export type Entry = Pick<ServiceModel, 'network_mode' | 'ipc' | 'volumes'> &
  Pick<NetworkModel, 'driver' | 'external'>;

/** Where an attribute stands, and what judges it. */
interface Surroundings {
  readonly path: Path;
  /** The mapping that has it. */
  readonly parent: JsonObject;
  readonly entry: Entry;
  readonly allowance: EngineAllowance;
  /** Folder of the app's own files in the model. */
  readonly folder: string;
}

/** One attribute of a model, and what surrounds it. */
export class Subject implements Surroundings {
  readonly value: Json;
  readonly path: Path;
  readonly parent: JsonObject;
  readonly entry: Entry;
  readonly allowance: EngineAllowance;
  readonly folder: string;

  constructor(value: Json, { path, parent, entry, allowance, folder }: Surroundings) {
    this.value = value;
    this.path = path;
    this.parent = parent;
    this.entry = entry;
    this.allowance = allowance;
    this.folder = folder;
  }

  get text(): string {
    return asText(this.value);
  }

  get texts(): string[] {
    return asTexts(this.value);
  }

  get options(): [string, string][] {
    return asOptions(this.value);
  }
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
