/** Lines of a recording, written and read: whoever has written them, what is read is bounded and of its form. */
import { TowlineError } from '../errors.ts';
import { type Fields, fieldsOf, isFields, readFields } from '../json.ts';
import { type RecordingEnd, recordingFormat, type Seal } from './recording-chain.ts';
import { isRecordingId } from './recording-id.ts';

/** Longer is no line of ours. */
export const maxLineBytes = 128 * 1024;
/** Of a recording: a chunk for each key that is typed, for a day. */
export const maxLines = 4_000_000;

/** What can be read of a recording without a key: who was where, and when. */
export interface RecordingHead {
  readonly fleet: string;
  readonly device: string;
  readonly recording: string;
  /** Since the epoch, by the device's clock. */
  readonly startedMs: number;
  readonly operator: string;
  /** `key`, `certificate`, `gateway`. */
  readonly by: string;
  readonly app: string;
  readonly service: string;
  /** The trusted commit that let them in. */
  readonly commit: string;
  /** Fingerprints of the auditors' keys. */
  readonly auditors: readonly string[];
  /** The recording's own key, 32 bytes, as one OpenPGP message to all of them; base64. */
  readonly key: string;
}

export type RecordingLine =
  | { readonly kind: 'head'; readonly head: RecordingHead }
  | { readonly kind: 'chunk'; readonly number: number; readonly box: Buffer }
  | { readonly kind: 'seal'; readonly seal: Seal; readonly signature: string };

export function headLine(head: RecordingHead): string {
  return JSON.stringify({ format: recordingFormat, ...head });
}

/** @param number of the line: the head's is 0 */
export function chunkLine(number: number, box: Buffer): string {
  return JSON.stringify({ n: number, box: box.toString('base64') });
}

export function sealLine(seal: Seal, signature: string): string {
  return JSON.stringify({ seal, signature });
}

/** @throws TowlineError SESSION_RECORDING_MALFORMED */
export function readRecordingLine(line: string): RecordingLine {
  const found = line.length > maxLineBytes ? undefined : lineOf(line);
  if (found === undefined) {
    throw new TowlineError('SESSION_RECORDING_MALFORMED', `no line of a recording: ${line.slice(0, 40)}`);
  }
  return found;
}

function lineOf(line: string): RecordingLine | undefined {
  let fields: Fields;
  try {
    fields = readFields(line);
  } catch {
    return undefined;
  }
  if (fields.format !== undefined) return headOf(fields);
  if (fields.box !== undefined) return chunkOf(fields);
  const { signature } = fields;
  const seal = sealOf(fields.seal);
  return seal === undefined || typeof signature !== 'string' ? undefined : { kind: 'seal', seal, signature };
}

function headOf(fields: Fields): RecordingLine | undefined {
  const text = (name: string, most = 256): string => {
    const value = fields[name];
    return typeof value === 'string' && value.length <= most ? value : '';
  };
  const { format, auditors, startedMs } = fields;
  if (format !== recordingFormat || !isCount(startedMs) || !Array.isArray(auditors)) return undefined;
  const head: RecordingHead = {
    fleet: text('fleet'),
    device: text('device'),
    recording: text('recording'),
    startedMs,
    operator: text('operator'),
    by: text('by'),
    app: text('app'),
    service: text('service'),
    commit: text('commit'),
    auditors: auditors.filter(one => typeof one === 'string').slice(0, 64),
    key: text('key', maxLineBytes),
  };
  return isRecordingId(head.recording) ? { kind: 'head', head } : undefined;
}

function chunkOf({ n, box }: Fields): RecordingLine | undefined {
  if (!isCount(n) || typeof box !== 'string') return undefined;
  return { kind: 'chunk', number: n, box: Buffer.from(box, 'base64') };
}

function sealOf(value: unknown): Seal | undefined {
  const { lines, link, end } = fieldsOf(value);
  if (!isCount(lines) || typeof link !== 'string') return undefined;
  if (end === undefined) return { lines, link };
  const read = isFields(end) ? endOf(end) : undefined;
  return read === undefined ? undefined : { lines, link, end: read };
}

function endOf({ outcome, exitCode, durationMs }: Fields): RecordingEnd | undefined {
  if (outcome !== 'ended' && outcome !== 'cut' && outcome !== 'unkept') return undefined;
  return {
    outcome,
    ...(typeof exitCode === 'number' ? { exitCode } : {}),
    ...(typeof durationMs === 'number' ? { durationMs } : {}),
  };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
