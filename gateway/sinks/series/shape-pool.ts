/**
 * What a device's values are values of. Devices that run the same apps have the same series: these are held once, and so is
 * the text of one series where only some are shared.
 */
import { createHash } from 'node:crypto';
import type { MetricType } from '../../../core/telemetry/record/metrics.ts';

export interface Family {
  readonly name: string;
  readonly type: MetricType;
}

/** One series without its device. */
export interface ShapeSeries {
  readonly family: Family;
  /** Its own, as text. */
  readonly labels: string;
}

/** By number, as the values are: two lists take half the room of one of pairs. */
export interface Shape {
  readonly key: string;
  readonly families: readonly Family[];
  readonly labels: readonly string[];
}

interface Counted {
  readonly shape: Shape;
  uses: number;
}

export class ShapePool {
  readonly #shapes = new Map<string, Counted>();
  readonly #families = new Seen<Family>();
  readonly #labels = new Seen<string>();

  /** Shapes that differ. */
  get size(): number {
    return this.#shapes.size;
  }

  /** One that is held as long as it is not released as often. */
  take(wanted: readonly ShapeSeries[]): Shape {
    const text = wanted.map(({ family, labels }) => `${family.type} ${family.name} ${labels}`).join('\n');
    const key = createHash('sha256').update(text).digest('base64');
    const found = this.#shapes.get(key);
    if (found !== undefined) {
      found.uses += 1;
      return found.shape;
    }
    const families = wanted.map(({ family }) => this.#families.same(`${family.type} ${family.name}`, family));
    const labels = wanted.map(series => this.#labels.same(series.labels, series.labels));
    const shape = { key, families, labels };
    this.#shapes.set(key, { shape, uses: 1 });
    return shape;
  }

  release({ key }: Shape): void {
    const found = this.#shapes.get(key);
    if (found === undefined) return;
    found.uses -= 1;
    if (found.uses === 0) this.#shapes.delete(key);
  }
}

/** More than differ in a fleet whose devices have much in common. */
const maxSeen = 20_000;

/** Values that came of late, so that equal ones are one. What is not in here any more is held by the shapes that have it. */
class Seen<Value> {
  readonly #values = new Map<string, Value>();

  same(key: string, value: Value): Value {
    const seen = this.#values.get(key);
    if (seen !== undefined) return seen;
    if (this.#values.size >= maxSeen) this.#values.clear();
    this.#values.set(key, value);
    return value;
  }
}
