/** Logs come in a chunk of HTTP for each line: they are read without the client, and what is no such answer is left to it. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import fc from 'fast-check';
import { ChunkDecoder, ChunkError } from '../../../../agent/runtime/engine/chunk-decoder.ts';
import { createEngine } from '../../../../agent/runtime/engine/engine.ts';
import { readEntries } from '../../../../agent/runtime/engine/log-reader.ts';
import { isTowlineError } from '../../../../core/errors.ts';
import { httpAnswer, RawAnswers } from '../../../rig/raw-answers.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'tl-chunked-'));
const socket = path.join(folder, 'engine');
const signal = AbortSignal.timeout(60_000);
let server: RawAnswers;
before(async () => {
  server = await RawAnswers.listen(socket);
});
after(async () => {
  await server[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const frame = (text: string) =>
  Buffer.concat([Buffer.of(1, 0, 0, 0, 0, 0, 0, text.length), Buffer.from(text)]);
const chunk = (bytes: Uint8Array) =>
  Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
const last = Buffer.from('0\r\n\r\n');
const line = (number: number) => `2026-11-29T00:00:00.00000000${number}Z line ${number}\n`;
const chunked = { 'Transfer-Encoding': 'chunked' };

async function texts(answer: Buffer): Promise<string[]> {
  server.answer = () => answer;
  const found: string[] = [];
  await readEntries(
    createEngine(socket),
    { container: 'c', follow: true },
    entries => void found.push(...entries.map(({ text }) => text.toString())),
    signal,
  );
  return found;
}

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: unknown) => (isTowlineError(error) ? error.code : String(error)),
  );

test('chunks that are cut anywhere are the body that they were made of', () => {
  const bodies = fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 8 });
  const cuts = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 20 });
  const ends = fc.constantFrom('0\r\n\r\n', '0;ext=1\r\n\r\n', '0\r\nDigest: x\r\nOther: y\r\n\r\n');
  fc.assert(
    fc.property(bodies, cuts, ends, (parts, sizes, end) => {
      const wire = Buffer.concat([...parts.map(chunk), Buffer.from(`${end}behind it`)]);
      const decoder = new ChunkDecoder();
      const found: Buffer[] = [];
      for (let [at, turn] = [0, 0]; at < wire.length; turn += 1) {
        const size = sizes[turn % sizes.length] ?? 1;
        found.push(Buffer.from(decoder.push(Buffer.from(wire.subarray(at, at + size)))));
        at += size;
      }
      assert.deepEqual(Buffer.concat(found), Buffer.concat(parts));
      assert.ok(decoder.isOver);
    }),
  );
});

test('what is no chunk is refused: no size, one of nine digits, one that is too small, a trailer without end', () => {
  const endless = `0\r\n${'x'.repeat(9_000)}`;
  for (const wire of ['\r\n', 'xyz\r\n', '123456789\r\n', '2\r\nabc\r\n', '2\nab', `1;${endless}`, endless])
    assert.throws(() => new ChunkDecoder().push(Buffer.from(wire)), ChunkError, wire.slice(0, 20));
});

test('lines of an answer in chunks, and of one that is not', async () => {
  const body = [1, 2, 3].map(number => frame(line(number)));
  const lines = ['line 1', 'line 2', 'line 3'];
  assert.deepEqual(
    await texts(httpAnswer('200 OK', chunked, Buffer.concat([...body.map(chunk), last]))),
    lines,
  );
  const whole = Buffer.concat(body);
  const plain = { 'Content-Length': String(whole.length), Connection: 'close' };
  assert.deepEqual(await texts(httpAnswer('200 OK', plain, whole)), lines);
});

test('an answer that ends before its last chunk has not ended', async () => {
  const cut = httpAnswer('200 OK', chunked, chunk(frame(line(1))));
  assert.equal(await codeOf(texts(cut)), 'ENGINE_UNREACHABLE');
  const broken = httpAnswer('200 OK', chunked, Buffer.concat([chunk(frame(line(1))), Buffer.from('zzz')]));
  assert.equal(await codeOf(texts(broken)), 'ENGINE_UNREACHABLE');
});

test('a refusal is read by the client, and says what the engine said', async () => {
  const refusal = httpAnswer('404 Not Found', { Connection: 'close' }, '{"message":"no such container"}');
  assert.equal(await codeOf(texts(refusal)), 'ENGINE_REFUSED');
  assert.equal(await codeOf(texts(Buffer.alloc(0))), 'ENGINE_UNREACHABLE');
});

test('a container of another name is asked for by the client, not in a request of its own making', async () => {
  const asked: string[] = [];
  server.answer = request => {
    asked.push(request);
    return httpAnswer('200 OK', { 'Content-Length': '0', Connection: 'close' }, '');
  };
  const ask = { container: 'c HTTP/1.1\r\nHost: x\r\n\r\nDELETE /containers/d', follow: false };
  await readEntries(createEngine(socket), ask, () => undefined, signal).catch(() => undefined);
  assert.ok(asked.every(request => !request.includes('\r\nDELETE')));
});

test('while what came is being taken, no more is read than fits', async () => {
  const body = Buffer.concat([
    ...Array.from({ length: 60_000 }, (_, at) => chunk(frame(line(at % 10)))),
    last,
  ]);
  server.answer = () => httpAnswer('200 OK', chunked, body);
  const request = { method: 'GET', path: '/containers/c/logs', isFlood: true } as const;
  const stream = await createEngine(socket).stream(request, signal);
  await setTimeout(50);
  assert.ok(stream.readableLength <= 256 * 1024, `${stream.readableLength} bytes`);
  let bytes = 0;
  for await (const piece of stream) bytes += piece.length;
  assert.equal(bytes, 60_000 * frame(line(1)).length);
});
