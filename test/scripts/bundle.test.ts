import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { withLocalTime } from '../../scripts/bundle/local-time.ts';

interface Parts {
  readonly [part: string]: number | string;
}

interface Cron {
  readonly L: new (date: Date, timezone?: string) => { readonly parts: Parts };
}

test('node-cron in a bundle reads local time as Intl does, in every kind of time zone', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'towline-cron-'));
  const before = process.env.TZ;
  try {
    const main = createRequire(import.meta.url).resolve('node-cron');
    const source = await readFile(path.join(path.dirname(main), '_shared.js'), 'utf8');
    const [original, bundled] = [path.join(folder, 'original.mjs'), path.join(folder, 'bundled.mjs')];
    await writeFile(original, source);
    await writeFile(bundled, withLocalTime(source));
    const { L: Original } = (await import(pathToFileURL(original).href)) as Cron;
    const { L: Bundled } = (await import(pathToFileURL(bundled).href)) as Cron;
    for (const zone of ['UTC', 'Europe/Zurich', 'America/St_Johns', 'Asia/Kathmandu', 'Pacific/Kiritimati']) {
      process.env.TZ = zone;
      // A year in steps that fall on every hour and weekday, both sides of each change of the clocks.
      for (let ms = Date.UTC(2026, 0, 1); ms < Date.UTC(2027, 0, 1); ms += 7 * 3_601_234) {
        const date = new Date(ms);
        // Intl keeps the zone it found first; named, it is the one that Date has now.
        const said = new Original(date, zone).parts;
        const ours = new Bundled(date).parts;
        assert.deepEqual({ ...ours, gmt: ours.gmt }, { ...said, gmt: said.gmt }, `${zone} ${ms}`);
      }
    }
  } finally {
    if (before === undefined) delete process.env.TZ;
    else process.env.TZ = before;
    await rm(folder, { recursive: true, force: true });
  }
});

test('a node-cron that reads otherwise fails the bundle, and does not slip through', () => {
  assert.throws(() => withLocalTime('function buildDateParts(date) {}'), /no longer has/);
});
