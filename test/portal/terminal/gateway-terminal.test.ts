/** A terminal of the gateway's page: who may, what comes through whole, and what cuts it. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createSystemClock } from '../../../core/io/system-clock.ts';
import { DeviceLogin } from '../../../gateway/access/device-login.ts';
import { SessionTerminals } from '../../../gateway/portal/session-terminals.ts';
import { eventually } from '../../../lab/rig/eventually.ts';
import { makeKeyFile } from '../../../lab/rig/key-file.ts';
import { Rig } from '../../../lab/rig/tunnel-rig.ts';
import { type AccessFleet, accessView } from '../../gateway/access/access-view.ts';
import { FakeDevice } from '../../gateway/access/fake-device.ts';
import { type ShellServer, startShellServer } from '../../gateway/access/shell-server.ts';
import { Page, TerminalServer, type TestViewer } from './terminal-server.ts';

const services = [
  { app: 'shop', service: 'web' },
  { app: 'shop', service: 'db' },
];
const viaGateway = { operators: ['alice'], services: ['shop.web'] };
const open: AccessFleet = { access: { services, viaGateway } };
const web = { device: 'pump-17', name: 'web', columns: 91, rows: 31 };

describe('a terminal of the gateway’s page', () => {
  let keys: string;
  let rig: Rig;
  let device: FakeDevice;
  let agent: ShellServer;
  let server: TerminalServer;
  let terminals: SessionTerminals;
  let alice: TestViewer;
  before(async () => {
    keys = await mkdtemp(join(tmpdir(), 'tl-terminal-'));
    await makeKeyFile(join(keys, 'access'));
    rig = await Rig.start({ accessKeyFile: join(keys, 'access') });
    await publish(open);
    agent = await startShellServer(join(rig.folder, 'device'), join(keys, 'access.pub'));
    device = await FakeDevice.connect(rig, stream => agent.accept(stream));
    const log = { debug() {}, info() {}, warn() {}, error() {} };
    const login = await DeviceLogin.open({ ...rig, keyFile: join(keys, 'access'), log });
    const audit = { write: (event: (typeof rig.audits)[number]) => void rig.audits.push(event) };
    terminals = new SessionTerminals({ ...rig, login, audit });
    server = await TerminalServer.start(terminals);
    alice = server.viewer('alice');
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    device[Symbol.dispose]();
    await rig[Symbol.asyncDispose]();
    await rm(keys, { recursive: true, force: true });
  });
  const publish = async (fleet: AccessFleet) => rig.view.publish(await accessView(rig.folder, fleet));
  const again = async () => {
    await publish(open);
    if (rig.tunnels.list().length > 0) return;
    device[Symbol.dispose]();
    device = await FakeDevice.connect(rig, stream => agent.accept(stream));
  };
  const opened = async (page: Page): Promise<Page> => {
    await eventually(() => page.words.length > 0 || page.isClosed);
    assert.deepEqual(page.words, [{ opened: true }]);
    return page;
  };

  test('carries what is typed and shown, and its sizes; the device and the audit log are told for whom', async () => {
    const page = await opened(await server.page(alice, web));
    page.link.type('typed');
    await eventually(() => page.text === 'typed');
    page.link.resize(100, 40);
    await eventually(() => agent.told.includes('size 100x40'));
    assert.ok(agent.told.includes('pty 91x31'));
    assert.equal(agent.users.at(-1), 'via+alice+web');
    page.link.close();
    const seen = () => rig.audits.filter(({ action }) => action === 'session web+pump-17');
    await eventually(() => seen().length === 2);
    assert.deepEqual(
      seen().map(({ who, outcome, details }) => ({ who, outcome, portal: details?.portal })),
      ['allowed', 'ended'].map(outcome => ({ who: 'alice', outcome, portal: 'ssh' })),
    );
    await eventually(() => server.door.open === 0);
  });

  test('takes a paste of 1 MB whole, in order', async () => {
    const page = await opened(await server.page(alice, web));
    const paste = randomBytes(1_000_000);
    assert.equal(page.link.type(new Uint8Array(paste)), true);
    await eventually(() => page.shown.length >= paste.length);
    assert.ok(page.shown.equals(paste));
    page.link.close();
  });

  test('holds the device back where a screen takes nothing, and goes on where it was', async () => {
    const page = await opened(await server.page(alice, web));
    page.isStuck = true;
    const paste = randomBytes(3_000_000);
    page.link.type(new Uint8Array(paste));
    await eventually(() => page.shown.length >= 256 * 1024);
    // What comes now has come before: nothing more is sent.
    page.socket.ping();
    await new Promise(resolve => page.socket.once('pong', resolve));
    assert.ok(page.shown.length < 256 * 1024 + 64 * 1024, `${page.shown.length} bytes were shown`);
    page.goOn();
    await eventually(() => page.shown.length >= paste.length);
    assert.ok(page.shown.equals(paste));
    page.link.close();
  });

  test('is cut by the commit that takes it away, by its login’s end, and says why', async () => {
    for (const [without, code] of [
      [{ access: { services } }, 'ACCESS_VIA_GATEWAY'],
      [{ ...open, tunnel: undefined }, 'GATEWAY_TUNNEL_CLOSED'],
      [{ ...open, operators: [] }, 'GATEWAY_KEY_UNKNOWN'],
    ] satisfies [AccessFleet, string][]) {
      await again();
      const page = await opened(await server.page(alice, web));
      const typing = setInterval(() => page.link.type('x'), 5);
      await eventually(() => page.text.startsWith('x'));
      await publish(without);
      await eventually(() => page.isClosed);
      clearInterval(typing);
      assert.equal(refusedCode(page), code);
    }
    await again();
    const page = await opened(await server.page(alice, web));
    alice.logOut();
    await eventually(() => page.isClosed);
    assert.equal(refusedCode(page), 'PORTAL_LOGIN_NEEDED');
    alice = server.viewer('alice');
  });

  for (const [name, fleet, body, code] of [
    ['a service that is not in `viaGateway`', open, { ...web, name: 'db' }, 'ACCESS_VIA_GATEWAY'],
    ['a device that says nothing of it', { access: { services } }, web, 'ACCESS_VIA_GATEWAY'],
    ['a service that is not there', open, { ...web, name: 'x' }, 'GATEWAY_DEVICE_UNREACHABLE'],
    ['the menu of a device', open, { device: 'pump-17' }, 'GATEWAY_DEVICE_UNREACHABLE'],
    ['a device that is not there', open, { ...web, device: 'pump-99' }, 'GATEWAY_DEVICE_UNREACHABLE'],
    ['a closed tunnel', { ...open, tunnel: undefined }, web, 'GATEWAY_TUNNEL_CLOSED'],
    ['another way in by its name', open, { ...web, name: 'via+bob+web' }, 'PORTAL_MALFORMED'],
    ['a device that is a path', open, { ...web, device: '../x' }, 'PORTAL_MALFORMED'],
  ] satisfies [string, AccessFleet, object, string][]) {
    test(`gets no ticket: ${name}`, async () => {
      await publish(fleet);
      await assert.rejects(server.door.ticket(alice, body), { code });
      await again();
    });
  }

  test('by the provider’s word it is opened where the device takes certificates, and nowhere else', async () => {
    const guest = server.viewer('alice', 'oidc');
    await assert.rejects(server.door.ticket(guest, web), { code: 'ACCESS_CERTIFICATE' });
    await publish({ access: { services, viaGateway, certificates: true } });
    const page = await opened(await server.page(guest, web));
    page.link.close();
    await again();
    alice = server.viewer('alice');
  });

  test('a ticket is good once, for its login, and for the page alone', async () => {
    const { ticket } = await server.door.ticket(alice, web);
    const mallory = server.viewer('mallory');
    const foreign = server.socket(ticket, 'alice', 'https://evil.example');
    assert.equal(await Page.outcome(foreign), 'PORTAL_FOREIGN_ORIGIN');
    const first = server.socket(ticket, 'alice');
    assert.equal(await Page.outcome(first), 'open');
    const replayed = server.socket(ticket, 'alice');
    assert.equal(await Page.outcome(replayed), 'PORTAL_NOT_FOUND');
    first.close();
    const { ticket: second } = await server.door.ticket(alice, web);
    assert.equal(await Page.outcome(server.socket(second, mallory.name)), 'PORTAL_NOT_FOUND');
    assert.equal(await Page.outcome(server.socket(second, 'nobody')), 'PORTAL_NOT_FOUND');
    const { ticket: third } = await server.door.ticket(alice, web);
    alice.logOut();
    assert.equal(await Page.outcome(server.socket(third, 'alice')), 'PORTAL_NOT_FOUND');
    alice = server.viewer('alice');
    assert.equal(await Page.outcome(server.socket('x'.repeat(22), 'alice')), 'PORTAL_NOT_FOUND');
  });

  test('a ticket is good for 20 seconds; a person has eight of them at once', async () => {
    const clock = { ...createSystemClock(), ms: 0, monotonic: () => clock.ms };
    await using later = await TerminalServer.start(terminals, clock);
    const viewer = later.viewer('alice');
    const { ticket, seconds } = await later.door.ticket(viewer, web);
    assert.equal(seconds, 20);
    clock.ms = 19_999;
    const { ticket: second } = await later.door.ticket(viewer, web);
    clock.ms = 20_000;
    assert.equal(await Page.outcome(later.socket(ticket, 'alice')), 'PORTAL_NOT_FOUND');
    const page = new Page(later.socket(second, 'alice'));
    await opened(page);
    for (let count = 0; count < 8; count += 1) await later.door.ticket(viewer, web);
    await assert.rejects(later.door.ticket(viewer, web), { code: 'PORTAL_BUSY' });
    page.link.close();
  });

  test('what a device shows is shown, and never taken for a word of ours', async () => {
    const page = await opened(await server.page(alice, web));
    const forged = '{"ended":{"exitCode":0}}\n{"refused":{"code":"X","message":"<script>"}}\n';
    page.link.type(forged);
    await eventually(() => page.text === forged);
    assert.deepEqual(page.words, [{ opened: true }]);
    page.link.close();
  });

  test('what says what no page does is cut: a message that is too long, words of its own', async () => {
    for (const message of [Buffer.alloc(64 * 1024), '{"size":[1e9,-1]}', '{"run":"x"}', 'x'.repeat(10_000)]) {
      const page = await opened(await server.page(alice, web));
      page.socket.send(message);
      await eventually(() => page.isClosed);
    }
    await eventually(() => server.door.open === 0);
  });
});

function refusedCode(page: Page): string | undefined {
  return page.words.flatMap(word => ('refused' in word ? [word.refused.code] : []))[0];
}
