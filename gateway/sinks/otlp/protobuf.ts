/** Messages in protobuf, as OTLP has them: the few kinds of fields that it needs. */
import protobuf from 'protobufjs/minimal.js';
import type { Instant } from '../instant.ts';

export type Writer = protobuf.Writer;

/** Wire types (https://protobuf.dev/programming-guides/encoding/#structure). */
const wire = { varint: 0, fixed64: 1, delimited: 2 } as const;

export function newWriter(): Writer {
  return protobuf.Writer.create();
}

/** A field that is a message. @param write its fields */
export function message(writer: Writer, field: number, write: (writer: Writer) => void): void {
  writer.uint32((field << 3) | wire.delimited).fork();
  write(writer);
  writer.ldelim();
}

/** Empty texts are not written: it is what a reader has without. */
export function text(writer: Writer, field: number, value: string): void {
  if (value !== '') writer.uint32((field << 3) | wire.delimited).string(value.toWellFormed());
}

export function number(writer: Writer, field: number, value: number): void {
  writer.uint32((field << 3) | wire.varint).uint32(value);
}

export function double(writer: Writer, field: number, value: number): void {
  writer.uint32((field << 3) | wire.fixed64).double(value);
}

/** Nanoseconds since the epoch, fixed64: two halves, the lower first. */
export function instant(writer: Writer, field: number, { seconds, nanoseconds }: Instant): void {
  const all = BigInt.asUintN(64, BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds));
  writer
    .uint32((field << 3) | wire.fixed64)
    .fixed32(Number(all & 0xffff_ffffn))
    .fixed32(Number(all >> 32n));
}

/** A value of an attribute: a number without a fraction is an integer, as OpenTelemetry's own libraries have it. */
export type Value = string | number | boolean;

/** Fields of AnyValue. */
const valueField = { string: 1, boolean: 2, integer: 3, double: 4 } as const;

export function value(writer: Writer, field: number, given: Value): void {
  message(writer, field, inner => {
    if (typeof given === 'string') {
      inner.uint32((valueField.string << 3) | wire.delimited).string(given.toWellFormed());
    } else if (typeof given === 'boolean') {
      inner.uint32((valueField.boolean << 3) | wire.varint).bool(given);
    } else if (Number.isSafeInteger(given)) {
      inner.uint32((valueField.integer << 3) | wire.varint).int64(given);
    } else double(inner, valueField.double, given);
  });
}

/** KeyValue, where there is a value and a name. */
export function attribute(
  writer: Writer,
  field: number,
  [name, given]: readonly [string, Value | undefined],
): void {
  if (given === undefined || name === '') return;
  message(writer, field, inner => {
    text(inner, 1, name);
    value(inner, 2, given);
  });
}

/** `Resource`, at a field of what it is the resource of. */
export function resource(
  writer: Writer,
  field: number,
  attributes: Readonly<Record<string, Value | undefined>>,
): void {
  message(writer, field, inner => {
    for (const entry of Object.entries(attributes)) attribute(inner, 1, entry);
  });
}

/** `InstrumentationScope`: who wrote this. */
export function scope(writer: Writer, field: number): void {
  message(writer, field, inner => text(inner, 1, 'towline'));
}
