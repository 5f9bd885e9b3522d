/**
 * The driver `local`: each entry is its size (4 bytes, big endian), a protobuf message and its size again. The message (moby,
 * api/types/plugins/logdriver/entry.proto): 1 source, 2 nanoseconds, 3 line, 4 partial, 5 metadata of the part (1: it is
 * the last one).
 */
import type { LogEntry } from '../../runtime/runtime.ts';
import { FormatError, type LogFormat, maxEntryBytes } from './log-format.ts';

const sizeBytes = 4;
const varint = 0;
const fixed64 = 1;
const delimited = 2;
const fixed32 = 5;

export const localFormat: LogFormat = {
  read(bytes, take) {
    let at = 0;
    while (at + sizeBytes <= bytes.length) {
      const size = bytes.readUInt32BE(at);
      const end = at + sizeBytes + size + sizeBytes;
      if (size > maxEntryBytes)
        throw new FormatError(`an entry of a local log says that it has ${size} bytes`);
      if (end > bytes.length) break;
      if (bytes.readUInt32BE(end - sizeBytes) !== size)
        throw new FormatError('an entry of a local log has two sizes');
      const entry = entryIn(bytes.subarray(at + sizeBytes, end - sizeBytes));
      if (entry !== undefined) take(entry, end);
      at = end;
    }
    return at;
  },

  timeBefore(bytes) {
    if (bytes.length < 2 * sizeBytes) return undefined;
    const size = bytes.readUInt32BE(bytes.length - sizeBytes);
    const from = bytes.length - sizeBytes - size;
    if (from < sizeBytes || bytes.readUInt32BE(from - sizeBytes) !== size) return undefined;
    return entryIn(bytes.subarray(from, bytes.length - sizeBytes))?.time;
  },
};

/** @throws FormatError */
function entryIn(message: Buffer): LogEntry | undefined {
  let [source, time, partial, last] = ['', '', false, false];
  let text = message.subarray(0, 0);
  for (let at = 0; at < message.length; ) {
    const [key, from] = varintAt(message, at);
    const [field, type] = [Number(key >> 3n), Number(key & 7n)];
    if (type === delimited) {
      const [length, start] = varintAt(message, from);
      at = start + Number(length);
      if (at > message.length) throw new FormatError('a field of a local log goes beyond its entry');
      if (field === 1) source = message.toString('latin1', start, at);
      if (field === 3) text = message.subarray(start, at);
      if (field === 5) last = message[start] === 0x08 && message[start + 1] === 1;
    } else if (type === varint) {
      const [value, next] = varintAt(message, from);
      at = next;
      if (field === 2) time = timeOf(value);
      if (field === 4) partial = value !== 0n;
    } else if (type === fixed64 || type === fixed32) at = from + (type === fixed64 ? 8 : 4);
    else throw new FormatError(`a field of a local log is of kind ${type}`);
  }
  if (time === '') return undefined;
  return { time, stream: source === 'stderr' ? 'stderr' : 'stdout', text, whole: !partial || last };
}

function varintAt(message: Buffer, from: number): [value: bigint, next: number] {
  let value = 0n;
  for (let at = from, shift = 0n; at < message.length && shift < 70n; at += 1, shift += 7n) {
    const byte = message[at] ?? 0;
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return [value, at + 1];
  }
  throw new FormatError('a number of a local log does not end');
}

const perSecond = 1_000_000_000n;
/** The last second that JavaScript's dates and four digits of a year can write. */
const lastSecond = 253_402_300_799n;

function timeOf(value: bigint): string {
  const nanoseconds = BigInt.asIntN(64, value);
  const seconds = nanoseconds / perSecond;
  if (nanoseconds < 0n || seconds > lastSecond) return '';
  const whole = new Date(Number(seconds) * 1000).toISOString().slice(0, 19);
  return `${whole}.${String(nanoseconds % perSecond).padStart(9, '0')}Z`;
}
