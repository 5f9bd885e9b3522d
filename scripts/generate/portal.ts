/** The portal's API: types of what goes over it, validators of what comes in, and its page, from portal/api/openapi.json. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';
import standaloneCodeModule from 'ajv/dist/standalone/index.js';
import { build } from 'esbuild';
import { compile } from 'json-schema-to-typescript';
import { type Fields, fieldsOf, isFields } from '../../core/json.ts';

const standaloneCode = standaloneCodeModule.default;
const folder = 'portal/api';
const banner = '/* Generated from portal/api/openapi.json by `npm run generate`. Do not edit. */';

export interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly owner: string;
  readonly parameters: readonly Fields[];
  /** Name of the schema of its body. */
  readonly body: string | undefined;
  /** Media type and, where it is JSON, the name of its schema; none where there is no content. */
  readonly answer: { readonly media: string; readonly schema: string | undefined } | undefined;
}

export interface Api {
  readonly schemas: Fields;
  readonly operations: readonly Operation[];
}

export function readApi(): Api {
  const file = path.resolve(import.meta.dirname, '../..', folder, 'openapi.json');
  const document: unknown = JSON.parse(readFileSync(file, 'utf8'));
  const { paths, components } = fieldsOf(document);
  const operations = Object.entries(fieldsOf(paths)).flatMap(([place, methods]) =>
    Object.entries(fieldsOf(methods)).map(([method, operation]) => operationOf(method, place, operation)),
  );
  return { schemas: fieldsOf(fieldsOf(components).schemas), operations };
}

function operationOf(method: string, place: string, value: unknown): Operation {
  const { operationId, summary, tags, parameters, requestBody, responses } = fieldsOf(value);
  const body = fieldsOf(fieldsOf(fieldsOf(requestBody).content)['application/json']).schema;
  const [, success] = Object.entries(fieldsOf(responses)).find(([status]) => status.startsWith('2')) ?? [];
  const [content] = Object.entries(fieldsOf(fieldsOf(success).content));
  return {
    id: String(operationId),
    method: method.toUpperCase(),
    path: place,
    summary: String(summary),
    owner: Array.isArray(tags) ? String(tags[0]) : '',
    parameters: Array.isArray(parameters) ? parameters.map(fieldsOf) : [],
    body: nameIn(body),
    answer:
      content === undefined ? undefined : { media: content[0], schema: nameIn(fieldsOf(content[1]).schema) },
  };
}

/** The schema that a reference names. */
const nameIn = (schema: unknown): string | undefined =>
  /^#\/components\/schemas\/(\w+)$/.exec(String(fieldsOf(schema).$ref ?? ''))?.[1];

const pascal = (name: string) => `${name[0]?.toUpperCase() ?? ''}${name.slice(1)}`;

/** Query of an operation as one schema, its name and content; undefined: it has none. */
function queryOf({ id, parameters }: Operation): readonly [string, Fields] | undefined {
  const inQuery = parameters.filter(parameter => parameter.in === 'query');
  if (inQuery.length === 0) return undefined;
  const properties = inQuery.map(({ name, description, schema }) => {
    const described = description === undefined || nameIn(schema) !== undefined ? {} : { description };
    return [String(name), { ...described, ...fieldsOf(schema) }] as const;
  });
  // What has a default is always there once it was validated.
  const isThere = ({ required, schema }: Fields) =>
    required === true || fieldsOf(schema).default !== undefined;
  return [
    `${pascal(id)}Query`,
    {
      type: 'object',
      additionalProperties: false,
      required: inQuery.filter(isThere).map(({ name }) => String(name)),
      properties: Object.fromEntries(properties),
    },
  ];
}

const queries = ({ operations }: Api) =>
  operations.flatMap(operation => [queryOf(operation) ?? []].filter(isPair));
const isPair = (value: readonly unknown[]): value is readonly [string, Fields] => value.length === 2;

const bodies = ({ operations }: Api) => [...new Set(operations.flatMap(({ body }) => body ?? []))];

function rewritten(schemas: Fields, to: string): Fields {
  return fieldsOf(JSON.parse(JSON.stringify(schemas).replaceAll('#/components/schemas/', to)));
}

/** Without `discriminator`, which is Ajv's. */
function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare);
  if (!isFields(value)) return value;
  const rest = Object.entries(value).filter(([key]) => key !== 'discriminator');
  return Object.fromEntries(rest.map(([key, item]) => [key, bare(item)]));
}

async function types(api: Api): Promise<string> {
  const definitions = rewritten({ ...api.schemas, ...Object.fromEntries(queries(api)) }, '#/$defs/');
  const titled = Object.entries(fieldsOf(bare(definitions))).map(([name, schema]) => [
    name,
    // A choice takes its own properties for a type beside it.
    fieldsOf(schema).oneOf === undefined
      ? schema
      : { oneOf: fieldsOf(schema).oneOf, description: fieldsOf(schema).description },
  ]);
  const text = await compile({ $defs: Object.fromEntries(titled) }, 'Unused', {
    unreachableDefinitions: true,
    ignoreMinAndMaxItems: true,
    additionalProperties: false,
    bannerComment: banner,
    style: { singleQuote: true, printWidth: 110 },
  });
  return text
    .replace(/export interface Unused \{[^}]*\}\n/, '')
    .replace(
      /(?: \*\n)? \* This interface was referenced by `[^`]+`'s JSON-Schema\n \* via the `definition` "[^"]+"\.\n/g,
      '',
    )
    .replaceAll('/**\n */\n', '');
}

async function validators(api: Api): Promise<Record<string, string>> {
  const options = { allErrors: false, strict: true, strictTypes: false, strictRequired: false } as const;
  const compiled = { discriminator: true, inlineRefs: false, code: { source: true, esm: true } } as const;
  // A query is text: numbers in it become numbers, and what has a default is there.
  const ajv = new Ajv({ ...options, ...compiled, coerceTypes: true, useDefaults: true });
  const schemas = rewritten({ ...api.schemas, ...Object.fromEntries(queries(api)) }, 'portal:');
  for (const [name, schema] of Object.entries(schemas))
    ajv.addSchema({ ...fieldsOf(schema), $id: `portal:${name}` });
  const strict = new Ajv({ ...options, ...compiled });
  for (const [name, schema] of Object.entries(schemas))
    strict.addSchema({ ...fieldsOf(schema), $id: `portal:${name}` });
  const moduleOf = async (names: readonly string[], by: Ajv) => {
    const exported = Object.fromEntries(names.map(name => [`is${name}`, `portal:${name}`]));
    const bundled = await build({
      stdin: { contents: standaloneCode(by, exported), resolveDir: import.meta.dirname, loader: 'js' },
      ...{ bundle: true, write: false, format: 'esm', platform: 'neutral', mainFields: ['main'] },
      ...{ legalComments: 'none', banner: { js: banner } },
    });
    return bundled.outputFiles[0]?.text ?? '';
  };
  const named = { queries: queries(api).map(([name]) => name), bodies: bodies(api) };
  return {
    [`${folder}/queries.generated.js`]: await moduleOf(named.queries, ajv),
    [`${folder}/queries.generated.d.ts`]: declarations(named.queries),
    [`${folder}/bodies.generated.js`]: await moduleOf(named.bodies, strict),
    [`${folder}/bodies.generated.d.ts`]: declarations(named.bodies),
  };
}

const declarations = (names: readonly string[]): string =>
  [
    banner,
    "import type { Validate } from '../../schemas/validate.generated.js';",
    "import type * as Types from './types.generated.ts';",
    ...names.map(name => `export const is${name}: Validate<Types.${name}>;`),
    '',
  ].join('\n');

/** docs/reference/portal-api.md: every operation, and every shape. */
function reference({ operations, schemas }: Api): string {
  const lines = [
    '# The portal’s API',
    '',
    '<!-- Generated from portal/api/openapi.json by `npm run generate`. Do not edit. -->',
    '',
    'What the portal’s page asks, at a desk (`towline portal`) and at a gateway (`listen.portal`): JSON below `/api/v1`, times in',
    'ISO 8601, UTC. Every answer that is no success has the shape `ErrorAnswer`, with a code of [errors](errors.md). Somebody else’s',
    'device, one that there is not and an id that can be none have one answer: 404 `PORTAL_NOT_FOUND`.',
    '',
    '## Operations',
    '',
  ];
  for (const { method, path: place, summary, parameters, body, answer } of operations) {
    lines.push(`### ${method} ${place}`, '', summary, '');
    for (const { name, description, schema, in: where } of parameters.filter(({ in: at }) => at === 'query'))
      lines.push(
        `- \`${String(name)}\` (${String(where)}): ${shapeOf(schema)}${description === undefined ? '' : `. ${String(description)}`}`,
      );
    if (body !== undefined) lines.push(`- body: ${linked(body)}`);
    const { media, schema } = answer ?? { media: undefined, schema: undefined };
    lines.push(`- answer: ${schema === undefined ? (media ?? 'nothing') : linked(schema)}`, '');
  }
  lines.push('## Shapes', '');
  for (const [name, schema] of Object.entries(schemas)) lines.push(...shapeLines(name, fieldsOf(schema)));
  return `${lines.join('\n').trimEnd()}\n`;
}

const linked = (name: string) => `[${name}](#${name.toLowerCase()})`;

function shapeLines(name: string, schema: Fields): string[] {
  const { description, properties, required, oneOf } = schema;
  const lines = [`### ${name}`, ''];
  if (description !== undefined) lines.push(String(description), '');
  if (Array.isArray(oneOf)) lines.push(`One of ${oneOf.map(shapeOf).join(', ')}.`, '');
  if (!isFields(properties))
    return Array.isArray(oneOf) ? lines : [...lines, `${shapeOf({ ...schema, description: undefined })}`, ''];
  lines.push('| field | shape | what |', '|---|---|---|');
  for (const [field, value] of Object.entries(properties)) {
    const isThere = Array.isArray(required) && required.includes(field);
    lines.push(
      `| \`${field}\`${isThere ? '' : ', optional'} | ${shapeOf(value)} | ${String(fieldsOf(value).description ?? '')} |`,
    );
  }
  return [...lines, ''];
}

/** In a word or some. */
function shapeOf(schema: unknown): string {
  const { type, items, enum: words, const: one, additionalProperties, properties } = fieldsOf(schema);
  const name = nameIn(schema);
  if (name !== undefined) return linked(name);
  if (one !== undefined) return `\`${String(one)}\``;
  if (Array.isArray(words)) return words.map(word => `\`${String(word)}\``).join(', ');
  if (type === 'array') return `list of ${shapeOf(items)}`;
  if (isFields(properties))
    return `\\{ ${Object.entries(properties)
      .map(([field, value]) => `${field}: ${shapeOf(value)}`)
      .join('; ')} \\}`;
  if (isFields(additionalProperties)) return `any name → ${shapeOf(additionalProperties)}`;
  return Array.isArray(type) ? type.join(' or ') : String(type ?? 'anything');
}

export async function portalFiles(): Promise<Record<string, string>> {
  const api = readApi();
  return {
    [`${folder}/types.generated.ts`]: await types(api),
    ...(await validators(api)),
    'docs/reference/portal-api.md': reference(api),
  };
}
