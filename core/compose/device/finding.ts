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

export function asObject(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

export function asObjects(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.map(asObject) : [];
}

/** A list's elements; what is given and no list counts as one: it is not passed over. */
export function asTexts(value: Json | undefined): string[] {
  if (!isGiven(value)) return [];
  return Array.isArray(value) ? value.map(element => asText(element)) : [asText(value)];
}

/** A string; the text of a number or boolean; '' for anything else. */
export function asText(value: Json | undefined): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** Options of a driver; those of a list by their numbers, which no driver knows. */
export function asOptions(value: Json | undefined): [string, string][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).map(([name, option]) => [name, asText(option)]);
}

/** Given at all: not left out, and not an empty list or mapping. */
export function isGiven(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === false || value === '') return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}
