import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { delimiterPacket, encodePacket, flushPacket } from '../../../core/io/git/pkt-line.ts';
import { readFetchRequest } from '../../../gateway/git/fetch-request.ts';
import { childrenOf } from '../../../lab/machine/processes.ts';
import { commitFile, git, gitAs, gitEnvironment, TestGateway, testDevice } from '../rig/gateway.ts';
import { codeOf, TestClient } from '../rig/request.ts';

const device = testDevice('pump-1');
const path = '/fleet.git/git-upload-pack';
const type = { 'content-type': 'application/x-git-upload-pack-request' };

function wantBody(id: string, have?: string): Buffer {
  return Buffer.concat([
    encodePacket(`want ${id} side-band-64k ofs-delta no-progress agent=test\n`),
    flushPacket,
    ...(have === undefined ? [] : [encodePacket(`have ${have}\n`)]),
    encodePacket('done\n'),
  ]);
}

function v2Body(command: string, ...lines: readonly string[]): Buffer {
  return Buffer.concat([
    encodePacket(`command=${command}\n`),
    delimiterPacket,
    ...lines.map(line => encodePacket(`${line}\n`)),
    flushPacket,
  ]);
}

async function fetchBody(client: TestClient, body: Uint8Array, headers: Record<string, string> = {}) {
  return await client.ask(path, { method: 'POST', headers: { ...type, ...headers }, body });
}

test('the same fetch by many devices at once starts git once; after main moved, once more', async () => {
  const devices = Array.from({ length: 12 }, (_, index) => testDevice(`pump-${index}`));
  await using gateway = await TestGateway.start(devices);
  const clients = devices.map(one => new TestClient(gateway.port, one));
  const all = async () => {
    const tip = gateway.service.refs.main ?? '';
    const answers = await Promise.all(clients.map(client => fetchBody(client, wantBody(tip))));
    assert.deepEqual(new Set(answers.map(answer => answer.status)), new Set([200]));
    assert.equal(new Set(answers.map(answer => answer.body.toString('latin1'))).size, 1);
    assert.match(answers[0]?.body.toString('latin1') ?? '', /PACK/);
  };
  await all();
  await all();
  assert.equal(gateway.service.cache.misses, 1);
  commitFile(gateway.folder, 'a.txt', 'new');
  await gateway.service.refs.refresh();
  await all();
  assert.equal(gateway.service.cache.misses, 2);
  for (const client of clients) client[Symbol.dispose]();
});

test('a revoked device gets nothing from the cache: it is judged before the look-up', async () => {
  const revoked = testDevice('pump-2', true);
  await using gateway = await TestGateway.start([device, revoked]);
  using client = new TestClient(gateway.port, device);
  using other = new TestClient(gateway.port, revoked);
  const body = wantBody(gateway.service.refs.main ?? '');
  assert.equal((await fetchBody(client, body)).status, 200);
  assert.equal(codeOf(await fetchBody(other, body)), 'GATEWAY_DEVICE_REVOKED');
});

test('a device fetches main and nothing else: no draft, no unreachable object, in either protocol', async () => {
  await using gateway = await TestGateway.start([device]);
  using client = new TestClient(gateway.port, device);
  const draft = commitFile(gateway.folder, 'draft.txt', 'not yet', 'draft');
  const main = gateway.service.refs.main ?? '';
  const tree = git(['rev-parse', `${draft}^{tree}`], { cwd: join(gateway.folder, 'fleet.git') });
  for (const id of [draft, tree]) {
    assert.equal(codeOf(await fetchBody(client, wantBody(id))), 'GATEWAY_OBJECT_FORBIDDEN');
    const v2 = await fetchBody(client, v2Body('fetch', `want ${id}`, 'done'), {
      'git-protocol': 'version=2',
    });
    assert.equal(codeOf(v2), 'GATEWAY_OBJECT_FORBIDDEN');
  }
  const refs = await fetchBody(client, v2Body('ls-refs'), { 'git-protocol': 'version=2' });
  // HEAD is main's other name: isomorphic-git fetches nothing without it.
  const names = refs.body.toString('latin1').match(/[0-9a-f]{40} \S+/g);
  assert.deepEqual(names, [`${main} HEAD`, `${main} refs/heads/main`]);
  assert.equal(gateway.service.cache.misses, 0);
});

test('bodies that are no request, too long, or bombs are refused before git is started', async () => {
  await using gateway = await TestGateway.start([device]);
  using client = new TestClient(gateway.port, device);
  const v2 = { 'git-protocol': 'version=2' };
  const gzip = { 'content-encoding': 'gzip' };
  const main = gateway.service.refs.main ?? '';
  const refusal = async (body: Uint8Array, headers?: Record<string, string>) =>
    codeOf(await fetchBody(client, body, headers));
  assert.equal(await refusal(Buffer.from('zzzz')), 'GATEWAY_REQUEST_MALFORMED');
  assert.equal(await refusal(Buffer.from('0003')), 'GATEWAY_REQUEST_MALFORMED');
  assert.equal(await refusal(wantBody(main).subarray(0, 30)), 'GATEWAY_REQUEST_MALFORMED');
  assert.equal(await refusal(flushPacket), 'GATEWAY_REQUEST_MALFORMED');
  assert.equal(await refusal(v2Body('object-info', `oid ${main}`), v2), 'GATEWAY_REQUEST_MALFORMED');
  assert.equal(await refusal(v2Body('bundle-uri'), v2), 'GATEWAY_REQUEST_MALFORMED');
  assert.equal(await refusal(v2Body('fetch', 'want-ref refs/heads/draft'), v2), 'GATEWAY_REQUEST_MALFORMED');
  assert.equal(await refusal(Buffer.from('not gzip'), gzip), 'GATEWAY_REQUEST_MALFORMED');
  assert.equal(await refusal(gzipSync(Buffer.alloc(3_000_000)), gzip), 'GATEWAY_REQUEST_TOO_LARGE');
  assert.equal(await refusal(Buffer.alloc(600_000)), 'GATEWAY_REQUEST_TOO_LARGE');
  assert.equal(gateway.service.cache.misses, 0);
  assert.equal((await fetchBody(client, gzipSync(wantBody(main)), gzip)).status, 200);
});

test('ls-refs of many prefixes or many empty lines, small when packed, is refused before it is worked on', async () => {
  await using gateway = await TestGateway.start([device]);
  using client = new TestClient(gateway.port, device);
  const headers = { 'git-protocol': 'version=2', 'content-encoding': 'gzip' };
  const ask = (body: Uint8Array) => fetchBody(client, gzipSync(body), headers);
  const prefixes = (count: number) => v2Body('ls-refs', ...Array<string>(count).fill('ref-prefix x'));
  const empty = (count: number) =>
    Buffer.concat([
      encodePacket('command=ls-refs\n'),
      delimiterPacket,
      Buffer.from('0004'.repeat(count)),
      flushPacket,
    ]);
  assert.equal((await ask(prefixes(64))).status, 200);
  const costMs = (body: Buffer) => {
    const start = process.cpuUsage();
    assert.throws(
      () => readFetchRequest(body, 2),
      /GATEWAY_REQUEST_MALFORMED|pkt-lines|ref-prefixes|not asked/,
    );
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  };
  for (const hostile of [prefixes(65), prefixes(60_000), empty(1), empty(4000), empty(250_000)]) {
    assert.equal(codeOf(await ask(hostile)), 'GATEWAY_REQUEST_MALFORMED');
    // Before, 36 and 66 ms.
    assert.ok(Math.min(...Array.from({ length: 10 }, () => costMs(hostile))) < 10);
  }
});

test('a device that sends ls-refs or nonsense without end is told to wait, and then nothing of it is unpacked', async () => {
  const other = testDevice('pump-2');
  await using gateway = await TestGateway.start([device, other], { fetchesPerMinute: 10 });
  using client = new TestClient(gateway.port, device);
  using second = new TestClient(gateway.port, other);
  const v2 = { 'git-protocol': 'version=2' };
  for (let count = 0; count < 10; count += 1) {
    assert.equal((await fetchBody(client, v2Body('ls-refs'), v2)).status, 200);
    assert.equal(codeOf(await fetchBody(client, Buffer.from('zzzz'))), 'GATEWAY_REQUEST_MALFORMED');
  }
  const over = await fetchBody(client, v2Body('ls-refs'), v2);
  assert.equal(`${over.status} ${codeOf(over)}`, '429 GATEWAY_RATE_LIMITED');
  assert.ok(Number(over.headers['retry-after']) > 0);
  const unread = await fetchBody(client, Buffer.from('not gzip'), { 'content-encoding': 'gzip' });
  assert.equal(codeOf(unread), 'GATEWAY_RATE_LIMITED');
  assert.equal((await fetchBody(second, v2Body('ls-refs'), v2)).status, 200);
});

/** A `git` that says the beginning of an answer, ending on a packet boundary, and then dies. */
function brokenGit(folder: string, prelude: string): NodeJS.ProcessEnv {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'git'), `#!/bin/sh\n${prelude}\nkill -9 $$\n`);
  chmodSync(join(bin, 'git'), 0o755);
  return { PATH: `${bin}:${process.env.PATH}` };
}

test('when git is killed in the middle, the connection is destroyed, not ended on a packet boundary', async () => {
  await using gateway = await TestGateway.start([device]);
  using client = new TestClient(gateway.port, device);
  const path = process.env.PATH;
  try {
    Object.assign(
      process.env,
      brokenGit(gateway.folder, "printf '0008NAK\\n'; printf '0009\\001PACK'; sleep 0.3"),
    );
    await assert.rejects(
      fetchBody(client, wantBody(gateway.service.refs.main ?? '')),
      /aborted|hang up|ECONNRESET/,
    );
  } finally {
    process.env.PATH = path;
  }
  // Nothing of it was kept.
  assert.equal((await fetchBody(client, wantBody(gateway.service.refs.main ?? ''))).status, 200);
});

test('git that fails before it says anything is a 500 with a code', async () => {
  await using gateway = await TestGateway.start([device]);
  using client = new TestClient(gateway.port, device);
  const path = process.env.PATH;
  try {
    Object.assign(process.env, brokenGit(gateway.folder, ''));
    const answer = await fetchBody(client, wantBody(gateway.service.refs.main ?? ''));
    assert.equal(`${answer.status} ${codeOf(answer)}`, '500 GATEWAY_GIT_FAILED');
  } finally {
    process.env.PATH = path;
  }
});

test('an answer too large for memory goes through a file and arrives whole, also at a reader that stops for a while', async () => {
  await using gateway = await TestGateway.start([device], { packCacheBytes: 256 * 1024 });
  commitFile(
    gateway.folder,
    'big',
    Array.from({ length: 60_000 }, (_, index) => `${Math.sin(index)}\n`).join(''),
  );
  await gateway.service.refs.refresh();
  const work = join(gateway.folder, 'work');
  git(['init', '-q', work]);
  const as = gitAs(gateway.folder, device);
  for (let round = 0; round < 2; round += 1) {
    const args = [...as, '-C', work, 'fetch', '-q', '--refetch', `${gateway.url}/fleet.git`, 'main'];
    const child = spawn('git', args, { env: gitEnvironment, stdio: ['ignore', 'ignore', 'pipe'] });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString('utf8');
    });
    const [code] = (await once(child, 'close')) as [number];
    assert.equal(code, 0, stderr);
  }
  assert.ok(gateway.service.cache.memoryBytes <= 256 * 1024);
  assert.equal(gateway.service.cache.misses, 1);
  git(['fsck', '--strict'], { cwd: work });
});

test('the helper that starts git is started again when it was killed', async () => {
  await using gateway = await TestGateway.start([device]);
  using client = new TestClient(gateway.port, device);
  const children = () =>
    childrenOf(process.pid).filter(({ words }) => words.join(' ').includes('--git-helper'));
  const [helper] = children();
  assert.ok(helper);
  process.kill(helper.pid, 'SIGKILL');
  while (existsSync(`/proc/${helper.pid}`)) await wait(20);
  assert.equal((await fetchBody(client, wantBody(gateway.service.refs.main ?? ''))).status, 200);
});
