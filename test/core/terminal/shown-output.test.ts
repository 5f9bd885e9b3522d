import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ShownOutput } from '../../../core/terminal/shown-output.ts';
import { fuzzed } from '../../fuzz/fuzzed.ts';

const shown = (text: string) => new ShownOutput().filter(Buffer.from(text)).toString('utf8');

test('text, colours, places, screens and the cursor are shown as they are', () => {
  for (const text of [
    'plain \u00e4\u00a9 \u4e2d\u6587 text\r\n\t',
    '\u001b[1;38;5;200mred\u001b[0m',
    '\u001b[2J\u001b[10;20H\u001b[K\u001b[1;24r',
    '\u001b[?1049h\u001b[?25l\u001b[?25h\u001b[?1049l',
    '\u001b(B\u001b7\u001b8\u001b[4 q\u001b[!p\u001b[4h',
  ])
    assert.equal(shown(text), text);
});

test('what makes a terminal answer, or reaches beyond its screen, is left out', () => {
  for (const text of [
    ...['\u001b[6n', '\u001b[c', '\u001b[>c', '\u001b[?6n', '\u001b[>q', '\u001bZ', '\u0005', '\u001b[18t'],
    ...['\u001b[?2026$p', '\u001b[?u', '\u001b[1x', '\u001b[5i', '\u001b[?1;1;0S', '\u001b[1;2;3*y'],
    ...['\u001b[?1000h', '\u001b[?1006h', '\u001b[?1004h', '\u001b[?2004h', '\u001b[?1;1000h', '\u001b[?4m'],
    ...['\u001b]52;c;ZXZpbA==\u0007', '\u001b]0;title\u001b\\', '\u001bP$q m\u001b\\', '\u001b_Gq\u001b\\'],
    ...['\u009b6n', '\u009d52;c;x\u0007', `\u001b[${'1;'.repeat(100)}m`],
  ])
    assert.ok(
      [...shown(`a${text}b`)].every(
        letter => letter === '\u0007' || (letter >= ' ' && (letter < '\u0080' || letter > '\u009f')),
      ),
      JSON.stringify(text),
    );
});

test('a sequence that begins within another one is no way past', () => {
  for (const begun of ['(', '#', ' ', '%', '(\u0018', '[1', ']', '[1;$']) {
    for (const rest of ['\u001b[6n', '\u001bZ', '\u001b]52;c;x\u0007', '\u0005B']) {
      const text = shown(`\u001b${begun}${rest}`);
      for (const hidden of ['\u001b[6n', '\u001bZ', '\u001b]', '\u0005'])
        assert.ok(!text.includes(hidden), JSON.stringify(begun + rest));
    }
  }
});

test('it leaves a terminal its UTF-8: where that is taken from it, one byte begins a sequence', () => {
  assert.equal(shown('a\u001b%@b\u001b%Gc\u001b%/Gd'), 'abcd');
});

test('it is the same however it is cut', async () => {
  const part = fc.constantFrom(
    'text',
    '\u001b',
    '[',
    ']',
    '(',
    '%',
    '6n',
    '1m',
    'c',
    '\u0007',
    '\\',
    '?25h',
    '\u00a9',
    '\u009b',
    '?1000h',
    '\u0018',
  );
  const texts = fc.array(part, { maxLength: 12 }).map(parts => parts.join(''));
  await fuzzed(
    'shown output',
    fc.property(texts, fc.nat(40), (text, at) => {
      const bytes = Buffer.from(text);
      const filter = new ShownOutput();
      const cut = Buffer.concat([filter.filter(bytes.subarray(0, at)), filter.filter(bytes.subarray(at))]);
      const whole = new ShownOutput().filter(bytes);
      assert.deepEqual(cut, whole);
      const escapes = whole.toString('latin1').split('\u001b').slice(1);
      for (const text of escapes) assert.doesNotMatch(text, /^\[[\d;?>]*[nct]|^\]|^%|^\[\?1000h/);
    }),
  );
});
