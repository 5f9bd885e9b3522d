import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { borrowReads, isBorrowed } from '../../../../core/io/ssh/borrowed-reads.ts';

async function pair(): Promise<{ near: Socket; far: Socket; [Symbol.dispose](): void }> {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const arrives = new Promise<Socket>(resolve => server.once('connection', resolve));
  const far = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const near = await arrives;
  const end = () => {
    near.destroy();
    far.destroy();
    server.close();
  };
  return { near, far, [Symbol.dispose]: end };
}

describe('a socket whose reads are borrowed', () => {
  test('hands over all bytes in their order, though it is paused again and again, and ends', async () => {
    using sockets = await pair();
    const { near, far } = sockets;
    const [sent, received] = [createHash('sha256'), createHash('sha256')];
    let borrowed = 0;
    near.on('data', (chunk: Buffer) => {
      received.update(chunk);
      borrowed += isBorrowed(chunk) ? 1 : 0;
      if (Math.random() < 0.2) {
        near.pause();
        setTimeout(() => near.resume(), 2);
      }
    });
    assert.equal(borrowReads(near), true);
    for (let part = 0; part < 200; part += 1) {
      const bytes = Buffer.alloc(1 + Math.floor(Math.random() * 100_000), part);
      sent.update(bytes);
      if (!far.write(bytes)) await once(far, 'drain');
    }
    far.end();
    await once(near, 'end');
    assert.equal(received.digest('hex'), sent.digest('hex'));
    assert.ok(borrowed > 0);
  });

  test('keeps what nobody has read yet, while others read', async () => {
    using first = await pair();
    using second = await pair();
    for (const { near } of [first, second]) {
      near.on('data', () => {});
      assert.equal(borrowReads(near), true);
    }
    first.near.pause();
    first.near.push(Buffer.from('before '));
    first.far.write('first');
    await wait(20);
    second.far.write('SECOND');
    await once(second.near, 'data');
    let text = '';
    first.near.removeAllListeners('data').on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    first.near.resume();
    first.far.end();
    await once(first.near, 'end');
    assert.equal(text, 'before first');
  });

  test('is only one that Node reads for', async () => {
    using sockets = await pair();
    assert.equal(borrowReads(sockets.near), true);
    assert.equal(borrowReads(sockets.near), false);
  });
});
