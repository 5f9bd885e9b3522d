/**
 * One entry of a fleet's audit log: a line of canonical JSON, which has one spelling. Each names the SHA-256 of the line before it,
 * so that none can be changed, left out or moved without all that follow.
 */
import { canonicalJson, sha256 } from '../canonical-json.ts';
import { TowlineError } from '../errors.ts';
import { type Fields, readFields } from '../json.ts';
import { printable } from '../shown-text.ts';

/** Of a line, without its end. */
export const maxEntryBytes = 4096;
/** Characters of `words`. */
const maxWords = 200;
/** Characters of every other text. */
const maxText = 256;

/** What an entry is of. A newer gateway may have more. */
export const auditTypes = [
  ...['release', 'rollout', 'device', 'trust', 'tunnel', 'session', 'enrolment', 'login'],
  ...['push', 'port', 'guest', 'certificate', 'bundle', 'secret', 'refusal', 'gateway'],
] as const;
export type AuditType = (typeof auditTypes)[number];

/** What is told, before it has its place in the chain. */
export interface AuditFacts {
  /** By the gateway's clock, as `Date.toISOString` writes it. */
  readonly time: string;
  /** One of `auditTypes`, or of a newer gateway. */
  readonly type: string;
  /** What happened or was asked for: `device.failed`, `login`, `push-telemetry`. */
  readonly what: string;
  /** `allowed`, `refused`, `ended`; `open`, `resolved`, `happened`. */
  readonly state?: string;
  readonly device?: string;
  /** Name of an operator. */
  readonly person?: string;
  /** Address of the peer. */
  readonly from?: string;
  readonly app?: string;
  readonly release?: string;
  /** Of the fleet's repository. */
  readonly commit?: string;
  /** Of the device's telemetry branch: the device has signed that it is so. */
  readonly evidence?: string;
  readonly code?: string;
  /** At most 200 characters, on one line. */
  readonly words?: string;
  /** How many of the same were not told. */
  readonly more?: number;
  /** Number of the gateway's transition that it tells. */
  readonly transition?: number;
}

export interface AuditEntry extends AuditFacts {
  /** From 1, each one more than the one before. */
  readonly seq: number;
  /** Hash of the line before; of the first one `chainStart`. */
  readonly prev: string;
}

/** A place in the chain: the entry's number, and the hash of its line. */
export interface ChainPlace {
  readonly seq: number;
  readonly hash: string;
}

const texts = [
  ...['state', 'device', 'person', 'from', 'app', 'release', 'commit', 'evidence', 'code', 'words'],
] as const;

/** Before the first entry: a log of one fleet is none of another. */
export function chainStart(fleet: string): ChainPlace {
  return { seq: 0, hash: sha256(`towline-audit/v1\n${fleet}\n`) };
}

/** The next line of the chain, and its place. What is too long or cannot be seen in the facts is made fit. */
export function chainedLine(before: ChainPlace, facts: AuditFacts): ChainPlace & { readonly line: string } {
  const line = canonicalJson({ ...fitting(facts), seq: before.seq + 1, prev: before.hash });
  return { seq: before.seq + 1, hash: sha256(line), line };
}

function fitting(facts: AuditFacts): AuditFacts {
  const fitted = Object.entries(facts).map(([name, value]: [string, unknown]) => {
    if (typeof value !== 'string') return [name, value];
    return [name, cut(printable(value), name === 'words' ? maxWords : maxText)];
  });
  return { ...facts, ...Object.fromEntries(fitted) };
}

/** No half of a character is left. */
function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** @throws TowlineError AUDIT_MALFORMED */
export function readEntryLine(line: string): { readonly entry: AuditEntry; readonly hash: string } {
  const entry = Buffer.byteLength(line) > maxEntryBytes ? undefined : entryOf(line);
  if (entry === undefined)
    throw new TowlineError('AUDIT_MALFORMED', `no entry of an audit log: ${printable(line.slice(0, 60))}`);
  return { entry, hash: sha256(line) };
}

function entryOf(line: string): AuditEntry | undefined {
  let fields: Fields;
  try {
    fields = readFields(line);
    if (canonicalJson(fields) !== line) return undefined;
  } catch {
    return undefined;
  }
  const { seq, prev, time, type, what, more, transition } = fields;
  if (!isCount(seq) || seq < 1 || typeof prev !== 'string' || !/^[0-9a-f]{64}$/.test(prev)) return undefined;
  if (!isTime(time) || !isWord(type) || !isText(what, maxText)) return undefined;
  const found: Record<string, string> = {};
  for (const name of texts) {
    const value = fields[name];
    if (value === undefined) continue;
    if (!isText(value, name === 'words' ? maxWords : maxText)) return undefined;
    found[name] = value;
  }
  if (more !== undefined && !isCount(more)) return undefined;
  if (transition !== undefined && !isCount(transition)) return undefined;
  const counts = {
    ...(more === undefined ? {} : { more }),
    ...(transition === undefined ? {} : { transition }),
  };
  return { seq, prev, time, type, what, ...found, ...counts };
}

export function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isTime(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value) &&
    !Number.isNaN(Date.parse(value))
  );
}

function isWord(value: unknown): value is string {
  return typeof value === 'string' && /^[a-z][a-z-]{0,31}$/.test(value);
}

function isText(value: unknown, most: number): value is string {
  return typeof value === 'string' && value.length <= most && printable(value) === value;
}
