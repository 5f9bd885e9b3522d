/** Recorded sessions on the page: a gateway shows that they were, a desk with the auditor's key what was shown. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { DeskSessionHome } from '../../../cli/portal/session-home.ts';
import { sshPublicKey, tlsPublicKey } from '../../../core/io/device-keys.ts';
import { createSystemClock } from '../../../core/io/system-clock.ts';
import { GatewaySessionHome } from '../../../gateway/portal/session-home.ts';
import { type GpgKey, makeGpgKey } from '../../../lab/rig/keys.ts';
import { Rig } from '../../../lab/rig/tunnel-rig.ts';
import { sessionRow } from '../../../portal/sessions/session-row.ts';
import { makeFleet, type TestFleet } from '../../cli/fleet.ts';
import { testDevice } from '../../gateway/rig/gateway.ts';
import { comes, RecordedDevice, storing } from '../../rig/recorded-device.ts';
import { TestViewer } from '../terminal/terminal-server.ts';

const signal = AbortSignal.timeout(400_000);
const device = 'pump-17';

describe('recorded sessions', () => {
  let rig: Rig;
  let fleet: TestFleet;
  let recorder: RecordedDevice;
  let auditor: GpgKey;
  let stranger: GpgKey;
  let recording: string;
  const alice = new TestViewer('alice');
  before(async () => {
    [rig, fleet, auditor, stranger] = await Promise.all([
      Rig.start(),
      makeFleet(),
      makeGpgKey({ name: 'auditor', algorithm: 'default', usage: 'default' }),
      makeGpgKey({ name: 'stranger', algorithm: 'default', usage: 'default' }),
    ]);
    const own = testDevice(device);
    const named = `keys:\n  tls: ${tlsPublicKey(own.keys)}\n  ssh: ${sshPublicKey(own.keys)}\n`;
    await fleet.write(`devices/${device}.yaml`, `apiVersion: towline/v1\n${named}`);
    await fleet.git('add', '-A');
    await fleet.git('commit', '-qm', 'Keys of a device');
    const commit = (await fleet.git('rev-parse', 'HEAD')).trim();
    recorder = await RecordedDevice.make(own, undefined, undefined, {
      ...{ fleet: 'acme', dialler: storing(rig.recordings, device) },
      auditor: await auditor.publicKey(),
    });
    writeFileSync(join(recorder.stateDirectory, 'ssh'), own.keys.sshKey, { mode: 0o600 });
    const session = await recorder.begin({ operator: 'alice', command: 'top', commit });
    await session.output(Buffer.from('what was \u001b[1mshown\u001b[0m\u001b[6n\u001b]52;c;eA==\u0007\r\n'));
    await session.ended({ exitCode: 3 });
    await comes(async () => (await recorder.files()).length === 0);
    await comes(async () => (await rig.recordings.ledgerHead(device)).count === 2);
    recording = (await rig.recordings.names(device))[0] ?? '';
  });
  after(async () => {
    await recorder[Symbol.asyncDispose]();
    await rig[Symbol.asyncDispose]();
    await fleet[Symbol.asyncDispose]();
    await Promise.all([auditor.remove(), stranger.remove()]);
  });
  const gateway = () => {
    const audit = { write: () => undefined };
    return new GatewaySessionHome({ ...rig, audit, login: undefined });
  };
  /** By whose keyring. */
  const desk = async (home: string) => {
    process.env.GIT_SSH_COMMAND = `ssh -F ${await rig.clientConfig()}`;
    process.env.GNUPGHOME = home;
    return new DeskSessionHome({
      ...{ fleet: () => undefined, clock: createSystemClock() },
      person: async () => ({ hostName: 'gw', way: [], identity: [] }),
      options: { repo: fleet.directory, gateway: 'ssh://gw' },
    });
  };
  const shown = { device, operator: 'alice', service: 'web.api', state: 'ended' };
  const facts = (rows: readonly { started: string; bytes: number; recording: string }[]) =>
    rows.map(row => ({ ...row, started: '', seconds: 0, bytes: 0 }));

  test('a gateway lists them for who reads the device, and for nobody else; it plays none, and says where', async () => {
    const home = gateway();
    const { rows, isCut } = await home.list(alice, undefined, signal);
    assert.deepEqual(facts(rows), [{ ...shown, recording, started: '', seconds: 0, bytes: 0 }]);
    assert.equal(isCut, false);
    assert.ok((rows[0]?.bytes ?? 0) > 500);
    const [row] = rows;
    assert.ok(row !== undefined);
    assert.deepEqual(sessionRow(row, home).replay, {
      open: false,
      why: 'it is encrypted to auditors: the gateway cannot open it',
      command: `towline session play ${recording} --device ${device}`,
    });
    const nobody = Object.assign(new TestViewer('bob'), { reads: () => false });
    assert.deepEqual((await home.list(nobody, undefined, signal)).rows, []);
    assert.deepEqual((await home.list(nobody, device, signal)).rows, []);
    await assert.rejects(home.recording(alice, { device, recording }), { code: 'PORTAL_SESSION_ELSEWHERE' });
  });

  test('a desk lists what the gateway has, by what the device has signed', async () => {
    const home = await desk(auditor.home);
    for (const asked of [undefined, device]) {
      const { rows, doubts } = await home.list(alice, asked, signal);
      assert.deepEqual(facts(rows), [{ ...shown, recording, started: '', seconds: 0, bytes: 0 }]);
      assert.deepEqual(doubts, []);
    }
    await assert.rejects(home.list(alice, 'pump-99', signal), { code: 'PORTAL_NOT_FOUND' });
  });

  test('a desk plays it with the auditor’s key: nothing in it makes a terminal answer, or reaches its clipboard', async () => {
    const home = await desk(auditor.home);
    const lines = [...(await home.recording(alice, { device, recording }, signal))];
    const [header, event] = lines.map(line => JSON.parse(line));
    assert.deepEqual([header.version, header.command, header.title], [2, undefined, undefined]);
    assert.deepEqual(event.slice(1), ['o', 'what was \u001b[1mshown\u001b[0m\r\n']);
    for (const other of ['../../etc/passwd', '20260101T000000Z-aaaaaaa', `${recording}/..`])
      await assert.rejects(home.recording(alice, { device, recording: other }, signal), {
        code: 'PORTAL_NOT_FOUND',
      });
  });

  test('without that key it says whom it is encrypted to', async () => {
    const home = await desk(stranger.home);
    await assert.rejects(home.recording(alice, { device, recording }, signal), {
      code: 'SESSION_NO_AUDITOR',
    });
  });
});
