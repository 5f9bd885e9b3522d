import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { deflateSync } from 'node:zlib';
import { objectId } from '../../../core/trust/git/object-hash.ts';
import { git, runGit, TestGateway, testDevice } from '../rig/gateway.ts';
import {
  author,
  commit,
  entry,
  pack,
  packOf,
  pushBody,
  pushHeaders,
  pushPath,
  pushStatus,
  raw,
  refOf,
  sendPush,
  status,
  tree,
  zero,
} from '../rig/push.ts';
import { codeOf, TestClient } from '../rig/request.ts';

const device = testDevice('pump-1');
const ref = refOf(device);

function fsck(gateway: TestGateway): void {
  const result = runGit(['fsck', '--strict', '--full'], { cwd: join(gateway.folder, 'telemetry.git') });
  assert.equal(result.status, 0, result.stderr);
  assert.doesNotMatch(result.stderr, /error|missing|broken/);
}

test('a chain of pushes is there, fsck is clean, and what is under the old tip need not be sent again', async () => {
  await using gateway = await TestGateway.start([device]);
  using client = new TestClient(gateway.port, device);
  let tip = await pushStatus(client, device, 'one');
  for (const text of ['two', 'three']) tip = await pushStatus(client, device, text, tip);
  // Only a commit and a root tree; the file is known.
  const known = objectId(raw('blob', 'three'));
  const extra = raw('blob', 'log');
  const root = tree(['100644', 'log', objectId(extra)], ['100644', 'status.yaml', known]);
  const next = commit(objectId(root), [tip]);
  const answer = await sendPush(client, pushBody(tip, objectId(next), ref, pack(next, root, extra)));
  assert.match(answer.body.toString('utf8'), /unpack ok\n.*ok refs\/heads\/telemetry\/pump-1\n/s);
  const telemetry = join(gateway.folder, 'telemetry.git');
  assert.equal(git(['rev-parse', ref], { cwd: telemetry }), objectId(next));
  assert.equal(git(['show', `${ref}:status.yaml`], { cwd: telemetry }), 'three');
  assert.equal(git(['rev-list', '--count', ref], { cwd: telemetry }), '4');
  fsck(gateway);
});

test('a device sees its own ref in the advert, and no other', async () => {
  const other = testDevice('pump-2');
  await using gateway = await TestGateway.start([device, other]);
  using client = new TestClient(gateway.port, device);
  using second = new TestClient(gateway.port, other);
  await pushStatus(second, other, 'secret');
  const advert = '/telemetry.git/info/refs?service=git-receive-pack';
  const before = (await client.ask(advert)).body.toString('latin1');
  assert.match(before, /0{40} capabilities\^\{\}/);
  assert.doesNotMatch(before, /pump-2/);
  const tip = await pushStatus(client, device, 'mine');
  const after = (await client.ask(advert)).body.toString('latin1');
  assert.match(after, new RegExp(`${tip} ${ref}\\0`));
  assert.doesNotMatch(after, /pump-2/);
});

test('another ref, a deletion, two commands and a foreign tip are refused, and nothing changes', async () => {
  const other = testDevice('pump-2');
  await using gateway = await TestGateway.start([device, other]);
  using client = new TestClient(gateway.port, device);
  using second = new TestClient(gateway.port, other);
  const foreign = await pushStatus(second, other, 'theirs');
  const tip = await pushStatus(client, device, 'mine');
  const made = status('x');
  const packed = pack(...made.objects);
  for (const name of [
    refOf('pump-2'),
    'refs/heads/main',
    'refs/heads/telemetry/pump-1/x',
    'refs/tags/pump-1',
  ]) {
    const answer = await sendPush(client, pushBody(zero, made.id, name, packed));
    assert.equal(`${answer.status} ${codeOf(answer)}`, '403 GATEWAY_REF_FORBIDDEN', name);
  }
  const deletion = await sendPush(client, pushBody(tip, zero, ref, Buffer.alloc(0)));
  assert.equal(codeOf(deletion), 'GATEWAY_REF_FORBIDDEN');
  const two = Buffer.concat([
    pushBody(tip, made.id, ref, Buffer.alloc(0)).subarray(0, -4),
    pushBody(zero, made.id, refOf('pump-2'), packed),
  ]);
  assert.equal(codeOf(await sendPush(client, two)), 'GATEWAY_REQUEST_MALFORMED');
  // On top of somebody else's commit: it is in the repository, but not this device's.
  const onForeign = status('x', [foreign]);
  const answer = await sendPush(client, pushBody(tip, onForeign.id, ref, pack(...onForeign.objects)));
  assert.match(answer.body.toString('utf8'), /ng refs\/heads\/telemetry\/pump-1 GATEWAY_PACK_REFUSED/);
  assert.equal(gateway.service.telemetry.tip(ref), tip);
  assert.equal(gateway.service.telemetry.tip(refOf('pump-2')), foreign);
  assert.equal(gateway.audited.filter(event => event.code === 'GATEWAY_REF_FORBIDDEN').length, 4);
  fsck(gateway);
});

test('the old id must be the tip, and the new commit must descend from it', async () => {
  await using gateway = await TestGateway.start([device]);
  using client = new TestClient(gateway.port, device);
  const tip = await pushStatus(client, device, 'one');
  const unrelated = status('two');
  for (const oldId of [zero, objectId(raw('blob', 'x')), tip]) {
    const answer = await sendPush(client, pushBody(oldId, unrelated.id, ref, pack(...unrelated.objects)));
    assert.match(answer.body.toString('utf8'), /ng .* GATEWAY_OLD_ID_STALE/);
  }
  assert.equal(gateway.service.telemetry.tip(ref), tip);
});

test('two pushes of one device at the same time: one is taken, the other is told', async () => {
  await using gateway = await TestGateway.start([device]);
  using client = new TestClient(gateway.port, device);
  const tip = await pushStatus(client, device, 'one');
  const answers = await Promise.all(
    ['a', 'b', 'c'].map(text => {
      const made = status(text, [tip]);
      return sendPush(client, pushBody(tip, made.id, ref, pack(...made.objects)));
    }),
  );
  const reports = answers.map(answer => answer.body.toString('utf8'));
  assert.equal(reports.filter(report => report.includes(`ok ${ref}`)).length, 1);
  assert.equal(reports.filter(report => report.includes('GATEWAY_OLD_ID_STALE')).length, 2);
  fsck(gateway);
});

test('malformed objects and packs are refused one by one, and the repository stays as it was', async () => {
  await using gateway = await TestGateway.start([device], { pushesPerMinute: 1000 });
  using client = new TestClient(gateway.port, device);
  const blob = raw('blob', 'x');
  const id = objectId(blob);
  const good = tree(['100644', 'a', id]);
  const withTree = (bad: readonly (readonly [string, string, string])[]) => {
    const made = tree(...bad);
    const top = commit(objectId(made));
    return { id: objectId(top), bytes: pack(top, made, blob) };
  };
  const withCommit = (text: string) => {
    const top = raw('commit', text);
    return { id: objectId(top), bytes: pack(top, good, blob) };
  };
  const whole = status('fine');
  const wholePack = pack(...whole.objects);
  const head = `tree ${objectId(good)}\n`;
  const people = `author ${author}\ncommitter ${author}\n`;
  const deflated = deflateSync(blob.bytes);
  const cases: Record<string, { id: string; bytes: Buffer }> = {
    'a name twice': withTree([
      ['100644', 'a', id],
      ['100644', 'a', id],
    ]),
    'out of order': withTree([
      ['100644', 'b', id],
      ['100644', 'a', id],
    ]),
    'a symbolic link': withTree([['120000', 'a', id]]),
    'a submodule': withTree([['160000', 'a', id]]),
    '.git': withTree([['100644', '.git', id]]),
    '.GIT': withTree([['100644', '.GIT', id]]),
    'git~1': withTree([['100644', 'git~1', id]]),
    '..': withTree([['100644', '..', id]]),
    'a slash': withTree([['100644', 'a/b', id]]),
    'a control character': withTree([['100644', 'a\x1b', id]]),
    'an empty name': withTree([['100644', '', id]]),
    'a padded mode': withTree([['0100644', 'a', id]]),
    'a file named as a folder': withTree([['40000', 'a', id]]),
    'a missing blob': withTree([['100644', 'a', objectId(raw('blob', 'elsewhere'))]]),
    'no author': withCommit(`${head}committer ${author}\n\nx\n`),
    'two trees': withCommit(`${head}${head}${people}\nx\n`),
    'two authors': withCommit(`${head}author ${author}\n${people}\nx\n`),
    'no e-mail': withCommit(`${head}author a 1 +0000\ncommitter ${author}\n\nx\n`),
    'a NUL': withCommit(`${head}${people}\nx\0y\n`),
    'a missing parent': withCommit(`${head}parent ${id}\n${people}\nx\n`),
    'a missing tree': withCommit(`tree ${zero}\n${people}\nx\n`),
    'a blob as the tip': { id, bytes: pack(blob) },
    'a tag': { id: objectId(raw('tag', 'x')), bytes: pack(raw('tag', 'x')) },
    'an empty pack': { id: whole.id, bytes: packOf([]) },
    'no pack at all': { id: whole.id, bytes: Buffer.alloc(0) },
    'a wrong checksum': {
      id: whole.id,
      bytes: Buffer.concat([wholePack.subarray(0, -1), Buffer.from([wholePack.at(-1) === 0 ? 1 : 0])]),
    },
    'fewer objects than it says': { id: whole.id, bytes: packOf([entry(3, 1, deflated)], 2) },
    'more objects than it says': {
      id: whole.id,
      bytes: packOf([entry(3, 1, deflated), entry(3, 1, deflated)], 1),
    },
    'a size that lies': { id: whole.id, bytes: packOf([entry(3, 2, deflated)]) },
    'a bomb behind a small size': {
      id: whole.id,
      bytes: packOf([entry(3, 10, deflateSync(Buffer.alloc(5_000_000)))]),
    },
    'a delta without its base': {
      id: whole.id,
      bytes: packOf([
        entry(7, 3, Buffer.concat([Buffer.from(id, 'hex'), deflateSync(Buffer.from([1, 1, 1]))])),
      ]),
    },
    'a delta that points before the pack': {
      id: whole.id,
      bytes: packOf([entry(6, 3, Buffer.concat([Buffer.from([0x7f]), deflateSync(Buffer.from([1, 1, 1]))]))]),
    },
    'an unknown type': { id: whole.id, bytes: packOf([entry(5, 1, deflated)]) },
  };
  for (const [name, { id: newId, bytes }] of Object.entries(cases)) {
    const answer = await sendPush(client, pushBody(zero, newId, ref, bytes));
    assert.match(answer.body.toString('utf8'), /GATEWAY_PACK_REFUSED/, name);
    assert.equal(gateway.service.telemetry.tip(ref), undefined, name);
  }
  assert.equal(gateway.service.telemetry.batches, 0);
  await pushStatus(client, device, 'and now a good one');
  fsck(gateway);
});

test('a pack mutated or cut at any byte is refused or is the same commit, never half of it', async () => {
  await using gateway = await TestGateway.start([device], { pushesPerMinute: 100_000 });
  using client = new TestClient(gateway.port, device);
  const made = status('status: fine\n');
  const packed = pack(...made.objects);
  for (let at = 0; at < packed.length; at += 3) {
    const mutated = Buffer.from(packed);
    mutated.writeUInt8(mutated.readUInt8(at) ^ 0x55, at);
    // An attacker mends the checksum.
    createHash('sha1')
      .update(mutated.subarray(0, -20))
      .digest()
      .copy(mutated, mutated.length - 20);
    for (const bytes of [mutated, packed.subarray(0, at)]) {
      const answer = await sendPush(client, pushBody(zero, made.id, ref, bytes));
      const taken = answer.body.toString('utf8').includes(`ok ${ref}`);
      if (taken) assert.equal(gateway.service.telemetry.tip(ref), made.id);
      if (taken) break;
    }
    if (gateway.service.telemetry.tip(ref) !== undefined) break;
  }
  fsck(gateway);
});

test('deltas from stock git are taken in, within the limits', async () => {
  await using gateway = await TestGateway.start([device]);
  using client = new TestClient(gateway.port, device);
  const work = join(gateway.folder, 'work.git');
  git(['init', '-q', '--bare', work]);
  const long = Array.from({ length: 2000 }, (_, index) => `line ${index} ${index * 7919}`).join('\n');
  const ids = ['a', 'b', 'c'].map(suffix =>
    git(['hash-object', '-w', '--stdin'], { cwd: work, input: `${long}\n${suffix}` }),
  );
  const root = git(['mktree'], {
    cwd: work,
    input: `${ids.map((id, index) => `100644 blob ${id}\tf${index}`).join('\n')}\n`,
  });
  const top = git(['commit-tree', root, '-m', 'logs'], { cwd: work });
  git(['update-ref', 'refs/heads/main', top], { cwd: work });
  git(['repack', '-q', '-a', '-d', '-f', '--depth=10', '--window=10'], { cwd: work });
  const packed = execFileSync('git', ['pack-objects', '--stdout', '--revs', '-q', '--delta-base-offset'], {
    cwd: work,
    input: `${top}\n`,
  });
  assert.ok(packed.length < long.length, 'stock git made deltas');
  const answer = await sendPush(client, pushBody(zero, top, ref, packed));
  assert.match(answer.body.toString('utf8'), /ok refs/);
  fsck(gateway);
});

test('too large, too many, too often: each under its own code, and another device goes on', async () => {
  const other = testDevice('pump-2');
  const limits = { maxPushBytes: 300_000, maxUnpackedBytes: 600_000, maxPushObjects: 10, pushesPerMinute: 5 };
  await using gateway = await TestGateway.start([device, other], limits);
  using client = new TestClient(gateway.port, device);
  using calm = new TestClient(gateway.port, other);
  const noise = (size: number) =>
    Buffer.from(Array.from({ length: size }, (_, index) => (index * index * 31) % 251));
  const blobs = (count: number, bytes: (index: number) => Uint8Array) =>
    Array.from({ length: count }, (_, index) => raw('blob', bytes(index)));
  const push = (objects: ReturnType<typeof blobs>) =>
    sendPush(client, pushBody(zero, objectId(commit(zero)), ref, pack(...objects)));
  const huge = await push(blobs(1, () => createNoise(400_000)));
  assert.equal(`${huge.status} ${codeOf(huge)}`, '413 GATEWAY_REQUEST_TOO_LARGE');
  const many = await push(blobs(11, index => noise(index + 1)));
  assert.equal(codeOf(many), 'GATEWAY_REQUEST_TOO_LARGE');
  const bomb = await push(blobs(1, () => Buffer.alloc(700_000)));
  assert.equal(codeOf(bomb), 'GATEWAY_REQUEST_TOO_LARGE');
  let answer = await push(blobs(1, () => noise(1)));
  for (let tries = 0; tries < 5 && answer.status !== 429; tries += 1)
    answer = await push(blobs(1, () => noise(1)));
  assert.equal(codeOf(answer), 'GATEWAY_RATE_LIMITED');
  assert.ok(Number(answer.headers['retry-after']) > 0);
  await pushStatus(calm, other, 'fine');
});

test('thirty large bodies that come slowly hold disk, not memory, and disturb nobody', async () => {
  const [slow, calm] = [testDevice('slow'), testDevice('calm')];
  await using gateway = await TestGateway.start([slow, calm], {
    maxRequests: 200,
    maxConnections: 200,
    requestTimeoutMs: 4000,
  });
  using client = new TestClient(gateway.port, slow, 200);
  using other = new TestClient(gateway.port, calm);
  const before = process.memoryUsage().rss;
  const start = pushBody(zero, objectId(commit(zero)), refOf(slow), createNoise(1_000_000));
  const requests = Array.from({ length: 30 }, () => {
    const request = client.open(pushPath, {
      method: 'POST',
      headers: { ...pushHeaders, 'content-length': '4000000' },
    });
    request.on('error', () => undefined);
    request.write(start);
    return request;
  });
  await wait(1500);
  const held = process.memoryUsage().rss - before;
  assert.ok(held < 150 * 1024 * 1024, `${held} bytes`);
  await pushStatus(other, calm, 'fine');
  // And they do not stay: the time in which a request must have arrived is over.
  await Promise.all(
    requests.map(
      request =>
        new Promise(resolve => {
          request.once('close', resolve);
          request.once('response', response => response.resume());
        }),
    ),
  );
});

test('one byte at a time is taken as it is; silence is cut off', async () => {
  await using gateway = await TestGateway.start([device], { requestTimeoutMs: 1500 });
  using client = new TestClient(gateway.port, device);
  const made = status('slow but honest');
  const body = pushBody(zero, made.id, ref, pack(...made.objects));
  const request = client.open(pushPath, { method: 'POST', headers: pushHeaders });
  const done = new Promise<number | undefined>(resolve =>
    request.once('response', answer => resolve(answer.resume().statusCode)),
  );
  for (const byte of body) request.write(Buffer.from([byte]));
  request.end();
  assert.equal(await done, 200);
  assert.equal(gateway.service.telemetry.tip(ref), made.id);
  const silent = client.open(pushPath, {
    method: 'POST',
    headers: { ...pushHeaders, 'content-length': '100' },
  });
  const closed = new Promise(resolve => silent.once('close', resolve));
  silent.on('error', () => undefined);
  silent.flushHeaders();
  silent.once('response', answer => answer.resume());
  await closed;
});

function createNoise(size: number): Buffer {
  const pieces: Buffer[] = [];
  for (let index = 0; index * 32 < size; index += 1)
    pieces.push(createHash('sha256').update(String(index)).digest());
  return Buffer.concat(pieces).subarray(0, size);
}
