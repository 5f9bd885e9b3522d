import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const folder = path.resolve(import.meta.dirname, '../../schemas');

/** Each `schemas/NAME.schema.json`, by name. */
export type Schemas = Map<string, Record<string, unknown>>;

export function readSchemas(): Schemas {
  const files = readdirSync(folder)
    .filter(file => file.endsWith('.schema.json'))
    .sort();
  return new Map(
    files.map(file => [
      file.replace('.schema.json', ''),
      JSON.parse(readFileSync(path.join(folder, file), 'utf8')),
    ]),
  );
}
