/** What comes to the page in a browser: events cut anywhere, answers of any form, recordings of anything. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { serverEvents } from '../../../portal/page/api/events.ts';
import { shown } from '../../../portal/page/api/shown.ts';
import { linesOf, readLine } from '../../../portal/page/terminal/recording.ts';
import { fuzzed } from '../../fuzz/fuzzed.ts';

function bodyOf(bytes: Uint8Array, cuts: readonly number[]): ReadableStream<Uint8Array<ArrayBuffer>> {
  const places = [0, ...cuts.map(cut => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return new ReadableStream({
    start(controller) {
      for (const [at, place] of places.slice(0, -1).entries()) {
        controller.enqueue(new Uint8Array(bytes.subarray(place, places[at + 1])));
      }
      controller.close();
    },
  });
}

const cuts = fc.array(fc.nat(), { maxLength: 8 });
const data = fc.json();
const eventText = fc.array(fc.record({ id: fc.nat(), data }), { maxLength: 6 });

test('events are the same wherever the network has cut them', async () => {
  await fuzzed(
    'events of the page',
    fc.asyncProperty(eventText, cuts, fc.constantFrom('\n', '\r\n'), async (events, places, end) => {
      const text = events
        .map(one => `id: ${one.id}${end}event: rows${end}data: ${one.data}${end}${end}`)
        .join('');
      const read: { readonly id: string | undefined; readonly data: string }[] = [];
      for await (const event of serverEvents(bodyOf(new TextEncoder().encode(text), places)))
        read.push(event);
      assert.deepEqual(
        read.map(event => [event.id, event.data]),
        events.map(event => [String(event.id), event.data]),
      );
    }),
  );
});

test('bytes of any kind are events or none, and never more than they are', async () => {
  await fuzzed(
    'bytes as events',
    fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), cuts, async (bytes, places) => {
      let length = 0;
      for await (const event of serverEvents(bodyOf(bytes, places))) length += event.data.length;
      assert.ok(length <= bytes.length);
    }),
  );
});

/** What is not seen, or steers what is; ends of lines and tabs are no part of it. */
const unseen = /(?![\n\t])[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

test('an answer of any form keeps its form, and has nothing in it that is not seen', async () => {
  const anything = fc.anything({
    withNullPrototype: false,
    key: fc.string({ unit: 'binary' }),
    values: [fc.string({ unit: 'binary' }), fc.integer(), fc.boolean(), fc.constant(null)],
  });
  await fuzzed(
    'answers of the page',
    fc.property(anything, value => {
      const text = JSON.stringify(value) ?? 'null';
      const answer: unknown = JSON.parse(text);
      const fit: unknown = JSON.parse(text, shown);
      const texts = JSON.stringify(fit, (name, inner: unknown) => {
        assert.doesNotMatch(name, unseen);
        if (typeof inner === 'string') assert.doesNotMatch(inner, unseen);
        return inner;
      });
      assert.equal(typeof texts, 'string');
      assert.equal(Array.isArray(fit), Array.isArray(answer));
      assert.deepEqual(JSON.parse(JSON.stringify(fit), shown), fit);
    }),
  );
});

test('a recording of anything is shown, or it is none: sizes within bounds, times that are numbers', async () => {
  const line = fc.oneof(
    fc.json(),
    fc.string({ unit: 'binary' }),
    fc.tuple(fc.double(), fc.constantFrom('o', 'r', 'i'), fc.string()).map(value => JSON.stringify(value)),
    fc
      .record({ version: fc.constant(2), width: fc.anything(), height: fc.anything() })
      .map(value => JSON.stringify(value)),
  );
  await fuzzed(
    'recordings on the page',
    fc.asyncProperty(fc.array(line), cuts, async (lines, places) => {
      const bytes = new TextEncoder().encode(lines.join('\n'));
      for await (const one of linesOf(bodyOf(bytes, places))) {
        const read = readLine(one);
        if (read === undefined) continue;
        assert.equal(typeof read.at, 'number');
        if (typeof read.piece === 'string') continue;
        for (const side of [read.piece.columns, read.piece.rows]) assert.ok(side >= 2 && side <= 1000);
      }
    }),
  );
});
