/** A terminal of the gateway's page at a real agent: a program that draws, recorded where that is required, and refused where it cannot be. */
import assert from 'node:assert/strict';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Sessions } from '../../../agent/access/sessions/sessions.ts';
import { TowlineError } from '../../../core/errors.ts';
import { readRecordingLine } from '../../../core/recording/recording-line.ts';
import { DeviceLogin } from '../../../gateway/access/device-login.ts';
import { SessionTerminals } from '../../../gateway/portal/session-terminals.ts';
import { firstLine } from '../../../gateway/recordings/first-line.ts';
import { AccessRig } from '../../../lab/rig/access-rig.ts';
import { eventually } from '../../../lab/rig/eventually.ts';
import { device, openTunnel } from '../../../lab/rig/tunnel-fleet.ts';
import { Rig } from '../../../lab/rig/tunnel-rig.ts';
import { accessView } from '../../gateway/access/access-view.ts';
import { testDevice } from '../../gateway/rig/gateway.ts';
import { comes, makeAuditor, quietLog, RecordedDevice, storing } from '../../rig/recorded-device.ts';
import { type Page, TerminalServer } from './terminal-server.ts';

const services = [{ app: 'shop', service: 'web' }];
const viaGateway = { operators: ['alice'], services: ['shop.web'] };

describe('a terminal of the gateway’s page at a real agent', { timeout: 600_000 }, () => {
  let rig: Rig;
  let own: AccessRig;
  let recorder: RecordedDevice;
  let server: TerminalServer;
  const disk = { isFull: false };
  before(async () => {
    own = await AccessRig.start({
      keeper: access =>
        new Sessions({
          ...{ device, access, nowMs: () => Date.now(), log: quietLog },
          recordings: async () => {
            if (disk.isFull) throw new TowlineError('RECORDING_NOT_KEPT', 'the disk is full');
            return recorder.recordings;
          },
        }),
    });
    rig = await Rig.start({ accessKeyFile: join(own.folder, 'gateway') });
    recorder = await RecordedDevice.make(testDevice(device), undefined, undefined, {
      ...{ fleet: 'test', dialler: storing(rig.recordings, device) },
    });
    // The agent's server and its tunnel have one key.
    for (const end of ['', '.pub'])
      await cp(join(own.folder, `device${end}`), join(rig.folder, `device${end}`));
    for (const end of ['', '.pub'])
      await cp(join(rig.folder, `alice${end}`), join(own.folder, `alice${end}`));
    const { publicKey } = await makeAuditor();
    const access = { services, viaGateway, record: 'required', auditors: [publicKey] } as const;
    await own.use({ access, gatewayKeys: ['gateway'] });
    await own.container('shop', 'web');
    const tunnel = openTunnel({});
    rig.view.publish(await accessView(rig.folder, { access, tunnel }));
    const agent = await rig.agent({ server: own.server });
    await agent.open(tunnel, AbortSignal.timeout(400_000));
    await eventually(() => rig.tunnels.list().length === 1);
    const audit = { write: (event: (typeof rig.audits)[number]) => void rig.audits.push(event) };
    const keyFile = join(own.folder, 'gateway');
    const login = await DeviceLogin.open({ ...rig, keyFile, log: quietLog });
    server = await TerminalServer.start(new SessionTerminals({ ...rig, login, audit }));
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    await rig[Symbol.asyncDispose]();
    await own[Symbol.asyncDispose]();
    await recorder[Symbol.asyncDispose]();
  });
  const come = async (): Promise<Page> => {
    const page = await server.page(server.viewer('alice'), { device, name: 'web', columns: 91, rows: 31 });
    await eventually(() => page.words.length > 0 || page.isClosed);
    assert.deepEqual(page.words[0], { opened: true });
    return page;
  };

  test('vi writes a file, sizes go through, and the exit code comes back; the session is recorded as one by the gateway', async () => {
    const page = await come();
    await eventually(() => page.text.includes('this session is recorded'));
    page.link.type('vi /note\n');
    for (const [typed, shown] of [
      ['', /- \/note/],
      ['i', /I \/note/],
      ['one line', /one line/],
      ['\u001b', /- \/note \[modified\]/i],
      [':wq\r', /'\/note' 1L/],
      ['cat /note; stty size\n', /one line\r\n31 91/],
    ] as const) {
      page.link.type(typed);
      await eventually(() => shown.test(page.text));
    }
    page.link.resize(100, 40);
    page.link.type('stty size\n');
    await eventually(() => page.text.includes('40 100'));
    page.link.type('exit 9\n');
    await eventually(() => page.isClosed);
    assert.deepEqual(page.words.at(-1), { ended: { exitCode: 9 } });
    await comes(async () => (await rig.recordings.names(device)).length === 1);
    const [recording = ''] = await rig.recordings.names(device);
    const file = await rig.recordings.find(device, recording);
    const head = readRecordingLine((await firstLine(file ?? '')) ?? '');
    assert.ok(head.kind === 'head');
    const { operator, by, app, service } = head.head;
    assert.deepEqual([operator, by, app, service], ['alice', 'gateway', 'shop', 'web']);
  });

  test('is refused with the device’s own words where it has to be recorded and cannot be', async () => {
    disk.isFull = true;
    const page = await come();
    await eventually(() => page.isClosed);
    assert.match(page.text, /the disk is full/);
    assert.deepEqual(page.words.at(-1), { ended: { exitCode: 255 } });
    disk.isFull = false;
  });
});
