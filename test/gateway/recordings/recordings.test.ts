/** What devices may do to recordings at a gateway, over its device port. */
import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { sshKeyOf } from '../../../core/io/device-keys.ts';
import { sshSignature } from '../../../core/io/ssh/ssh-sign.ts';
import { recordingNamespace } from '../../../core/recording/device-seals.ts';
import { entryHash, entryLine, entryStatement } from '../../../core/recording/ledger-entry.ts';
import { RecordingStore } from '../../../gateway/recordings/recording-store.ts';
import { type TestDevice, TestGateway, testDevice } from '../rig/gateway.ts';
import { codeOf, TestClient } from '../rig/request.ts';

const [pump, other, revoked] = [testDevice('pump-r1'), testDevice('pump-r2'), testDevice('pump-r3', true)];
const id = '20261129T010203Z-abcdefgh';

function entries(count: number, service = 'a'): string[] {
  const lines: string[] = [];
  let previous = '';
  for (let number = 1; number <= count; number += 1) {
    const about = {
      fleet: 'test',
      device: pump.id,
      what: 'begin' as const,
      link: service,
      lines: 1,
      timeMs: 1,
    };
    const entry = { ...about, number, previous, recording: id };
    previous = entryHash(entry);
    const statement = Buffer.from(entryStatement(entry));
    lines.push(
      entryLine({ entry, signature: sshSignature(sshKeyOf(pump.keys), recordingNamespace, statement) }),
    );
  }
  return lines;
}

describe('recordings of devices', () => {
  let gateway: TestGateway;
  const cleanUp = new DisposableStack();
  before(async () => {
    gateway = await TestGateway.start([pump, other, revoked]);
  });
  after(async () => {
    cleanUp.dispose();
    await gateway[Symbol.asyncDispose]();
  });
  const send = async (device: TestDevice | undefined, place: string, body: string | Buffer) => {
    const client = cleanUp.use(new TestClient(gateway.port, device));
    const headers = { 'content-type': 'application/octet-stream' };
    return await client.ask(`/v1/recordings/${place}`, { method: 'POST', headers, body: Buffer.from(body) });
  };
  const has = async (device: TestDevice, place: string, body: string) => {
    const answer = await send(device, place, body);
    return answer.status === 200 ? JSON.parse(answer.body.toString()).bytes : codeOf(answer);
  };
  const kept = (device: TestDevice) =>
    readFileSync(join(gateway.folder, 'recordings', device.id, id), 'utf8');

  test('only a device’s own key writes, and only below its own id', async () => {
    assert.equal(await has(pump, `${id}?at=0`, 'one'), 3);
    assert.equal(await has(other, `${id}?at=0`, 'two of another'), 14);
    assert.equal(kept(pump), 'one');
    assert.equal(codeOf(await send(undefined, `${id}?at=0`, 'x')), 'GATEWAY_CERTIFICATE_MISSING');
    assert.equal(codeOf(await send(testDevice('stranger'), `${id}?at=0`, 'x')), 'GATEWAY_KEY_UNKNOWN');
    assert.equal(codeOf(await send(revoked, `${id}?at=0`, 'x')), 'GATEWAY_DEVICE_REVOKED');
    for (const name of ['..%2fpump-r2%2fx', 'ledger.copy', '%2e%2e', `${id}%00`, id.toUpperCase()])
      assert.notEqual((await send(pump, `${name}?at=0`, 'x')).status, 200, name);
  });

  test('what is kept only grows: nothing is overwritten, behind a gap nothing is added, and twice is once', async () => {
    assert.equal(await has(pump, `${id}?at=3`, ' more'), 8);
    assert.equal(await has(pump, `${id}?at=3`, ' more'), 8);
    assert.equal(await has(pump, `${id}?at=3`, ' more and more'), 17);
    assert.equal(await has(pump, `${id}?at=99`, 'far'), 17);
    assert.equal(await has(pump, `${id}?at=0`, 'ONE'), 'GATEWAY_RECORDING_CONFLICT');
    assert.equal(await has(pump, `${id}?at=0`, ''), 17);
    assert.equal(kept(pump), 'one more and more');
    assert.ok(gateway.audited.some(({ code }) => code === 'GATEWAY_RECORDING_CONFLICT'));
  });

  test('entries of a ledger follow each other by number, and none is replaced', async () => {
    const lines = entries(4);
    const add = async (some: readonly string[]) => {
      const answer = await send(pump, 'ledger', some.map(line => `${line}\n`).join(''));
      return answer.status === 200 ? JSON.parse(answer.body.toString()).count : codeOf(answer);
    };
    assert.equal(await add(lines.slice(0, 2)), 2);
    assert.equal(await add(lines.slice(1, 3)), 3);
    assert.equal(await add(entries(3, 'b')), 'GATEWAY_RECORDING_CONFLICT');
    assert.equal(
      await add([...lines.slice(0, 2), ...entries(3, 'b').slice(2)]),
      'GATEWAY_RECORDING_CONFLICT',
    );
    assert.equal(await add(['{"entry":1}']), 'GATEWAY_RECORDING_MALFORMED');
    assert.equal((await send(pump, 'ledger', 'no line')).status, 400);
    // Half a line that a power cut has left.
    appendFileSync(join(gateway.folder, 'recordings', pump.id, 'ledger'), (lines[3] ?? '').slice(0, 20));
    assert.equal(await add(lines), 4);
    assert.deepEqual(await gateway.service.recordings.ledger(pump.id), lines);
  });

  test('one request and one recording have their bounds', async () => {
    assert.equal((await send(pump, `${id}?at=17`, Buffer.alloc(2 * 1024 * 1024))).status, 413);
    assert.equal(await has(pump, `${id}?at=9999999999`, 'x'), 'GATEWAY_RECORDING_MALFORMED');
    assert.notEqual((await send(pump, `${id}?at=x`, 'x')).status, 200);
  });
});

test('a store counts what it has at its start, refuses when it is full, and removes what is older than it keeps', async () => {
  await using gateway = await TestGateway.start([pump]);
  const folder = join(gateway.folder, 'own-store');
  const keep = { keepMs: 60_000, maxBytes: 100, maxBytesPerDevice: 60 };
  const store = await RecordingStore.open(folder, keep);
  const put = (device: string, bytes: number, recording = id) =>
    store.append(device, recording, { from: 0, bytes: Buffer.alloc(bytes, 'x') });
  await put('a', 50);
  await put('b', 40);
  await assert.rejects(put('a', 20, '20261129T010203Z-bbbbbbbb'), { code: 'GATEWAY_RECORDINGS_FULL' });
  await assert.rejects(put('c', 20), { code: 'GATEWAY_RECORDINGS_FULL' });
  const again = await RecordingStore.open(folder, keep);
  assert.deepEqual([again.bytes, again.files], [90, 2]);
  const longAgo = new Date(Date.now() - 120_000);
  utimesSync(join(folder, 'a', id), longAgo, longAgo);
  assert.equal(await store.sweep(Date.now()), 1);
  assert.equal(store.bytes, 40);
  await put('c', 20);
  writeFileSync(join(folder, 'a', 'ledger'), '');
  assert.equal(await store.find('a', '../b'), undefined);
});
