/** Hostile bytes: valid ones changed, cut, doubled or filled in; and what a reader may do with them. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isTowlineError } from '../../core/errors.ts';

export type Edit = readonly [
  at: number,
  value: number,
  kind: 'set' | 'cut' | 'insert' | 'double' | 'number' | 'end',
];

/** Some of them, for bytes that are known later. */
export const edits: fc.Arbitrary<Edit[]> = fc.array(
  fc.tuple(
    fc.nat({ max: 1_000_000 }),
    fc.nat(255),
    fc.constantFrom('set', 'set', 'cut', 'insert', 'double', 'number', 'end'),
  ),
  { minLength: 1, maxLength: 4 },
);

/** Lengths and counts that readers have stumbled over. */
const numbers = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff];

/** One of the valid ones with up to four edits, now and then as it is, now and then nothing of the kind. */
export function mutated(...valid: readonly Uint8Array[]): fc.Arbitrary<Buffer> {
  return fc.oneof(
    {
      weight: 12,
      arbitrary: fc.tuple(fc.constantFrom(...valid), edits).map(([bytes, changes]) => edited(bytes, changes)),
    },
    { weight: 1, arbitrary: fc.constantFrom(...valid).map(bytes => Buffer.from(bytes)) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 400 }).map(bytes => Buffer.from(bytes)) },
  );
}

export function edited(valid: Uint8Array, changes: readonly Edit[]): Buffer {
  return changes.reduce(apply, Buffer.from(valid));
}

/** The same for text. */
export function mutatedText(...valid: readonly string[]): fc.Arbitrary<string> {
  return mutated(...valid.map(text => Buffer.from(text))).map(bytes => bytes.toString('utf8'));
}

function apply(bytes: Buffer, [at, value, kind]: Edit): Buffer {
  const place = at % (bytes.length + 1);
  const [head, tail] = [bytes.subarray(0, place), bytes.subarray(place)];
  switch (kind) {
    case 'set':
      return Buffer.concat([head, Buffer.of(value), tail.subarray(1)]);
    case 'cut':
      return Buffer.concat([head, tail.subarray(1 + (value % 64))]);
    case 'insert':
      return Buffer.concat([head, Buffer.of(value), tail]);
    case 'double':
      return Buffer.concat([head, tail.subarray(0, value), tail]);
    case 'number': {
      const number = Buffer.alloc(4);
      number.writeUInt32BE(numbers[value % numbers.length] ?? 0);
      return Buffer.concat([head, number, tail.subarray(4)]);
    }
    case 'end':
      return Buffer.from(head);
  }
}

/** A reader answers, or throws our own error. @returns what it answered */
export function onlyOurErrors<Result>(read: () => Result): Result | undefined {
  try {
    return read();
  } catch (error) {
    assertOurs(error);
    return undefined;
  }
}

/** The same for a reader that waits. */
export async function onlyOurRejections<Result>(read: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await read();
  } catch (error) {
    assertOurs(error);
    return undefined;
  }
}

function assertOurs(error: unknown): void {
  assert.ok(isTowlineError(error), error instanceof Error ? error.stack : String(error));
}
