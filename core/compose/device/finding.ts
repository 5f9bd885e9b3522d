import type { EngineAllowance } from '../../../schemas/types.generated.ts';
import type { ErrorCode } from '../../errors.ts';
import type { Path } from '../fault.ts';
import type { Json, JsonObject, ServiceModel } from '../model.ts';

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
  readonly allowance: EngineAllowance;
  /** Folder of the app's own files in the model. */
  readonly folder: string;
}

export function asObject(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

export function asObjects(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.map(asObject) : [];
}

export function asTexts(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter(element => typeof element === 'string') : [];
}

export function asText(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** Given at all: not left out, and not an empty list or mapping. */
export function isGiven(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === false || value === '') return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}
