import assert from 'node:assert/strict';
import { test } from 'node:test';
import { escapeJson, printable, shownJson } from '../../core/shown-text.ts';

const unseen = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

test('of every character there is, none is printed that is not seen, and JSON keeps each', () => {
  for (let first = 0; first <= 0x10ffff; first += 1024) {
    // Planes of which nothing is assigned.
    if (first >= 0x40000 && first < 0xe0000) continue;
    const points = Array.from({ length: 1024 }, (_, at) => String.fromCodePoint(first + at));
    const text = points.join(' ');
    const visible = points.filter(point => !unseen.test(point)).join(' ');
    assert.equal(printable(visible), visible);
    assert.ok(!unseen.test(printable(text)), `from U+${first.toString(16)}`);
    const json = shownJson([text]);
    assert.ok(!unseen.test(json), `from U+${first.toString(16)}`);
    assert.deepEqual(JSON.parse(json), [text]);
  }
});

test('text is as it was but for what is not seen, and is one line', () => {
  assert.equal(printable('Grüße, 東京, 🎉, a b'), 'Grüße, 東京, 🎉, a b');
  assert.equal(printable('a\r\nb\tc\u0085d\u{e0001}'), 'a\\r\\nb\\tc\\u0085d\\udb40\\udc01');
  assert.equal(escapeJson('{"a":"\u009b"}\n'), '{"a":"\\u009b"}\n');
  assert.equal(shownJson({ a: ['\u202e'] }, 2), '{\n  "a": [\n    "\\u202e"\n  ]\n}');
});
