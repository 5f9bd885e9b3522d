/**
 * The one message of remote write 1.0 (prometheus.io/docs/specs/prw/remote_write_spec): WriteRequest of protobuf, in snappy's
 * block format. Written field by field: types.proto of Prometheus is not needed for three messages.
 */
import protobuf from 'protobufjs/minimal.js';
import snappy from 'snappyjs';
import type { Label } from '../series/device-labels.ts';

export interface WrittenSample {
  readonly timeMs: number;
  /** Null: the series ends here. */
  readonly value: number | null;
}

export interface WrittenSeries {
  /** With `__name__`, sorted by name. */
  readonly labels: readonly Label[];
  /** The oldest first. */
  readonly samples: readonly WrittenSample[];
}

/** A NaN that no computation has: "stale marker". JavaScript does not keep it, so its bits are written. */
const staleBits = { low: 2, high: 0x7ff00000, unsigned: true };

/** Numbers of the fields, with their wire type: 1 is eight bytes, 2 is bytes with their length. */
const [timeSeries, label, sample] = [tag(1, 2), tag(1, 2), tag(2, 2)];
const [labelName, labelValue] = [tag(1, 2), tag(2, 2)];
const [sampleValue, sampleTime] = [tag(1, 1), tag(2, 0)];

function tag(field: number, wireType: number): number {
  return (field << 3) | wireType;
}

export function writeRequest(series: readonly WrittenSeries[]): Uint8Array {
  const writer = protobuf.Writer.create();
  for (const { labels, samples } of series) {
    writer.uint32(timeSeries).fork();
    for (const [name, value] of labels) {
      writer.uint32(label).fork();
      writer.uint32(labelName).string(name).uint32(labelValue).string(value).ldelim();
    }
    for (const one of samples) {
      writer.uint32(sample).fork().uint32(sampleValue);
      if (one.value === null) writer.fixed64(staleBits);
      else writer.double(one.value);
      writer.uint32(sampleTime).int64(one.timeMs).ldelim();
    }
    writer.ldelim();
  }
  return snappy.compress(writer.finish());
}
