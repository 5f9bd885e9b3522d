/** A benchmark of several rows that can be asked for by name; without a name all of them, each by itself. */
import type { Bench } from './figure.ts';

export function benchOfRows(rows: Readonly<Record<string, () => Promise<Bench>>>): Bench {
  return async function* (signal, wanted) {
    const unknown = wanted.filter(name => rows[name] === undefined);
    if (unknown.length > 0)
      throw new RangeError(`no row ${unknown.join(', ')}: there are ${Object.keys(rows).join(', ')}`);
    for (const [name, load] of Object.entries(rows)) {
      if (wanted.length === 0 || wanted.includes(name)) yield* (await load())(signal, []);
    }
  };
}
