/** What an OTLP receiver answers: a partial success in protobuf or JSON, or why not (OTLP 1.9, OTLP/HTTP Response). */
import protobuf from 'protobufjs/minimal.js';
import { TowlineError } from '../../../core/errors.ts';
import { fieldsOf, readFields } from '../../../core/json.ts';
import type { HttpAnswer } from '../http/answer.ts';

export interface PartialSuccess {
  /** Records, or data points, that were not taken; which, it does not say. */
  readonly rejected: number;
  readonly message: string;
}

const maxMessageLength = 500;

/** @throws TowlineError TELEMETRY_ANSWER_UNREADABLE: a 2xx that is no answer of OTLP */
export function readExportAnswer({ headers, body }: Pick<HttpAnswer, 'headers' | 'body'>): PartialSuccess {
  const type = String(headers['content-type'] ?? '');
  try {
    if (body.length === 0) return { rejected: 0, message: '' };
    return type.startsWith('application/json') ? inJson(body) : inProtobuf(body);
  } catch (cause) {
    const message = `an answer of type ${JSON.stringify(type.slice(0, 100))} is none of OTLP`;
    throw new TowlineError('TELEMETRY_ANSWER_UNREADABLE', message, { cause });
  }
}

function inJson(body: Buffer): PartialSuccess {
  const { partialSuccess } = readFields(body.toString('utf8'));
  const { rejectedLogRecords, rejectedDataPoints, errorMessage } = fieldsOf(partialSuccess);
  // An int64 is a string in JSON.
  const rejected = Number(rejectedLogRecords ?? rejectedDataPoints ?? 0);
  return {
    rejected: Number.isSafeInteger(rejected) && rejected > 0 ? rejected : 0,
    message: typeof errorMessage === 'string' ? errorMessage.slice(0, maxMessageLength) : '',
  };
}

function inProtobuf(body: Buffer): PartialSuccess {
  let success: PartialSuccess = { rejected: 0, message: '' };
  const reader = protobuf.Reader.create(body);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag === ((1 << 3) | 2)) success = partialIn(protobuf.Reader.create(reader.bytes()));
    else reader.skipType(tag & 7);
  }
  return success;
}

function partialIn(reader: protobuf.Reader): PartialSuccess {
  let rejected = 0;
  let message = '';
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag === 1 << 3) rejected = Math.max(0, Number(reader.int64()));
    else if (tag === ((2 << 3) | 2)) message = reader.string().slice(0, maxMessageLength);
    else reader.skipType(tag & 7);
  }
  return { rejected, message };
}

/** The message of a `Status`, which is what a refusal has as its body; undefined where it is another text. */
export function statusMessage({ headers, body }: Pick<HttpAnswer, 'headers' | 'body'>): string | undefined {
  if (headers['content-type'] !== 'application/x-protobuf') return undefined;
  try {
    return partialIn(protobuf.Reader.create(body)).message;
  } catch {
    return undefined;
  }
}
