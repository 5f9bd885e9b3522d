/** What one shard shows, piece by piece: a family at a time, as the format wants it, and never all of it in memory. */
import type { MetricType } from '../../../core/telemetry/record/metrics.ts';
import type { Shape } from '../series/shape-pool.ts';
import { familyHead, valueText } from './exposition.ts';
import { helpOf } from './family-help.ts';
import { type HealthSeries, healthFamilies } from './health-series.ts';
import type { DeviceSamples } from './newest-samples.ts';
import { TextRoom } from './text-room.ts';

/** One device of the shard. */
export interface ShownDevice {
  /** Its labels as text, `device_id` among them. */
  readonly labels: string;
  readonly health: readonly HealthSeries[];
  /** Undefined: none that are recent. */
  readonly samples: DeviceSamples | undefined;
}

/** A series of a family: its number in all devices of that shape. */
interface Place {
  readonly at: number;
  readonly labels: string;
  readonly devices: readonly ShownSamples[];
}

interface ShownSamples extends DeviceSamples {
  readonly whose: Buffer;
}

interface ShownFamily {
  type: MetricType;
  readonly places: Place[];
}

/** Each piece is good until the next one is asked for. */
export function* shardText(devices: readonly ShownDevice[], nowMs: number): Generator<Buffer, void> {
  for (const text of healthText(devices)) yield Buffer.from(text);
  const families = familiesOf(devices);
  const room = new TextRoom();
  for (const name of [...families.keys()].sort()) {
    const family = families.get(name);
    if (family !== undefined) yield* familyText(name, family, { room, nowMs });
  }
  yield room.take();
}

function* healthText(devices: readonly ShownDevice[]): Generator<string> {
  const lines = new Map<string, string>([...healthFamilies.keys()].map(family => [family, '']));
  for (const { labels: whose, health } of devices) {
    for (const { family, labels, value } of health) {
      const line = `${family}{${whose}${labels === '' ? '' : `,${labels}`}} ${valueText(value)}\n`;
      lines.set(family, `${lines.get(family)}${line}`);
    }
  }
  for (const [family, help] of healthFamilies) {
    const found = lines.get(family) ?? '';
    if (found !== '') yield `${familyHead(family, 'gauge', help)}${found}`;
  }
}

function familiesOf(devices: readonly ShownDevice[]): Map<string, ShownFamily> {
  const samples = devices.flatMap(({ labels, samples: held }) =>
    held === undefined ? [] : { ...held, whose: Buffer.from(labels) },
  );
  const families = new Map<string, ShownFamily>();
  for (const [shape, members] of Map.groupBy(samples, ({ shape }) => shape))
    addShape(families, shape, members);
  return families;
}

function addShape(families: Map<string, ShownFamily>, shape: Shape, devices: readonly ShownSamples[]): void {
  for (const [at, { name, type }] of shape.families.entries()) {
    const found = families.get(name) ?? { type, places: [] };
    families.set(name, found);
    // Two apps may call one name two things.
    if (found.type !== type) found.type = 'untyped';
    found.places.push({ at, labels: shape.labels[at] ?? '', devices });
  }
}

/** Of a value, with what is around it. */
const valueBytes = 32;

function* familyText(
  name: string,
  { type, places }: ShownFamily,
  { room, nowMs }: { room: TextRoom; nowMs: number },
): Generator<Buffer, void> {
  let front = Buffer.from(`${familyHead(name, type, helpOf(name))}${name}{`);
  const begin = Buffer.from(`${name}{`);
  for (const { at, labels, devices } of places) {
    const tail = Buffer.from(labels === '' ? '} ' : `,${labels}} `);
    for (const { values, timesMs, whose, staleAfterMs } of devices) {
      const timeMs = timesMs[at] ?? 0;
      if (timeMs === 0 || nowMs - timeMs > staleAfterMs) continue;
      const bytes = front.length + whose.length + tail.length + valueBytes;
      if (!room.has(bytes)) {
        yield room.take();
        room.reserve(bytes);
      }
      room.bytes(front);
      room.bytes(whose);
      room.bytes(tail);
      room.ascii(valueText(values[at] ?? 0));
      room.ascii('\n');
      front = begin;
    }
  }
}
