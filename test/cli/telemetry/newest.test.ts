import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newest } from '../../../cli/telemetry/reading-options.ts';
import type { Piece } from '../../../core/telemetry/reading/log-lines.ts';

test('of a device that sends only the longest lines a desk holds as many as there is room for, the newest', async () => {
  const item = (at: number) => ({
    time: String(1000 + at),
    record: { text: 'x'.repeat(1000), fields: { a: 'y' } },
  });
  async function* pieces(): AsyncGenerator<Piece> {
    for (let at = 0; at < 300; at += 1) {
      yield { device: String(at), piece: { kind: 'event', records: [], unreadable: 0, repeated: 0 } };
    }
  }
  const itemsOf = ({ device }: Piece) => [item(Number(device))];
  const { kept, leftOut } = await newest(pieces(), itemsOf, { most: 10_000, characters: 50_000 });
  assert.deepEqual([kept.length, leftOut], [49, 251]);
  assert.equal(kept.at(-1)?.time, '1299');
});
