import { Ajv } from 'ajv';
import standaloneCodeModule from 'ajv/dist/standalone/index.js';
import { build } from 'esbuild';
import { fieldsOf, isFields } from '../../core/json.ts';
import { isFile, type Schemas } from './schemas.ts';

const standaloneCode = standaloneCodeModule.default;

const definitionIn = /^(?:\.\.\/)*(?:common\.schema\.json)?#\/\$defs\/(\w+)$/;

/** Each definition of common.schema.json as a schema of its own: Ajv compiles what lies within another anew for each file. */
function withSharedDefinitions(schemas: Schemas): object[] {
  const { common, ...others } = Object.fromEntries(schemas);
  const definitions = fieldsOf(common?.$defs);
  const idOf = (name: string) => String(common?.$id).replace('common.', `common.${name}.`);
  const sharing = (value: unknown, isCommon: boolean): unknown => {
    if (Array.isArray(value)) return value.map(item => sharing(item, isCommon));
    if (!isFields(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => {
        const [, name] = key === '$ref' && typeof item === 'string' ? (definitionIn.exec(item) ?? []) : [];
        const isShared = name !== undefined && (isCommon || String(item).includes('common.'));
        return [key, isShared ? idOf(name) : sharing(item, isCommon)];
      }),
    );
  };
  return [
    ...Object.entries(definitions).map(([name, schema]) => ({
      ...fieldsOf(sharing(schema, true)),
      $id: idOf(name),
    })),
    ...Object.values(others).map(schema => fieldsOf(sharing(schema, false))),
  ];
}

/** The schemas compiled ahead into one ECMAScript module without dependencies: compiling at start costs 170 ms. */
export async function generatedValidators(schemas: Schemas): Promise<Record<string, string>> {
  const ajv = new Ajv({
    allErrors: true,
    strict: true,
    allowUnionTypes: true,
    strictTypes: false,
    strictRequired: false,
    inlineRefs: false,
    discriminator: true,
    code: { source: true, esm: true },
    verbose: false,
    // Of 33.33 and 0.01 a machine has no whole number.
    multipleOfPrecision: 6,
  });
  for (const schema of withSharedDefinitions(schemas)) ajv.addSchema(schema);
  const names = [...schemas.keys()].filter(isFile);
  const exportNames = Object.fromEntries(names.map(name => [name, String(schemas.get(name)?.$id)]));
  const code = standaloneCode(ajv, exportNames);
  const bundled = await build({
    stdin: { contents: code, resolveDir: import.meta.dirname, loader: 'js' },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['main'],
    legalComments: 'none',
    banner: { js: '/* Generated from schemas/*.schema.json by `npm run generate`. Do not edit. */' },
  });
  const declaration = [
    '/* Generated from schemas/*.schema.json by `npm run generate`. Do not edit. */',
    "import type { ErrorObject } from 'ajv';",
    "import type * as Types from './types.generated.ts';",
    'export interface Validate<Value = unknown> {\n  (data: unknown): data is Value;\n  errors?: ErrorObject[] | null;\n}',
    ...names.map(
      name => `export const ${name}: Validate<Types.${name[0]?.toUpperCase()}${name.slice(1)}File>;`,
    ),
    '',
  ].join('\n');
  return {
    'schemas/validate.generated.js': bundled.outputFiles[0]?.text ?? '',
    'schemas/validate.generated.d.ts': declaration,
  };
}
