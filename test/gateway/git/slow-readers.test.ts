import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { delimiterPacket, encodePacket, flushPacket } from '../../../core/io/git/pkt-line.ts';
import { git, makeState, runGit, TestGateway, testDevice } from '../rig/gateway.ts';
import { TestClient } from '../rig/request.ts';

const devices = [0, 1, 2].map(index => testDevice(`slow-${index}`));
const good = testDevice('good');
const mebibyte = 1024 * 1024;
const answerBytes = 6 * mebibyte;
/** Each answer stays below a quarter of it: in memory. */
const packCacheBytes = 32 * mebibyte;
const headers = { 'content-type': 'application/x-git-upload-pack-request', 'git-protocol': 'version=2' };

/** A fleet.git whose head packs no further. */
function largeState(): { folder: string; head: string } {
  const folder = makeState();
  const cwd = join(folder, 'fleet.git');
  const input = randomBytes(answerBytes);
  const blob = runGit(['hash-object', '-w', '--stdin'], { cwd, input }).stdout.trim();
  const tree = git(['mktree'], { cwd, input: `100644 blob ${blob}\tbig\n` });
  const head = git(['commit-tree', tree, '-m', 'big'], { cwd });
  git(['update-ref', 'refs/heads/main', head], { cwd });
  return { folder, head };
}

/** The same in other words each time. */
function fetchOf(head: string, tag: string): Buffer {
  const lines = ['no-progress\n', `want ${head}\n`, 'done\n'].map(encodePacket);
  return Buffer.concat([
    ...['command=fetch\n', `agent=${tag}\n`, 'object-format=sha1'].map(encodePacket),
    delimiterPacket,
    ...lines,
    flushPacket,
  ]);
}

async function begin(client: TestClient, body: Buffer): Promise<IncomingMessage> {
  const request = client.open('/fleet.git/git-upload-pack', { method: 'POST', headers });
  request.on('error', () => undefined);
  request.end(body);
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  answer.on('error', () => undefined);
  return answer.pause();
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
}

test('devices that fetch and never read hold no more memory than the cache may have, and are cut off in time', async () => {
  const { folder, head } = largeState();
  await using gateway = await TestGateway.start(
    [...devices, good],
    { packCacheBytes, requestTimeoutMs: 2500 },
    folder,
  );
  const { cache, port } = gateway.service;
  collectGarbage();
  const before = process.memoryUsage().arrayBuffers;
  const clients = devices.map(device => new TestClient(gateway.port, device, 8));
  let peak = 0;
  for (const [at, client] of clients.entries()) {
    for (let count = 0; count < 6; count += 1) {
      assert.equal((await begin(client, fetchOf(head, `x${at}-${count}`))).statusCode, 200);
      peak = Math.max(peak, cache.memoryBytes);
    }
  }
  for (let tries = 0; tries < 10; tries += 1) {
    await wait(100);
    peak = Math.max(peak, cache.memoryBytes);
  }
  collectGarbage();
  const held = process.memoryUsage().arrayBuffers - before;
  // 18 answers are 108 MiB; 64 KiB at the socket and as much before it are for each.
  assert.ok(held < packCacheBytes + 24 * mebibyte, `${(held / mebibyte).toFixed(0)} MiB held`);
  // A piece that has just come is counted before there is room for it.
  assert.ok(peak <= packCacheBytes + mebibyte, `${(peak / mebibyte).toFixed(0)} MiB by its own count`);
  for (let tries = 0; tries < 1200 && port.connections.size > 0; tries += 1) await wait(50);
  assert.equal(port.connections.size, 0, 'all of them were let go');
  cache.clear();
  for (let tries = 0; tries < 3000 && cache.memoryBytes + cache.diskBytes > 0; tries += 1) await wait(20);
  assert.equal(cache.memoryBytes + cache.diskBytes, 0, 'and nothing is held for them');
  for (const client of clients) client[Symbol.dispose]();
});

test('a device that reads slowly, but reads, gets all of it, also when the cache has let go of it meanwhile', async () => {
  const { folder, head } = largeState();
  await using gateway = await TestGateway.start([good], { packCacheBytes, requestTimeoutMs: 2500 }, folder);
  using client = new TestClient(gateway.port, good);
  const answer = await begin(client, fetchOf(head, 'slow'));
  let length = 0;
  let letGo = 0;
  for await (const chunk of answer) {
    if (Math.floor(length / mebibyte) !== Math.floor((length + chunk.length) / mebibyte)) {
      await wait(300);
      if (letGo++ === 1) gateway.service.cache.clear();
    }
    length += chunk.length;
  }
  assert.ok(answer.complete && length > answerBytes, `${length} bytes`);
});
