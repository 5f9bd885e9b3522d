/** Reading of a part of a model that its type does not name. */
import type { Json, JsonObject } from './model.ts';

export function asObject(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

export function asObjects(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.map(asObject) : [];
}

/** A string; the text of a number or boolean; '' for anything else. */
export function asText(value: Json | undefined): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** A list's elements; what is given and no list counts as one: it is not passed over. */
export function asTexts(value: Json | undefined): string[] {
  if (!isGiven(value)) return [];
  return Array.isArray(value) ? value.map(asText) : [asText(value)];
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
