import type { Schemas } from './schemas.ts';

type Schema = Record<string, unknown>;
type Tree = { [key: string]: Tree };

const isSchema = (value: unknown): value is Schema => typeof value === 'object' && value !== null;

function resolve(schema: Schema, definitions: Schema): Schema {
  if (typeof schema.$ref !== 'string') return schema;
  const found = definitions[schema.$ref.replace(/.*\//, '')];
  return isSchema(found) ? found : {};
}

function treeOf(unresolved: Schema, definitions: Schema): Tree {
  const schema = resolve(unresolved, definitions);
  const tree: Tree = {};
  for (const [key, value] of Object.entries((schema.properties ?? {}) as Record<string, Schema>)) {
    tree[key] = treeOf(value, definitions);
  }
  for (const branch of (schema.oneOf ?? []) as Schema[]) Object.assign(tree, treeOf(branch, definitions));
  for (const any of [schema.additionalProperties, schema.items]) {
    if (isSchema(any)) tree['*'] = treeOf(any, definitions);
  }
  return tree;
}

/** The keys of every file as a tree (`*`: any name or index), for "did you mean". */
export function generatedKnownKeys(schemas: Schemas): string {
  const definitions = (schemas.get('common')?.$defs ?? {}) as Schema;
  const trees = Object.fromEntries(
    [...schemas]
      .filter(([name]) => name !== 'common')
      .map(([name, schema]) => [name, treeOf(schema, definitions)]),
  );
  return [
    '/* Generated from schemas/*.schema.json by `npm run generate`. Do not edit. */',
    'export interface KeyTree {\n  readonly [key: string]: KeyTree;\n}',
    `export const keyTrees: KeyTree = ${JSON.stringify(trees)};`,
    '',
  ].join('\n');
}
