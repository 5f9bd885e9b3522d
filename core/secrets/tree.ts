/** A secret document of any format as one ordered tree: the MAC goes over its values in this order. */
import { TowlineError } from '../errors.ts';
import type { SecretScalar } from './value.ts';

export interface SecretComment {
  readonly comment: string;
}
export interface SecretEntry {
  readonly key: string;
  readonly value: SecretValue;
}
export interface SecretMap {
  readonly kind: 'map';
  readonly items: readonly (SecretEntry | SecretComment)[];
}
export interface SecretList {
  readonly kind: 'list';
  readonly items: readonly (SecretValue | SecretComment)[];
}
export type SecretValue = SecretMap | SecretList | SecretScalar | null;

export function isComment(item: SecretEntry | SecretValue | SecretComment): item is SecretComment {
  return typeof item === 'object' && item !== null && 'comment' in item;
}

export function isEntry(item: SecretEntry | SecretValue): item is SecretEntry {
  return typeof item === 'object' && item !== null && 'key' in item;
}

export function isMap(value: SecretValue | undefined): value is SecretMap {
  return typeof value === 'object' && value !== null && value.kind === 'map';
}

export interface LeafVisitor {
  value(value: SecretScalar, path: readonly string[]): SecretScalar;
  /** A value of a list, where it is not one like any other: it may turn out to be a comment. */
  item?(value: SecretScalar, path: readonly string[]): SecretScalar | SecretComment;
  /** `path` is that of the map or list around the comment. */
  comment(text: string, path: readonly string[]): string;
}

/** A copy of the tree with each leaf replaced by what the visitor says, in document order. Null stays null. */
export function mapLeaves(map: SecretMap, visitor: LeafVisitor): SecretMap {
  const visit = (value: SecretValue, path: readonly string[]): SecretValue => {
    if (value === null) return null;
    if (typeof value !== 'object') return visitor.value(value, path);
    if (value.kind === 'map') return visitMap(value, path);
    return { kind: 'list', items: value.items.map(item => visitItem(item, path)) };
  };
  const visitItem = (item: SecretList['items'][number], path: readonly string[]) => {
    if (isComment(item)) return { comment: visitor.comment(item.comment, path) };
    const isLeaf = item !== null && typeof item !== 'object';
    return isLeaf && visitor.item !== undefined ? visitor.item(item, path) : visit(item, path);
  };
  const visitMap = (value: SecretMap, path: readonly string[]): SecretMap => ({
    kind: 'map',
    items: value.items.map(item =>
      isComment(item)
        ? { comment: visitor.comment(item.comment, path) }
        : { key: item.key, value: visit(item.value, [...path, item.key]) },
    ),
  });
  return visitMap(map, []);
}

/** The tree as plain data without comments; integers beyond 2^53 stay text. */
export function plainData(value: SecretValue): unknown {
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : String(value);
  }
  if (value === null || typeof value !== 'object') return value;
  if (value.kind === 'list') return value.items.flatMap(item => (isComment(item) ? [] : [plainData(item)]));
  const entries = value.items.filter((item): item is SecretEntry => !isComment(item));
  return Object.fromEntries(entries.map(({ key, value: inner }) => [key, plainData(inner)]));
}

/** Plain data as a tree; whole numbers are integers, as SOPS types them. */
export function toSecretValue(data: unknown): SecretValue {
  if (data === null || data === undefined) return null;
  if (typeof data === 'number') return Number.isInteger(data) ? BigInt(data) : data;
  if (typeof data === 'string' || typeof data === 'boolean' || typeof data === 'bigint') return data;
  if (Array.isArray(data)) return { kind: 'list', items: data.map(toSecretValue) };
  if (typeof data !== 'object')
    throw new TowlineError('SECRET_MALFORMED', `a ${typeof data} is no value of a document`);
  const items = Object.entries(data).map(([key, value]) => ({ key, value: toSecretValue(value) }));
  return { kind: 'map', items };
}

/** Takes a top-level entry out: the `sops` section. */
export function splitEntry(map: SecretMap, key: string): { entry: SecretValue | undefined; rest: SecretMap } {
  const found = map.items.find((item): item is SecretEntry => !isComment(item) && item.key === key);
  return { entry: found?.value, rest: { kind: 'map', items: map.items.filter(item => item !== found) } };
}
