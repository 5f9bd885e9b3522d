/**
 * The shape of an attribute: one table says what it accepts, how two files merge, which elements are the same, what its
 * short form means, which paths it holds and how it is printed. The walkers beside this file read it; docs/reference
 * is made from it. Source: the Compose specification and its JSON schema, as docker compose 2.40.3 takes them.
 */

import type { CastRule } from '../value/cast.ts';

export type JsonType = 'null' | 'boolean' | 'integer' | 'number' | 'string' | 'list' | 'mapping';

/** How a value of a later file meets one of an earlier file; absent: mappings merge, lists append, scalars replace. */
export type MergeRule =
  | 'replace'
  | 'sequence'
  | 'hosts'
  | 'build'
  | 'depends-on'
  | 'names'
  | 'logging'
  | 'ulimit'
  | 'ipam-config';

/** What makes two elements of a list the same one, of which the later stays. */
export type IndexRule =
  | 'key-value'
  | 'volume'
  | 'device'
  | 'config'
  | 'secret'
  | 'expose'
  | 'port'
  | 'env-file';

/** How a short form becomes the long one. */
export type CanonicalRule =
  | 'list'
  | 'build'
  | 'file-mount'
  | 'text'
  | 'key-value'
  | 'depends-on'
  | 'env-file'
  | 'extends'
  | 'gpus'
  | 'names'
  | 'volume'
  | 'device'
  | 'ports'
  | 'ssh'
  | 'ulimit'
  | 'external'
  | 'include';

/** How a relative path is resolved. */
export type PathRule = 'absolute' | 'host' | 'context' | 'mount' | 'volume-options';

export type DefaultRule = 'build' | 'secret' | 'port' | 'device-request';

export type CheckRule = 'volume' | 'config' | 'secret' | 'port' | 'not-blank' | 'not-null' | 'device-request';

/** The type that decides how the canonical model prints a value, and when it leaves it out. */
export type PrintRule =
  | 'text'
  | 'boolean'
  | 'optional-boolean'
  | 'integer'
  | 'optional-integer'
  | 'unsigned'
  | 'optional-unsigned'
  | 'single-float'
  | 'duration'
  | 'optional-duration'
  | 'bytes'
  | 'nano-cpus'
  | 'command'
  | 'health-test'
  | 'texts'
  | 'text-or-texts'
  | 'sprinted-texts'
  | 'labels'
  | 'mapping'
  | 'environment'
  | 'options'
  | 'multi-options'
  | 'text-map'
  | 'hosts'
  | 'struct'
  | 'optional-struct'
  | 'structs'
  | 'struct-map'
  | 'file-mode'
  | 'ulimits'
  | 'device-count'
  | 'ssh'
  | 'never';

export interface Shape {
  /** Absent: anything. */
  readonly types?: readonly JsonType[];
  readonly properties?: Readonly<Record<string, Shape>>;
  /** Keys that people choose. */
  readonly named?: { readonly pattern: RegExp; readonly shape: Shape };
  /** Unknown keys are refused. */
  readonly closed?: boolean;
  /** `x-…` keys are taken. */
  readonly extensible?: boolean;
  readonly required?: readonly string[];
  readonly items?: Shape;
  readonly uniqueItems?: boolean;
  readonly oneOf?: readonly string[];
  readonly pattern?: RegExp;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly merge?: MergeRule;
  readonly index?: IndexRule;
  readonly canonical?: CanonicalRule;
  readonly cast?: CastRule;
  readonly path?: PathRule;
  readonly preset?: DefaultRule;
  readonly check?: CheckRule;
  readonly print?: PrintRule;
  /** The key in the printed model where it differs, and whether it is printed when empty. */
  readonly printedAs?: string;
  readonly always?: boolean;
  /** `x-…` keys of a mapping of names are taken for extensions, as the oracle has it. */
  readonly foldsExtensions?: boolean;
}

/** The shape of a mapping's key; undefined: the table says nothing of it. */
export function shapeOfKey(shape: Shape | undefined, key: string): Shape | undefined {
  if (shape === undefined) return undefined;
  if (shape.properties !== undefined && Object.hasOwn(shape.properties, key)) return shape.properties[key];
  return shape.named?.pattern.test(key) ? shape.named.shape : undefined;
}

/** The shape of a child of a mapping or list. */
export function shapeOfPart(shape: Shape | undefined, part: string | number): Shape | undefined {
  return typeof part === 'number' ? shape?.items : shapeOfKey(shape, part);
}
