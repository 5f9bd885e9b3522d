import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import * as openpgp from 'openpgp';
import { sshEd25519Line } from '../../../core/enrolment/ssh-key-line.ts';
import {
  formatSignedStatement,
  type SignedStatement,
  signStatement,
} from '../../../core/enrolment/statement.ts';
import { TowlineError } from '../../../core/errors.ts';
import { EnrolmentDesk } from '../../../gateway/enrolment/enrolment-desk.ts';
import { FleetView } from '../../../gateway/fleet/fleet-view.ts';
import { FleetViewHolder } from '../../../gateway/fleet/fleet-view-holder.ts';
import type { DeviceFile } from '../../../schemas/types.generated.ts';

const nowMs = Date.parse('2026-11-23T18:00:00Z');
const clock = { now: () => nowMs, monotonic: () => 0, sleep: async () => undefined };
const code = (expected: string) => (error: unknown) =>
  error instanceof TowlineError && error.code === expected;
const oneTime = generateKeyPairSync('ed25519');
const oneTimeKey = sshEd25519Line(oneTime.publicKey);
const pgp = (await openpgp.generateKey({ userIDs: [{ name: 'x' }], format: 'armored' })).publicKey.replaceAll(
  '\r\n',
  '\n',
);

function view(file: Partial<DeviceFile>): FleetView {
  const device = {
    id: 'pump-17',
    file: { apiVersion: 'towline/v1' as const, ...file },
    groups: [],
    labels: {},
  };
  return new FleetView({
    commit: 'a'.repeat(40),
    fleet: undefined,
    devices: [device],
    operators: [],
    desiredTunnel: () => undefined,
  });
}

const waitingFile = { enrolment: { key: oneTimeKey, expires: '2026-11-24T00:00:00Z' } };

function makeStatement(device = 'pump-17'): SignedStatement {
  const tls = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({
    format: 'der',
    type: 'spki',
  });
  const keys = {
    tls: tls.toString('base64'),
    ssh: sshEd25519Line(generateKeyPairSync('ed25519').publicKey),
    openpgp: pgp,
  };
  return signStatement({ fleet: 'acme', device, oneTimeKey, keys }, oneTime.privateKey);
}

describe('the enrolment desk', () => {
  let folder: string;
  let published: Map<string, number>;
  let holder: FleetViewHolder;
  const open = async () => {
    const publish = async (device: string, statements: readonly SignedStatement[]) => {
      published.set(device, statements.length);
    };
    const desk = new EnrolmentDesk({ fleet: 'acme', folder, view: holder, clock, publish });
    await desk.load();
    return desk;
  };
  const submit = async (desk: EnrolmentDesk, signed: SignedStatement, tlsKey = signed.statement.keys.tls) =>
    (await desk.submit(formatSignedStatement(signed), tlsKey)).state;

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'towline-desk-'));
    published = new Map();
    holder = new FleetViewHolder(view(waitingFile));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('keeps a statement, shows it, and knows the device while it waits, also after a restart', async () => {
    const signed = makeStatement();
    const desk = await open();
    assert.equal(await submit(desk, signed), 'waiting');
    assert.equal(await submit(desk, signed), 'waiting');
    assert.equal(published.get('pump-17'), 1);
    assert.equal((await open()).waitingDevice(signed.statement.keys.tls), 'pump-17');
  });

  test('says accepted once the device’s file has the keys, and forgets the statement', async () => {
    const signed = makeStatement();
    const desk = await open();
    await submit(desk, signed);
    const { tls, ssh } = signed.statement.keys;
    holder.publish(view({ keys: { tls, ssh } }));
    await desk.sweep(holder.current);
    assert.equal(published.get('pump-17'), 0);
    assert.equal(desk.waitingDevice(tls), undefined);
    assert.equal(await submit(desk, signed), 'accepted');
  });

  test('refuses both of two statements for one token, and shows both to people', async () => {
    const desk = await open();
    const first = makeStatement();
    const results = await Promise.allSettled([submit(desk, first), submit(desk, makeStatement())]);
    assert.deepEqual(
      results.map(result => result.status),
      ['fulfilled', 'rejected'],
    );
    await assert.rejects(submit(desk, first), code('ENROLMENT_TWICE'));
    assert.equal(desk.waitingDevice(first.statement.keys.tls), undefined);
    assert.equal(published.get('pump-17'), 2);
  });

  test('refuses a statement over a connection with another key', async () => {
    const other = makeStatement().statement.keys.tls;
    await assert.rejects(submit(await open(), makeStatement(), other), code('ENROLMENT_STATEMENT_MALFORMED'));
  });

  test('refuses an invented device, one that waits for nothing, and a revoked one', async () => {
    const desk = await open();
    await assert.rejects(submit(desk, makeStatement('pump-18')), code('ENROLMENT_NOT_EXPECTED'));
    for (const file of [{}, { ...waitingFile, revoked: true }]) {
      holder.publish(view(file));
      await assert.rejects(submit(desk, makeStatement()), code('ENROLMENT_NOT_EXPECTED'));
    }
  });

  test('refuses after the token’s time', async () => {
    holder.publish(view({ enrolment: { key: oneTimeKey, expires: '2026-11-23T17:59:59Z' } }));
    await assert.rejects(submit(await open(), makeStatement()), code('ENROLMENT_TOKEN_EXPIRED'));
  });

  test('forgets a statement when the token was made anew', async () => {
    const desk = await open();
    const signed = makeStatement();
    await submit(desk, signed);
    const renewed = sshEd25519Line(generateKeyPairSync('ed25519').publicKey);
    holder.publish(view({ enrolment: { key: renewed, expires: '2026-11-24T00:00:00Z' } }));
    await desk.sweep(holder.current);
    assert.equal(desk.waitingDevice(signed.statement.keys.tls), undefined);
    await assert.rejects(submit(desk, signed), code('ENROLMENT_SIGNATURE'));
  });

  test('a damaged file is left out and said; the statements of other devices are there', async () => {
    const signed = makeStatement();
    await submit(await open(), signed);
    writeFileSync(path.join(folder, 'pump-9.json'), 'garbage');
    const damaged: string[] = [];
    const publish = async () => undefined;
    const onDamage = (file: string) => void damaged.push(file);
    const desk = new EnrolmentDesk({ fleet: 'acme', folder, view: holder, clock, publish, onDamage });
    await desk.load();
    assert.deepEqual(damaged, ['pump-9.json']);
    assert.equal(desk.waitingDevice(signed.statement.keys.tls), 'pump-17');
  });

  test('a device states new keys under the SSH key that its file names, but not while a token replaces it', async () => {
    const ssh = generateKeyPairSync('ed25519');
    const keys = { ...makeStatement().statement.keys, ssh: sshEd25519Line(ssh.publicKey) };
    holder.publish(view({ keys }));
    const next = makeStatement().statement;
    const signed = signStatement({ ...next, oneTimeKey: keys.ssh }, ssh.privateKey);
    const desk = await open();
    await assert.rejects(submit(desk, signStatement(next, oneTime.privateKey)), code('ENROLMENT_SIGNATURE'));
    assert.equal(await submit(desk, signed), 'waiting');
    holder.publish(view({ keys, ...waitingFile }));
    await assert.rejects(submit(desk, signed), code('ENROLMENT_SIGNATURE'));
    assert.equal(desk.waitingDevice(next.keys.tls), undefined);
  });
});
