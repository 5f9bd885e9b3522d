import { isFile, type Schemas } from './schemas.ts';

type Schema = Record<string, unknown>;
/** Types of common.schema.json, by name. */
type Shared = Readonly<Record<string, Schema>>;

const escapeCell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function typeOf(schema: Schema): string {
  if (typeof schema.$ref === 'string') return schema.$ref.replace(/.*\//, '');
  if (schema.const !== undefined) return `\`${String(schema.const)}\``;
  if (Array.isArray(schema.enum)) return schema.enum.map(value => `\`${String(value)}\``).join(' or ');
  if (Array.isArray(schema.oneOf)) return schema.oneOf.map(typeOf).join(', or ');
  if (schema.type === 'array') return `list of ${typeOf((schema.items ?? {}) as Schema)}`;
  return [schema.type ?? 'any'].flat().join(' or ');
}

/** What the key is for; else what its shared type is. */
function meaning(schema: Schema, shared: Shared): string {
  if (typeof schema.description === 'string') return schema.description;
  const name = typeof schema.$ref === 'string' ? schema.$ref.replace(/.*\//, '') : '';
  return String(shared[name]?.description ?? '');
}

function rows(schema: Schema, prefix: string, shared: Shared): string[] {
  const required = new Set((schema.required ?? []) as string[]);
  return Object.entries((schema.properties ?? {}) as Record<string, Schema>).flatMap(([key, value]) => {
    const presence = required.has(key)
      ? 'required'
      : value.default === undefined
        ? ''
        : `default \`${JSON.stringify(value.default)}\``;
    const row = `| \`${prefix}${key}\` | ${escapeCell(typeOf(value))} | ${presence} | ${escapeCell(meaning(value, shared))} |`;
    const nested = value.type === 'array' ? ((value.items ?? {}) as Schema) : value;
    const deeper = (
      nested.additionalProperties !== null && typeof nested.additionalProperties === 'object'
        ? nested.additionalProperties
        : nested
    ) as Schema;
    const mark = value.type === 'array' ? '[].' : deeper === nested ? '.' : '.<name>.';
    return [
      row,
      ...rows(deeper, `${prefix}${key}${mark}`, shared),
      ...((nested.oneOf ?? []) as Schema[]).flatMap(one => rows(one, `${prefix}${key}.`, shared)),
    ];
  });
}

const table = (schema: Schema, shared: Shared) => [
  '| key | type | presence | meaning |',
  '|---|---|---|---|',
  ...rows(schema, '', shared),
  '',
];

/** docs/reference/files.md: every key of every file, from the schemas. */
export function schemaReference(schemas: Schemas): string {
  const lines = [
    '# Files',
    '',
    '<!-- Generated from schemas/ by `npm run generate`. Do not edit. -->',
    '',
    'YAML, validated in the editor, in the pull request, on the gateway and on the device. Unknown keys are errors.',
    '',
  ];
  const shared = schemas.get('common')?.$defs as Shared;
  for (const [name, schema] of schemas) {
    if (!isFile(name)) continue;
    lines.push(`## ${String(schema.title)}`, '', String(schema.description), '', ...table(schema, shared));
    if (name !== 'gateway') continue;
    for (const [part, kind] of schemas) {
      if (!part.startsWith('sinks/')) continue;
      lines.push(`### ${String(kind.title)}`, '', String(kind.description), '', ...table(kind, shared));
    }
  }
  lines.push('## Shared types', '');
  for (const [name, schema] of Object.entries(shared)) {
    lines.push(`### ${name}`, '', String(schema.description ?? ''), '');
    const shapes = [schema, ...((schema.oneOf ?? []) as Schema[])].filter(
      shape => shape.properties !== undefined,
    );
    for (const shape of shapes) lines.push(...table(shape, shared));
  }
  return `${lines.join('\n').trimEnd()}\n`;
}
