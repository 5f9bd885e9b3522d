import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const folder = path.resolve(import.meta.dirname, '../../schemas');

/** Each `schemas/NAME.schema.json`, by name; parts of files, such as a kind of sink, by `FOLDER/NAME`. */
export type Schemas = Map<string, Record<string, unknown>>;

/** Whether it is a file of its own, and no part of others. */
export function isFile(name: string): boolean {
  return name !== 'common' && !name.includes('/');
}

export function readSchemas(): Schemas {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.schema.json'))
    .sort();
  return new Map(
    files.map(file => [
      file.replace('.schema.json', ''),
      JSON.parse(readFileSync(path.join(folder, file), 'utf8')),
    ]),
  );
}
