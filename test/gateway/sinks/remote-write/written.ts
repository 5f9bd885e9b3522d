/** Reads what remote write sends, with a reader of its own: fields of protobuf by number, after snappy. */
import protobuf from 'protobufjs/minimal.js';
import snappy from 'snappyjs';

export interface ReadSeries {
  readonly labels: readonly string[];
  /** `time=value`; a stale marker by its bits. */
  readonly samples: readonly string[];
}

const staleMarker = 'stale';

export function readRequest(body: Uint8Array): ReadSeries[] {
  const reader = protobuf.Reader.create(snappy.uncompress(Buffer.from(body), 64 * 1024 * 1024));
  const series: ReadSeries[] = [];
  while (reader.pos < reader.len) {
    reader.uint32();
    const end = reader.uint32() + reader.pos;
    const [labels, samples]: [string[], string[]] = [[], []];
    while (reader.pos < end) {
      const field = reader.uint32() >>> 3;
      if (field === 1) labels.push(labelIn(protobuf.Reader.create(reader.bytes())));
      else samples.push(sampleIn(protobuf.Reader.create(reader.bytes())));
    }
    series.push({ labels, samples });
  }
  return series;
}

function labelIn(reader: protobuf.Reader): string {
  const parts: string[] = [];
  while (reader.pos < reader.len) {
    reader.uint32();
    parts.push(reader.string());
  }
  return parts.join('=');
}

function sampleIn(reader: protobuf.Reader): string {
  reader.uint32();
  const bits = Buffer.from(reader.buf.subarray(reader.pos, reader.pos + 8)).readBigUInt64LE();
  const value = reader.double();
  reader.uint32();
  const time = Number(reader.int64());
  return `${time}=${bits === 0x7ff0000000000002n ? staleMarker : value}`;
}
