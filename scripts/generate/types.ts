import { compile } from 'json-schema-to-typescript';
import { isFile, type Schemas } from './schemas.ts';

const pascal = (name: string) =>
  name.replace(/(^|[-_])([a-z])/g, (_match, _dash, letter: string) => letter.toUpperCase());

/** `sinks/file` → `FileSink`. */
function typeName(name: string): string {
  const [folder = '', part] = name.split('/');
  return part === undefined ? pascal(name) : `${pascal(part)}${pascal(folder.replace(/s$/, ''))}`;
}

/** Every schema as one TypeScript file; definitions of common.schema.json appear once. */
export async function generatedTypes(schemas: Schemas): Promise<string> {
  const definitions: Record<string, unknown> = { ...(schemas.get('common')?.$defs as object) };
  for (const [name, schema] of schemas) {
    if (name === 'common') continue;
    const { $schema, $id, ...rest } = schema;
    definitions[typeName(name)] = { ...rest, title: isFile(name) ? `${typeName(name)}File` : typeName(name) };
  }
  const rewritten = JSON.parse(
    JSON.stringify(definitions)
      .replaceAll(/(?:\.\.\/)?common\.schema\.json#\/\$defs\//g, '#/$defs/')
      .replaceAll(
        /"([a-z]+\/[a-z-]+)\.schema\.json"/g,
        (_match, part: string) => `"#/$defs/${typeName(part)}"`,
      ),
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
