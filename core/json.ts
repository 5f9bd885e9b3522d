/** JSON as it was found: fields that may be missing, of whatever type. */
export type Fields = Readonly<Record<string, unknown>>;

/** The fields of an object; none of anything else. */
export function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @throws SyntaxError of `JSON.parse`. What is no object has no fields. */
export function readFields(text: string): Fields {
  return fieldsOf(JSON.parse(text));
}

/** The same of bytes that may be anything: what is no JSON has no fields either. */
export function fieldsIn(bytes: Buffer): Fields {
  try {
    return readFields(bytes.toString('utf8'));
  } catch {
    return {};
  }
}
