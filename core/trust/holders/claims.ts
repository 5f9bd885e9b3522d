import { createHash } from 'node:crypto';
import { isTowlineError } from '../../errors.ts';
import type { ChangedPath } from '../git/change.ts';
import { noMode } from '../git/change.ts';
import type { ObjectReader } from '../git/object-reader.ts';
import type { ObjectId } from '../git/object-source.ts';
import type { PlainFile } from '../git/yaml-node.ts';
import { isSameNode } from '../git/yaml-node.ts';
import { type KeyNumbers, materialName } from '../signature/key-material.ts';
import { deviceKeys, maxKeyFileBytes, operatorKeys } from './named-keys.ts';

/** What a file of a device or an operator has for itself alone: an id, or a key. */
export interface Claim {
  /** 16 bytes as 32 hexadecimal digits; equal where the claims are. */
  readonly name: string;
  /** Where the key stands in the file, as tokens; absent: the id, which the file's own name gives. */
  readonly pointer?: readonly string[];
  readonly numbers?: KeyNumbers;
}

export interface Claims {
  readonly all: readonly Claim[];
  /** For ever, for these keys. */
  readonly revoked: boolean;
}

const nothing: Claims = { all: [], revoked: false };

export function isHolderPath(path: string): boolean {
  return holderKind(path) !== undefined;
}

function holderKind(path: string): 'device' | 'operator' | undefined {
  if (/^devices\/(?:.*\/)?[^/]+\.yaml$/s.test(path)) return 'device';
  return /^operators\/[^/]+\.yaml$/.test(path) ? 'operator' : undefined;
}

/** The name of whom a file below operators/ is. */
export function operatorAt(path: string): string | undefined {
  return holderKind(path) === 'operator' ? path.slice('operators/'.length, -'.yaml'.length) : undefined;
}

/** What of a file its claims are read from. */
const claiming = ['keys', 'enrolment', 'sshKeys', 'passkeys', 'revoked'] as const;

/** Whether a file that is there before and after says the same of keys, to the letter: most changes do. */
export async function claimsTheSame(
  reader: ObjectReader,
  { oldMode, oldId, newMode, newId }: ChangedPath,
): Promise<boolean> {
  if (oldMode === noMode || newMode === noMode) return false;
  const [before, after] = [await holderFile(reader, oldId), await holderFile(reader, newId)];
  if (!('node' in before && 'node' in after)) return false;
  if (before.bytes > maxKeyFileBytes || after.bytes > maxKeyFileBytes) return false;
  const [one, other] = [before.node, after.node];
  if (one.kind !== 'map' || other.kind !== 'map') return false;
  return claiming.every(key => {
    const [value, now] = [one.entries.get(key), other.entries.get(key)];
    return value === undefined || now === undefined ? value === now : isSameNode(value, now);
  });
}

/** Both sides of a changed file. */
export async function claimsOfChange(
  reader: ObjectReader,
  { path, oldMode, oldId, newMode, newId }: ChangedPath,
): Promise<{ before: Claims; after: Claims }> {
  const before = oldMode === noMode ? nothing : await claimsAt(reader, path, oldId);
  const after = newMode === noMode ? nothing : await claimsAt(reader, path, newId);
  return { before, after };
}

/** @throws TowlineError what the reader throws. */
export async function claimsAt(reader: ObjectReader, path: string, id: ObjectId): Promise<Claims> {
  const file = await holderFile(reader, id);
  if (holderKind(path) === 'operator') return { all: keyClaims(operatorKeys(file).keys), revoked: false };
  const { keys, revoked } = deviceKeys(file);
  return { all: [idClaim(path), ...keyClaims(keys)], revoked };
}

/**
 * A file of which keys are read; none of it where it is too long, for then it names no keys.
 * @throws TowlineError what the reader throws.
 */
export async function holderFile(reader: ObjectReader, id: ObjectId): Promise<PlainFile> {
  try {
    return await reader.plainYaml(id, maxKeyFileBytes);
  } catch (error) {
    if (isTowlineError(error, 'TRUST_LIMIT') && !reader.isSpent) {
      return { bytes: Number.POSITIVE_INFINITY, problem: 'too long' };
    }
    throw error;
  }
}

/** Ids that differ by case alone are one on many a disk. */
function idClaim(path: string): Claim {
  const id = path.slice(path.lastIndexOf('/') + 1, -'.yaml'.length).toLowerCase();
  return { name: createHash('sha256').update(`device id\0${id}`).digest('hex').slice(0, 32) };
}

function keyClaims(keys: ReturnType<typeof deviceKeys>['keys']): Claim[] {
  return keys.flatMap(({ pointer, numbers }) =>
    numbers.map(each => ({ name: materialName(each), pointer, numbers: each })),
  );
}

/** Claims that the one has and the other has not. */
export function without({ all }: Claims, other: Claims): Claim[] {
  const known = new Set(other.all.map(({ name }) => name));
  return all.filter(({ name }) => !known.has(name));
}
