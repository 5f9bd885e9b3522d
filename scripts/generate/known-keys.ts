import { isFile, type Schemas } from './schemas.ts';

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

/** What a pattern stands for, in the words of the schema that has it, with its first example. */
function formsOf(schema: unknown, forms = new Map<string, string>()): Map<string, string> {
  if (!isSchema(schema)) return forms;
  const { pattern, description, examples } = schema;
  if (typeof pattern === 'string' && typeof description === 'string') {
    const words = description.replace(/\.$/, '').replace(/^[A-Z](?![A-Z])/, letter => letter.toLowerCase());
    const [example] = Array.isArray(examples) ? examples : [];
    const form = example === undefined ? words : `${words}; such as ${String(example)}`;
    // One that several keys have, each in words of its own, says nothing of the form.
    const isAmbiguous = forms.has(pattern) && forms.get(pattern) !== form;
    forms.set(pattern, isAmbiguous ? '' : form);
  }
  for (const value of Object.values(schema)) formsOf(value, forms);
  return forms;
}

/** The keys of every file as a tree (`*`: any name or index), for "did you mean". */
export function generatedKnownKeys(schemas: Schemas): string {
  const parts = [...schemas].filter(([name]) => name.includes('/'));
  const definitions = {
    ...(schemas.get('common')?.$defs as Schema),
    ...Object.fromEntries(parts.map(([name, schema]) => [`${name.replace(/.*\//, '')}.schema.json`, schema])),
  };
  const trees = Object.fromEntries(
    [...schemas]
      .filter(([name]) => isFile(name))
      .map(([name, schema]) => [name, treeOf(schema, definitions)]),
  );
  return [
    '/* Generated from schemas/*.schema.json by `npm run generate`. Do not edit. */',
    'export interface KeyTree {\n  readonly [key: string]: KeyTree;\n}',
    `export const keyTrees: KeyTree = ${JSON.stringify(trees)};`,
    '/** What a pattern asks for, for people. */',
    `export const patternForms: Readonly<Record<string, string>> = ${JSON.stringify(Object.fromEntries([...formsOf(Object.fromEntries(schemas))].filter(([, form]) => form !== '')))};`,
    '',
  ].join('\n');
}
