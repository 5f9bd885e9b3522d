/**
 * A segment: lines of JSON, gzip (RFC 1952). A line that says no kind is of a log, one that says no stream of stdout, and one that
 * says no sequence has the number after that of the line before. Read by `zcat`; read here within bounds, since a device wrote it.
 */
import { gunzipSync, gzipSync } from 'node:zlib';
import { TowlineError } from '../../errors.ts';
import { isFields, type Fields as Json } from '../../json.ts';
import {
  type EventRecord,
  type Fields,
  type GapReason,
  type GapRecord,
  gapReasons,
  type Level,
  type LogRecord,
  levels,
  type TelemetryRecord,
} from './record.ts';

/** Unpacked, bytes; what an agent writes has a twentieth of it. */
export const maxSegmentBytes = 4 * 1024 * 1024;
const maxTextLength = 64 * 1024;
const maxFields = 64;
/** Of the fields that all records share, as JSON, characters. */
const maxSharedLength = 4096;

/**
 * @param shared fields that each of these records has: written once, as a line of their own in front, and found in each record
 * when it is read
 */
export function writeSegment(records: readonly TelemetryRecord[], shared: Fields = {}): Buffer {
  let before: number | undefined;
  const lines = records.map(record => {
    const line = segmentLine(record, before);
    before = record.sequence;
    return line;
  });
  return gzipSync(segmentFront(shared) + lines.join(''));
}

/**
 * A record as it stands in a segment. What most have is left out: it is a log's, of stdout, and its number is the next one.
 * @param before number of the record in front of it
 */
export function segmentLine(record: TelemetryRecord, before: number | undefined): string {
  const next = record.sequence - 1 === before ? undefined : record.sequence;
  if (record.kind !== 'log') return `${JSON.stringify({ ...record, sequence: next })}\n`;
  const { time, stream, text, level, fields, cut } = record;
  const said = stream === 'stdout' ? undefined : stream;
  return `${JSON.stringify({ sequence: next, time, stream: said, text, level, fields, cut })}\n`;
}

/** What comes before the lines of a segment. */
export function segmentFront(shared: Fields): string {
  return Object.keys(shared).length === 0 ? '' : `${JSON.stringify({ kind: 'shared', fields: shared })}\n`;
}

export interface ReadSegment {
  readonly records: readonly TelemetryRecord[];
  /** Lines that are no record. */
  readonly unreadable: number;
}

/** @throws TowlineError TELEMETRY_SEGMENT where it is no gzip, or too large */
export function readSegment(bytes: Uint8Array): ReadSegment {
  const records: TelemetryRecord[] = [];
  let unreadable = 0;
  let shared: Fields | undefined;
  let before = -1;
  for (const line of segmentLines(bytes)) {
    if (line?.kind === 'shared') {
      shared = sharedIn(line);
      if (shared === undefined) unreadable += 1;
      continue;
    }
    before = typeof line?.sequence === 'number' ? line.sequence : before + 1;
    const record = recordOf(line, before);
    if (record === undefined) unreadable += 1;
    else records.push(shared === undefined ? record : withShared(record, shared));
  }
  return { records, unreadable };
}

/** A segment that is small would be large in each of its records: where that is so, the front is not taken. */
function sharedIn(line: Json): Fields | undefined {
  const { fields } = fieldsIn(line);
  return fields !== undefined && JSON.stringify(fields).length <= maxSharedLength ? fields : undefined;
}

/** What a record says itself comes first. */
function withShared(record: TelemetryRecord, shared: Fields): TelemetryRecord {
  return record.kind === 'gap' ? record : { ...record, fields: { ...shared, ...record.fields } };
}

/** Values of its lines; undefined: no JSON object. @throws TowlineError TELEMETRY_SEGMENT */
export function* segmentLines(bytes: Uint8Array): Generator<Json | undefined> {
  const text = unpacked(bytes);
  let at = 0;
  while (at < text.length) {
    const found = text.indexOf('\n', at);
    const end = found === -1 ? text.length : found;
    if (end > at) yield objectIn(text.slice(at, end));
    at = end + 1;
  }
}

function unpacked(bytes: Uint8Array): string {
  try {
    return gunzipSync(bytes, { maxOutputLength: maxSegmentBytes }).toString('utf8');
  } catch (cause) {
    throw new TowlineError('TELEMETRY_SEGMENT', 'a segment cannot be unpacked', { cause });
  }
}

function objectIn(line: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** `YYYY-MM-DDTHH:MM:SS[.fraction]Z`: told from anything else without a Date. */
const instant =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?Z$/;
/** Beyond it a name is no name of anything. */
const maxNameLength = 255;

function recordOf(json: Json | undefined, sequence: number): TelemetryRecord | undefined {
  if (json === undefined) return undefined;
  const { time } = json;
  if (!Number.isSafeInteger(sequence) || sequence < 0) return undefined;
  if (typeof time !== 'string' || !instant.test(time)) return undefined;
  const at = { sequence, time };
  if (json.kind === undefined || json.kind === 'log') return logOf(json, at);
  if (json.kind === 'gap') return gapOf(json, at);
  return json.kind === 'event' ? eventOf(json, at) : undefined;
}

type At = Pick<TelemetryRecord, 'sequence' | 'time'>;

function logOf(json: Json, at: At): LogRecord | undefined {
  const { stream = 'stdout', text } = json;
  if (stream !== 'stdout' && stream !== 'stderr' && stream !== 'tty') return undefined;
  if (typeof text !== 'string' || text.length > maxTextLength) return undefined;
  return { kind: 'log', ...at, stream, text, ...levelIn(json), ...fieldsIn(json), ...countIn(json, 'cut') };
}

function gapOf(json: Json, at: At): GapRecord | undefined {
  const reason = gapReasons.find((known): known is GapReason => known === json.reason);
  if (reason === undefined) return undefined;
  return { kind: 'gap', ...at, reason, ...countIn(json, 'lines'), ...countIn(json, 'bytes') };
}

function eventOf(json: Json, at: At): EventRecord | undefined {
  const { name, text } = json;
  if (typeof name !== 'string' || name.length > maxNameLength) return undefined;
  if (typeof text !== 'string' || text.length > maxTextLength) return undefined;
  const about = { ...nameIn(json, 'project'), ...nameIn(json, 'service'), ...nameIn(json, 'container') };
  return { kind: 'event', ...at, name, text, ...about, ...levelIn(json), ...fieldsIn(json) };
}

function levelIn(json: Json): { level?: Level } {
  const level = levels.find(known => known === json.level);
  return level === undefined ? {} : { level };
}

function nameIn<Key extends string>(json: Json, key: Key): { [Name in Key]?: string } {
  const name = json[key];
  const found: { [Name in Key]?: string } = {};
  if (typeof name === 'string' && name.length <= maxNameLength) found[key] = name;
  return found;
}

function countIn<Key extends string>(json: Json, key: Key): { [Name in Key]?: number } {
  const count = json[key];
  const found: { [Name in Key]?: number } = {};
  if (typeof count === 'number' && Number.isSafeInteger(count) && count >= 0) found[key] = count;
  return found;
}

function fieldsIn(json: Json): { fields?: Fields } {
  if (!isFields(json.fields)) return {};
  const fields: Record<string, string | number | boolean> = {};
  let room = maxFields;
  for (const [name, value] of Object.entries(json.fields)) {
    const isText = typeof value === 'string' && value.length <= maxTextLength;
    const isNumber = typeof value === 'number' && Number.isFinite(value);
    if (!isText && !isNumber && typeof value !== 'boolean') continue;
    if (name.length > maxNameLength || name === '__proto__') continue;
    if (room === 0) break;
    room -= 1;
    fields[name] = value;
  }
  return { fields };
}
