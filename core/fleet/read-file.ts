/** A typed file from bytes: YAML, schema, and the kinds of mistakes that no schema can name. */
import type { Problem } from '../errors.ts';
import { readPlainFile } from '../trust/git/yaml-node.ts';
import { maxKeyFileBytes } from '../trust/holders/named-keys.ts';
import { type CheckedFile, checkSchema, type FileKind } from './schema-check.ts';
import { valueProblems } from './value-check.ts';
import { readYaml } from './yaml-file.ts';

export interface ReadFile<Kind extends FileKind> {
  readonly file?: CheckedFile<Kind>;
  readonly problems: readonly Problem[];
}

/** Reads and checks one file of a kind. Pure: the same bytes give the same answer, so it may be kept by blob id. */
export function readFleetFile<Kind extends FileKind>(
  kind: Kind,
  path: string,
  bytes: Uint8Array,
): ReadFile<Kind> {
  const yaml = readYaml(path, bytes);
  if (yaml.file === undefined) return { problems: yaml.problems };
  const checked = checkSchema(kind, yaml.file);
  if (checked.file === undefined) return { problems: [...yaml.problems, ...checked.problems] };
  const problems = [...yaml.problems, ...valueProblems(checked.file, kind), ...unreadKeys(kind, path, bytes)];
  return problems.length > 0 ? { problems } : checked;
}

/**
 * The walk reads the keys of devices and operators from plain YAML alone, and so does everybody: a key that only some
 * readers see could be two devices'.
 */
function unreadKeys(kind: FileKind, path: string, bytes: Uint8Array): Problem[] {
  if (kind !== 'device' && kind !== 'operator') return [];
  const file = readPlainFile(bytes);
  const why = 'problem' in file ? file.problem : undefined;
  const isLong = bytes.length > maxKeyFileBytes;
  if (why === undefined && !isLong) return [];
  const message = `the file of a ${kind} is plain YAML of at most ${maxKeyFileBytes} bytes, this has ${why ?? bytes.length}`;
  return [{ code: 'FLEET_KEY_MALFORMED', message, position: { file: path } }];
}
