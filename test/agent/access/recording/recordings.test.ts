/** What is recorded on a device, kept there, and sent to a real gateway over its device port. */
import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { decrypt, readMessage, readPrivateKey } from 'openpgp';
import { type RecordingLimits, recordingLimits } from '../../../../agent/access/recording/recordings.ts';
import { RecordingsWhenNeeded } from '../../../../agent/access/recording/recordings-when-needed.ts';
import { TowlineError } from '../../../../core/errors.ts';
import { createSystemClock } from '../../../../core/io/system-clock.ts';
import { readCastEvent } from '../../../../core/recording/asciicast.ts';
import { openBox } from '../../../../core/recording/chunk-box.ts';
import { checkLedger } from '../../../../core/recording/ledger-check.ts';
import { RecordingCheck } from '../../../../core/recording/recording-check.ts';
import { TestGateway, testDevice } from '../../../gateway/rig/gateway.ts';
import { comes, dialling, quietLog, RecordedDevice } from '../../../rig/recorded-device.ts';
import { SmallDisk } from '../../../rig/small-disk.ts';

const over = { endedMs: 0, exitCode: 0, bytesIn: 0, bytesOut: 0 };

/** Checked and opened with the auditor's key: what was shown. */
async function shown(device: RecordedDevice, recording: string, text: string): Promise<string> {
  const check = new RecordingCheck({ fleet: 'test', device: device.device.id, recording }, device.seals);
  const chunks = text
    .trimEnd()
    .split('\n')
    .flatMap(line => check.line(line) ?? []);
  const { head } = check.finish();
  const { data } = await decrypt({
    message: await readMessage({ binaryMessage: Buffer.from(head.key, 'base64') }),
    decryptionKeys: await readPrivateKey({ armoredKey: device.auditor.privateKey }),
    format: 'binary',
  });
  assert.ok(data instanceof Uint8Array);
  const lines = chunks.map(({ number, before, box }) => openBox(data, { recording, number, before }, box));
  return Buffer.concat(lines)
    .toString('utf8')
    .split('\n')
    .flatMap(line => readCastEvent(line)?.data ?? [])
    .join('');
}

function readGateway(gateway: TestGateway, device: string, recording: string): string {
  return readFileSync(join(gateway.folder, 'recordings', device, recording), 'utf8');
}

describe('recordings', () => {
  const devices = [1, 2, 3, 4, 5, 6, 7, 8, 9].map(number => testDevice(`rec-${number}`));
  let gateway: TestGateway;
  before(async () => {
    gateway = await TestGateway.start(devices);
  });
  after(() => gateway[Symbol.asyncDispose]());
  const make = async (number: number, limits?: RecordingLimits) => {
    const device = devices[number - 1];
    assert.ok(device);
    return await RecordedDevice.make(device, gateway.port, limits);
  };

  test('what was shown is at the gateway, whole, closed to all but auditors, and gone from the device', async () => {
    await using device = await make(1);
    const [one, two] = [await device.begin(), await device.begin({ operator: 'bob' })];
    await one.output(Buffer.from('hello caf\u00e9 '.repeat(3000)));
    await two.output(Buffer.from('secret of bob\n'));
    one.resized(100, 40);
    await two.ended(over);
    await one.ended(over);
    await comes(async () => (await device.files()).length === 0);
    const store = gateway.service.recordings;
    const kept = await store.list('rec-1');
    assert.equal(kept.length, 2);
    const texts = kept.map(({ recording }) => readGateway(gateway, 'rec-1', recording));
    assert.doesNotMatch(texts.join(''), /secret of bob|hello/);
    assert.match(
      await shown(device, kept[0]?.recording ?? '', texts[0] ?? ''),
      /^(hello caf\u00e9 ){3000}100x40$/,
    );
    assert.equal(await shown(device, kept[1]?.recording ?? '', texts[1] ?? ''), 'secret of bob\n');
    await comes(async () => (await store.ledgerHead('rec-1')).count === 4);
    const ledger = checkLedger({
      ...{ fleet: 'test', device: 'rec-1', seals: device.seals },
      lines: await store.ledger('rec-1'),
      heads: [{ ...device.recordings.head, place: 0 }],
    });
    assert.equal(ledger.recordings.size, 2);
  });

  test('a session that goes on while gateway and agent are away and killed is at the gateway as far as it was kept', async () => {
    await using device = await make(2);
    const recorder = await device.begin();
    await recorder.output(Buffer.from('before'));
    await comes(async () => (await gateway.service.recordings.list('rec-2')).length > 0);
    device.port = undefined;
    await recorder.output(Buffer.from(', away'));
    const [name = ''] = await device.files();
    // Half a line more, and no end.
    await device.killed(() => appendFileSync(join(device.folder, name), '{"n":99,"box":"AA'));
    device.port = gateway.port;
    await comes(async () => (await device.files()).length === 0);
    const [{ recording } = { recording: '' }] = await gateway.service.recordings.list('rec-2');
    const text = readGateway(gateway, 'rec-2', recording);
    assert.equal(await shown(device, recording, text), 'before, away');
    assert.match(text.trimEnd().split('\n').at(-1) ?? '', /"outcome":"cut"/);
    assert.deepEqual(await gateway.service.recordings.ledgerHead('rec-2'), device.recordings.head);
  });

  test('a device that was set up anew goes on with the ledger that the gateway has', async () => {
    await using device = await make(3);
    await (await device.begin()).ended(over);
    await comes(async () => (await gateway.service.recordings.ledgerHead('rec-3')).count === 2);
    await device.recordings[Symbol.asyncDispose]();
    for (const name of ['ledger', 'ledger.copy']) truncateSync(join(device.folder, name));
    await device.open();
    await (await device.begin()).ended(over);
    await comes(async () => (await gateway.service.recordings.ledgerHead('rec-3')).count === 4);
    assert.equal(device.recordings.head.count, 4);
  });

  test('required: no output is told as taken that is not in the file, and a full disk ends it with words; its end is written when there is room', async () => {
    await using device = await make(4);
    await (await device.begin()).ended(over);
    await comes(async () => device.recordings.waiting.recordings === 0);
    await device.recordings[Symbol.asyncDispose]();
    using disk = new SmallDisk(device.folder, 1);
    await device.open();
    const recorder = await device.begin();
    const [name = ''] = (await device.files()).sort().slice(-1);
    const size = () => readFileSync(join(device.folder, name)).length;
    const before = size();
    await recorder.output(Buffer.from('kept'));
    assert.ok(size() > before);
    disk.fill(0);
    const told: string[] = [];
    const failed = await (async () => {
      for (;;) {
        const text = `${Math.random()}\n`;
        await recorder.output(Buffer.from(text));
        told.push(text);
      }
    })().catch((error: unknown) => error);
    assert.ok(failed instanceof TowlineError);
    assert.equal(failed.code, 'RECORDING_NOT_KEPT');
    await assert.rejects(device.begin(), { code: 'RECORDING_NOT_KEPT' });
    // It is over while the disk is full still: it waits for room, and for no restart.
    await assert.rejects(recorder.ended(over), { code: 'RECORDING_NOT_KEPT' });
    assert.equal(device.recordings.waiting.recordings, 1);
    disk.makeRoom();
    await comes(async () => device.recordings.waiting.recordings === 0);
    const text = readGateway(gateway, 'rec-4', name.replace('.recording', ''));
    assert.match(text, /"outcome":"unkept"/);
    assert.equal(await shown(device, name.replace('.recording', ''), text), `kept${told.join('')}`);
    await comes(async () => (await gateway.service.recordings.ledgerHead('rec-4')).count === 4);
  });

  test('nobody to read it, a key that cannot be encrypted to, a ledger nobody knows: no recording begins', async () => {
    await using device = await make(5);
    const order = (auditors: readonly string[]) =>
      device.recordings.begin({
        start: { ...start, id: `x${auditors.length}000000` },
        auditors,
        required: true,
        onFailure: () => {},
      });
    const start = {
      ...{ id: 'x0000000', operator: 'alice', by: 'key' as const, app: 'web', service: 'api' },
      ...{ startedMs: 0, commit: '' },
    };
    // This device has no ledger yet.
    device.port = undefined;
    await assert.rejects(order([device.auditor.publicKey]), { code: 'RECORDING_NOT_KEPT' });
    device.port = gateway.port;
    await assert.rejects(order([]), { code: 'RECORDING_NO_AUDITORS' });
    await assert.rejects(order([device.auditor.publicKey, 'no key']), { code: 'RECORDING_AUDITOR_KEY' });
    assert.deepEqual(await device.files(), []);
    assert.equal(device.recordings.head.count, 0);
  });

  test('bounds of a recording and of what waits hold', async () => {
    const limits = { ...recordingLimits, maxBytes: 64 * 1024, maxWaiting: 2 };
    await using device = await make(6, limits);
    const recorder = await device.begin();
    device.port = undefined;
    const noise = () => Buffer.from(crypto.getRandomValues(new Uint8Array(8192))).toString('base64');
    await assert.rejects(
      async () => {
        for (;;) await recorder.output(Buffer.from(noise()));
      },
      { code: 'RECORDING_TOO_MUCH' },
    );
    assert.ok(recorder.bytes < 128 * 1024);
    await recorder.ended(over);
    const other = await device.begin();
    await assert.rejects(device.begin(), { code: 'RECORDING_TOO_MUCH' });
    await other.ended(over);
  });

  test('on: a session whose recording fails goes on, and is told so once', async () => {
    await using device = await make(7, {
      ...recordingLimits,
      maxBytes: 4096,
    });
    const told: string[] = [];
    const recorder = await device.recordings.begin({
      start: { id: 'y0000000', operator: 'a', by: 'key', app: 'b', service: 'c', startedMs: 0, commit: '' },
      required: false,
      auditors: [device.auditor.publicKey],
      onFailure: error => told.push(error.code),
    });
    for (let count = 0; count < 50; count += 1) {
      await recorder.output(Buffer.from(crypto.getRandomValues(new Uint8Array(2000))));
      await new Promise(resolve => setImmediate(resolve));
    }
    await recorder.ended(over);
    assert.deepEqual(told, ['RECORDING_TOO_MUCH']);
  });

  test('what an earlier run has left is taken up as soon as the disk lets it be', async () => {
    await using device = await make(9);
    const recorder = await device.begin();
    await recorder.output(Buffer.from('kept'));
    await device.recordings[Symbol.asyncDispose]();
    using disk = new SmallDisk(device.folder, 1);
    disk.fill(0);
    using dialler = dialling(() => gateway.port, device.device);
    const clock = { ...createSystemClock(), sleep: () => wait(5) };
    const { stateDirectory, fleet } = device;
    const warned: unknown[] = [];
    const log = { ...quietLog, warn: (fields: unknown) => void warned.push(fields) };
    const needed = new RecordingsWhenNeeded({
      ...{ stateDirectory, fleet, dialler, clock, log },
      ...{ device: device.device.id, hostKey: device.device.keys.sshKey },
    });
    const stop = new AbortController();
    const run = needed.run(() => {}, stop.signal);
    await comes(async () => warned.length > 2);
    disk.makeRoom();
    await comes(async () => (await device.files()).length === 0);
    const [{ recording } = { recording: '' }] = await gateway.service.recordings.list('rec-9');
    assert.match(readGateway(gateway, 'rec-9', recording), /"outcome":"cut"/);
    assert.equal(needed.said?.waiting, 0);
    stop.abort();
    await run;
    await needed.close();
    await recorder.ended(over).catch(() => undefined);
    await device.open();
  });

  test('what is left of a recording that never stood in the ledger is removed', async () => {
    await using device = await make(8);
    await device.recordings[Symbol.asyncDispose]();
    mkdirSync(device.folder, { recursive: true });
    writeFileSync(join(device.folder, '20260101T000000Z-abcdefgh.recording'), 'rubbish\n');
    await device.open();
    assert.deepEqual(await device.files(), []);
  });
});
