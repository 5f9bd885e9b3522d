/** Typed reading of a model's plain JSON. */
import type { Json, JsonObject } from './model.ts';

export function asObject(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

export function asObjects(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.map(asObject) : [];
}

export function asList(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}

export function asStrings(value: Json | undefined): string[] {
  return asList(value).map(item => (typeof item === 'string' ? item : String(item)));
}

/** A string, or the text of a number or boolean; undefined for anything else. */
export function asText(value: Json | undefined): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** A number, or a string that is one. */
export function asNumber(value: Json | undefined): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

export function asFlag(value: Json | undefined): boolean | undefined {
  if (typeof value === 'boolean') return value;
  return value === 'true' ? true : value === 'false' ? false : undefined;
}

/** Map of texts: null members (a variable without value) are left out. */
export function asTexts(value: Json | undefined): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [key, member] of Object.entries(asObject(value))) {
    const text = asText(member);
    if (text !== undefined) texts[key] = text;
  }
  return texts;
}

/** A list's elements; what is given and no list counts as one: it is not passed over. */
export function givenTexts(value: Json | undefined): string[] {
  if (!isGiven(value)) return [];
  return Array.isArray(value) ? value.map(element => givenText(element)) : [givenText(value)];
}

/** A string; the text of a number or boolean; '' for anything else. */
export function givenText(value: Json | undefined): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** Options of a driver; those of a list by their numbers, which no driver knows. */
export function asOptions(value: Json | undefined): [string, string][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).map(([name, option]) => [name, givenText(option)]);
}

/** Given at all: not left out, and not an empty list or mapping. */
export function isGiven(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === false || value === '') return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}
