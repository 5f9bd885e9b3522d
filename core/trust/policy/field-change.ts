import * as schemas from '../../../schemas/validate.generated.js';
import type { ChangedPath } from '../git/change.ts';
import { noMode } from '../git/change.ts';
import type { ObjectReader } from '../git/object-reader.ts';
import { type PlainFile, plainValue, type YamlNode } from '../git/yaml-node.ts';
import { matchesGlob, parseGlob } from './glob.ts';

/** What changed inside a file: pointers as token lists, none when only formatting did; or why it cannot be said. */
export type FieldChange =
  | {
      readonly pointers: readonly (readonly string[])[];
      readonly before: YamlNode;
      readonly after: YamlNode;
    }
  | { readonly problem: string };

const maxFieldFileBytes = 1024 * 1024;

/** Which schema a file must satisfy to be judged by field. */
const schemaPaths: readonly (readonly [glob: string, schema: schemas.Validate])[] = [
  ['fleet.yaml', schemas.fleet],
  ['groups/*.yaml', schemas.group],
  ['devices/**/*.yaml', schemas.device],
  ['apps/*/app.yaml', schemas.app],
  ['apps/*/releases/*/release.yaml', schemas.release],
  ['operators/*.yaml', schemas.operator],
  ['rollouts/*/*.yaml', schemas.rollout],
];

/**
 * Judges a changed file by field: old and new must be regular files of one mode, plain YAML, and satisfy their schema.
 * A device's file that says `retired`, before or after, is judged whole: so do programs that do not know the word yet.
 * @throws TowlineError what the reader throws.
 */
export async function fieldChange(reader: ObjectReader, change: ChangedPath): Promise<FieldChange> {
  if (change.oldMode === noMode) return { problem: 'the file is new' };
  if (change.newMode === noMode) return { problem: 'the file is removed' };
  if (change.oldMode !== change.newMode) return { problem: 'the mode of the file changes' };
  const schema = schemaPaths.find(([glob]) => matchesGlob(parseGlob(glob), change.path))?.[1];
  if (schema === undefined) return { problem: 'there is no schema for this file' };
  const before = readNode(await reader.plainYaml(change.oldId, maxFieldFileBytes), schema);
  if ('problem' in before) return { problem: `before the change, it has ${before.problem}` };
  const after = readNode(await reader.plainYaml(change.newId, maxFieldFileBytes), schema);
  if ('problem' in after) return { problem: `it has ${after.problem}` };
  if (schema === schemas.device && [before, after].some(({ node }) => isRetired(node)))
    return { problem: 'it retires the device: only a rule for the whole file covers that' };
  const pointers: string[][] = [];
  compareNodes(before.node, after.node, [], pointers);
  return { pointers, before: before.node, after: after.node };
}

function readNode(file: PlainFile, schema: schemas.Validate): { node: YamlNode } | { problem: string } {
  if ('problem' in file || schema(plainValue(file.node))) return file;
  const [first] = schema.errors ?? [];
  return {
    problem: `a value that does not satisfy its schema (${first?.instancePath || '/'} ${first?.message ?? ''})`,
  };
}

function isRetired(node: YamlNode): boolean {
  return node.kind === 'map' && node.entries.has('retired');
}

/** Deepest pointers whose values differ. A list of another length differs as a whole. */
export function compareNodes(
  before: YamlNode,
  after: YamlNode,
  path: readonly string[],
  found: string[][],
): void {
  if (before.kind === 'map' && after.kind === 'map') {
    for (const key of new Set([...before.entries.keys(), ...after.entries.keys()])) {
      const old = before.entries.get(key);
      const now = after.entries.get(key);
      if (old !== undefined && now !== undefined) compareNodes(old, now, [...path, key], found);
      else found.push([...path, key]);
    }
  } else if (before.kind === 'list' && after.kind === 'list' && before.items.length === after.items.length) {
    for (const [index, old] of before.items.entries()) {
      const now = after.items[index];
      if (now !== undefined) compareNodes(old, now, [...path, String(index)], found);
    }
  } else if (!isSameScalar(before, after)) {
    found.push([...path]);
  }
}

function isSameScalar(before: YamlNode, after: YamlNode): boolean {
  if (before.kind !== 'scalar' || after.kind !== 'scalar') return false;
  const type = (value: unknown): string => (value === null ? 'null' : typeof value);
  return type(before.value) === type(after.value) && before.source === after.source;
}
