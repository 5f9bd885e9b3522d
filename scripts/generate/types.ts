import { compile } from 'json-schema-to-typescript';
import type { Schemas } from './schemas.ts';

const pascal = (name: string) =>
  name.replace(/(^|[-_])([a-z])/g, (_match, _dash, letter: string) => letter.toUpperCase());

/** Every schema as one TypeScript file; definitions of common.schema.json appear once. */
export async function generatedTypes(schemas: Schemas): Promise<string> {
  const definitions: Record<string, unknown> = { ...(schemas.get('common')?.$defs as object) };
  for (const [name, schema] of schemas) {
    if (name === 'common') continue;
    const { $schema, $id, ...rest } = schema;
    definitions[pascal(name)] = { ...rest, title: `${pascal(name)}File` };
  }
  const rewritten = JSON.parse(
    JSON.stringify(definitions).replaceAll('common.schema.json#/$defs/', '#/$defs/'),
  );
  const types = await compile({ $defs: rewritten }, 'Unused', {
    unreachableDefinitions: true,
    ignoreMinAndMaxItems: true,
    additionalProperties: false,
    bannerComment: '/* Generated from schemas/*.schema.json by `npm run generate`. Do not edit. */',
    style: { singleQuote: true, printWidth: 110 },
  });
  // The root schema only carries the definitions.
  return types
    .replace(/export interface Unused \{\s*\}\n?/, '')
    .replace(
      /(?: \*\n)? \* This interface was referenced by `[^`]+`'s JSON-Schema\n \* via the `definition` "[^"]+"\.\n/g,
      '',
    );
}
