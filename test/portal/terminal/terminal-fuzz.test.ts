/** Whatever a page says in its WebSocket, a portal in its own, an ssh over its control socket, and a device to who looks on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FieldReader, PacketReader, packet } from '../../../cli/ssh/mux-packets.ts';
import { isTowlineError } from '../../../core/errors.ts';
import { shownCastLine } from '../../../core/recording/shown-cast.ts';
import { ShownOutput } from '../../../core/terminal/shown-output.ts';
import { watchedCast } from '../../../portal/sessions/watched-cast.ts';
import { readFromPage, readToPage } from '../../../portal/terminal/terminal-frames.ts';
import { fuzzed } from '../../fuzz/fuzzed.ts';
import { mutatedText } from '../../fuzz/mutation.ts';

const words = [
  '{"size":[80,24]}',
  '{"took":32768}',
  '{"opened":true}',
  '{"ended":{"exitCode":null}}',
  '{"refused":{"code":"ACCESS_VIA_GATEWAY","message":"no","remedy":"yes"}}',
];

test('a word over the WebSocket is of known form, or none', async () => {
  await fuzzed(
    'words of terminals',
    fc.property(mutatedText(...words), bytes => {
      const text = bytes.toString();
      const from = readFromPage(text);
      if (from !== undefined) {
        const numbers = 'size' in from ? from.size : [from.took];
        assert.ok(numbers.every(number => Number.isSafeInteger(number) && number >= 0));
      }
      const to = readToPage(text);
      if (to !== undefined && 'refused' in to) assert.equal(typeof to.refused.message, 'string');
    }),
  );
});

test('packets of a control socket are the same however they are cut; what is none ends it with words', async () => {
  const whole = Buffer.concat([
    packet([], [1, 4]),
    packet([0, 91], [0, 7, 262_144, 32_768]),
    packet([0, 94], [0, 'what was shown']),
    packet([0, 98], [0, 'exit-status', false, 7]),
  ]);
  await fuzzed(
    'packets of ssh',
    fc.property(
      fc.oneof(fc.constant(whole), mutatedText(whole.toString('latin1')), fc.uint8Array({ maxLength: 64 })),
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 }),
      (bytes, cuts) => {
        const read = (pieces: Iterable<Buffer>): string => {
          const reader = new PacketReader();
          const seen: string[] = [];
          try {
            for (const piece of pieces) for (const one of reader.take(piece)) seen.push(fieldsOf(one));
          } catch (error) {
            assert.ok(isTowlineError(error, 'CLI_SSH'), String(error));
            seen.push('ended');
          }
          return seen.join('\n');
        };
        const all = Buffer.from(bytes);
        assert.equal(read(cut(all, cuts)), read([all]));
      },
    ),
  );
});

function fieldsOf(one: Buffer): string {
  const fields = new FieldReader(one, 2);
  try {
    return `${fields.number()} ${fields.text()} ${fields.flag()} ${fields.number()}`;
  } catch (error) {
    assert.ok(isTowlineError(error, 'CLI_SSH'), String(error));
    return 'not whole';
  }
}

function* cut(bytes: Buffer, lengths: readonly number[]): Generator<Buffer> {
  for (let [at, turn] = [0, 0]; at < bytes.length; turn += 1) {
    const length = lengths[turn % lengths.length] ?? 1;
    yield bytes.subarray(at, at + length);
    at += length;
  }
}

/** What would have a terminal answer, reach its clipboard or its title. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: sequences begin with one
const answering = /\u001b\[[0-9;]*n|\u001b\[[0-9;?>]*c|\u001b\]|\u001bP|\u009b|\u009d|\u0005/;

test('of what is played or looked on at nothing makes a terminal answer, and each line is one of an asciicast', async () => {
  const casts = [
    '{"version":2,"width":80,"height":24,"title":"x","command":"top"}',
    '[1.5,"o","a\\u001b[6nb\\u001b]52;c;eA==\\u0007c\\u001b[cd\\u001bPq\\u001b\\\\"]',
    '[2,"r","132x50"]',
    '[2,"i","typed"]',
  ];
  await fuzzed(
    'lines of recordings',
    fc.asyncProperty(mutatedText(...casts), fc.uint8Array({ maxLength: 200 }), async (line, output) => {
      const shown = new ShownOutput();
      const lines = [shownCastLine(line.toString(), shown)].flatMap(one => one ?? []);
      const pieces = async function* () {
        yield Buffer.from('\u001b[6n\u001b]0;x\u0007[towline: the window of the session is now 999x9]');
        yield output;
      };
      for await (const one of watchedCast(pieces(), () => 0)) lines.push(one);
      for (const one of lines) {
        assert.ok(!one.includes('\n'));
        const value: unknown = JSON.parse(one);
        if (!Array.isArray(value)) continue;
        const [at, kind, data]: readonly unknown[] = value;
        assert.ok(typeof at === 'number' && (kind === 'o' || kind === 'r') && typeof data === 'string');
        if (kind === 'o') assert.doesNotMatch(data, answering);
      }
    }),
  );
});
