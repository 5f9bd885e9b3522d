/** What Elasticsearch's mappings say against a document: each kind of field takes some kinds of values. */

type Json = Record<string, unknown>;

/** Kinds of fields that we use, and what they take. */
const takes: Readonly<Record<string, (value: unknown) => boolean>> = {
  keyword: value => typeof value !== 'object' && fits(value),
  match_only_text: value => typeof value !== 'object',
  text: value => typeof value !== 'object',
  long: value => Number.isSafeInteger(value),
  double: value => typeof value === 'number',
  date: value => typeof value === 'string' && !Number.isNaN(Date.parse(value)),
  flattened: value => isObject(value),
  flat_object: value => isObject(value),
};
/** Lucene's largest term, bytes; with `ignore_above` a longer value is left out of the index instead. */
const maxTermBytes = 32_766;

function fits(value: unknown): boolean {
  return Buffer.byteLength(String(value)) <= maxTermBytes;
}

/** @param template undefined: the stream takes what comes */
export function mappingProblem(template: Json | undefined, document: Json): string | undefined {
  const { '@timestamp': time } = document;
  if (typeof time !== 'string') return 'data stream timestamp field [@timestamp] is missing';
  if (template === undefined) return undefined;
  const { mappings } = template.template as { mappings: Json };
  return problemIn(document, mappings, '');
}

function problemIn(value: Json, mapping: Json, above: string): string | undefined {
  const properties = (mapping.properties ?? {}) as Record<string, Json>;
  for (const [name, one] of Object.entries(value)) {
    const path = `${above}${name}`;
    if (name === '') return `field name cannot be an empty string`;
    const found = fieldProblem(one, properties[name], path);
    if (found !== undefined) return found;
  }
  return undefined;
}

function fieldProblem(value: unknown, field: Json | undefined, path: string): string | undefined {
  // What no mapping names is kept and not looked at: `dynamic: false`.
  if (field === undefined) return undefined;
  if (field.properties !== undefined || field.type === 'object') {
    return isObject(value)
      ? problemIn(value, field, `${path}.`)
      : `object mapping for [${path}] tried to parse field [${path}] as object, but found a concrete value`;
  }
  const check = takes[String(field.type)];
  if (check === undefined) return `No handler for type [${String(field.type)}] declared on field [${path}]`;
  const values = Array.isArray(value) ? value : [value];
  if (values.every(check)) return undefined;
  return `failed to parse field [${path}] of type [${String(field.type)}]`;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
