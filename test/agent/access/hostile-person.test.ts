/** A person with a granted key for one service, who does with it what nobody meant. A real engine, and a client of their own. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { ClientChannel } from 'ssh2';
import { readSshPrivateKey } from '../../../core/io/openssh-key.ts';
import { createSystemClock } from '../../../core/io/system-clock.ts';
import { makeAccess } from '../../../lab/rig/access-change.ts';
import { AccessRig } from '../../../lab/rig/access-rig.ts';
import { certificateFor, certificateLine, identity, newKey } from '../../../lab/rig/certificates.ts';
import { eventually } from '../../../lab/rig/eventually.ts';
import { enter, type PersonClient } from './person-client.ts';

const app = { app: 'shop', service: 'app', user: '1000:1000' };

/** Root's place, but for a folder of the user's that the image looks into first. */
const setUp = 'mkdir /own && busybox chown 1000:1000 /own; while :; do sleep 1 & wait $!; done';

describe('somebody who may enter one service as one user', { timeout: 120_000 }, () => {
  let rig: AccessRig;
  let container: string;
  before(async () => {
    rig = await AccessRig.start();
    container = await rig.container('shop', 'app', ['sh', '-c', setUp], '/own:/bin');
    await rig.use({ access: { services: [app] } });
  });
  after(() => rig[Symbol.asyncDispose]());

  /** Runs, and has said something. */
  async function begun({ ssh }: PersonClient, command: string): Promise<ClientChannel> {
    const channel = await new Promise<ClientChannel>((resolve, reject) => {
      ssh.exec(command, (error, one) => (error ? reject(error) : resolve(one)));
    });
    await new Promise<void>(resolve => channel.once('data', () => resolve()));
    return channel.resume();
  }

  const ended = (since: number) => rig.noted.slice(since).find(({ name }) => name === 'access.ended');
  /** Commands that the engine was asked for. */
  async function execs(): Promise<readonly string[]> {
    const ask = { method: 'GET', path: `/containers/${container}/json` } as const;
    const { ExecIDs: ids } = await rig.engine.call<{ ExecIDs: string[] | null }>(
      ask,
      AbortSignal.timeout(20_000),
    );
    return ids ?? [];
  }

  test('has no program of theirs run by root who hangs up what they leave', async () => {
    const { ssh, socket } = await enter(rig, 'app');
    const theirs =
      '#!/bin/busybox sh\nbusybox id -u >> /own/who\ncase "$4" in TOWLINE_*) exit 0;; esac\nexec /bin/busybox sh "$@"\n';
    const plant = `printf '%b' '${theirs.replaceAll('\n', '\\n')}' > /own/sh && busybox chmod 755 /own/sh`;
    const since = rig.noted.length;
    await begun({ ssh, socket }, `${plant}; echo begun; busybox sleep 4331`);
    ssh.destroy();
    await eventually(() => ended(since) !== undefined);
    // Whoever is in the way of it is named.
    assert.equal(ended(since)?.fields?.leftRunning, true);
    const who = await rig.run('ssh', ['-F', await rig.clientConfig(), 'app@pump', 'busybox cat /own/who']);
    assert.deepEqual([...new Set(who.stdout.toString().trim().split('\n'))], ['1000']);
  });

  test('has a few commands begun by any number of signals, and the last of any number of sizes counts', async () => {
    const person = await enter(rig, 'app');
    const channel = await begun(person, 'echo begun; trap : USR1; while :; do busybox sleep 1; done');
    const before = new Set(await execs());
    for (let count = 0; count < 500; count += 1) channel.signal('USR1');
    for (let rows = 1; rows <= 500; rows += 1) channel.setWindow(rows, 80, 0, 0);
    await eventually(() => rig.sessions.at(-1)?.size?.rows === 500);
    const fresh = new Set<string>();
    const look = async () => {
      for (const id of await execs()) if (!before.has(id)) fresh.add(id);
      await wait(50);
    };
    for (const end = performance.now() + 20_000; fresh.size === 0 && performance.now() < end; ) await look();
    for (const end = performance.now() + 500; performance.now() < end; ) await look();
    assert.ok(fresh.size >= 1 && fresh.size <= 12, `${fresh.size} commands`);
    person.ssh.destroy();
  });

  test('has so many channels on a connection, each with what it may have on its way', async () => {
    const person = await enter(rig, 'app');
    await Promise.all(Array.from({ length: 10 }, () => begun(person, 'echo begun; exec busybox sleep 60')));
    await assert.rejects(begun(person, 'echo begun'), /too many channels/);
    person.ssh.destroy();
  });
});

test('whose certificate has ended is out, although the device’s clock was put back meanwhile', async () => {
  const clock = createSystemClock();
  let behindMs = 0;
  const now = () => clock.now() - behindMs;
  await using device = await AccessRig.start({ engine: 'none', clock: { ...clock, now } });
  const signer = newKey();
  const key = readSshPrivateKey(await readFile(join(device.folder, 'alice'), 'utf8'));
  const term = { fromMs: Date.now() - 1000, untilMs: Date.now() + 12_000 };
  const certificate = join(device.folder, 'alice-cert.pub');
  await writeFile(certificate, `${certificateLine(certificateFor(key, signer, term))}\n`);
  const access = await makeAccess(device.folder, device.device, { access: { certificates: true } });
  device.trust({
    ...access,
    certificateKeys: [signer.publicBlob.toString('base64')],
    operators: access.operators.map(one => ({ ...one, keys: [], file: { ...one.file, oidc: [identity] } })),
  });
  const options = ['-N', '-o', `CertificateFile=${certificate}`];
  const visit = device.run('ssh', ['-F', await device.clientConfig(), ...options, 'pump']);
  await eventually(() => device.server.people.length === 1);
  behindMs = 3 * 3_600_000;
  await visit;
  assert.equal(device.server.people.length, 0);
  assert.ok(Date.now() >= term.untilMs - 1000);
});
