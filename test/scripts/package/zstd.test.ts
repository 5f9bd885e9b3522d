import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { before, describe, test } from 'node:test';
import { packZstd, throughProgram, unpackZstd } from '../../../core/io/file/zstd.ts';
import { requireCommands } from '../../../lab/machine/packages.ts';

const inPieces = (bytes: Buffer) =>
  Readable.from([bytes.subarray(0, 100_000), bytes.subarray(100_000)], { objectMode: false });

/** What comes out, or what went wrong on the way. */
async function through(bytes: Buffer, stream: ReturnType<typeof packZstd>): Promise<Buffer> {
  let out = Buffer.alloc(0);
  await pipeline(inPieces(bytes), stream, async (source: AsyncIterable<Buffer>) => {
    out = await buffer(source);
  });
  return out;
}

describe('zstd by its program, where Node has none', () => {
  before(() => requireCommands(['zstd']));
  const bytes = Buffer.concat([randomBytes(300_000), Buffer.alloc(2_000_000, 'again ')]);

  test('reads what Node has written, and writes what Node reads', async () => {
    const [packed, byProgram] = [
      await through(bytes, packZstd()),
      await through(bytes, throughProgram(['-3'])),
    ];
    assert.ok(byProgram.length < bytes.length / 2);
    assert.deepEqual(await through(packed, throughProgram(['--decompress'])), bytes);
    assert.deepEqual(await through(byProgram, unpackZstd(65_536)), bytes);
  });

  test('what is no zstd, or ends too early, is an error to whoever reads', async () => {
    const packed = await through(bytes, packZstd());
    await assert.rejects(through(packed.subarray(0, 200_000), throughProgram(['--decompress'])));
    await assert.rejects(through(randomBytes(300_000), throughProgram(['--decompress'])));
  });

  test('broken off, the program ends', async () => {
    const stop = new AbortController();
    const stream = throughProgram(['-3']);
    const running = pipeline(
      async function* endless() {
        for (;;) yield randomBytes(65_536);
      },
      stream,
      async (source: AsyncIterable<Buffer>) => {
        for await (const chunk of source) if (chunk.length > 0) stop.abort(new Error('stopped'));
      },
      { signal: stop.signal },
    );
    await assert.rejects(running, /aborted/);
  });
});
