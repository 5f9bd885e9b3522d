/** `towline portal` and a device behind a real gateway: its terminal, and how that ends. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { WebSocket } from 'ws';
import { eventually } from '../../../lab/rig/eventually.ts';
import { PortalClient } from '../../portal/rig/portal-client.ts';
import { loggedInAt, PortalProgram } from '../../portal/rig/portal-program.ts';
import { Page } from '../../portal/terminal/terminal-server.ts';
import { type Desk, TunnelFleet } from '../tunnel/tunnel-desk.ts';

const device = 'visit-1';

describe('a terminal of `towline portal`', { timeout: 600_000 }, () => {
  let fleet: TunnelFleet;
  let desk: Desk;
  const portal = new PortalProgram();
  let folder: string;
  let page: PortalClient;
  before(async () => {
    fleet = await TunnelFleet.start({ devices: [device, 'visit-2'] });
    await fleet.agent(device);
    desk = await fleet.desk('alice');
    const opened = await desk.does('tunnel', 'open', device, '--for', '1h', '--reason', 'INC-1');
    assert.equal(opened.code, 0, opened.errors);
    folder = await mkdtemp(path.join(tmpdir(), 'tl-visit-'));
    const environment = { ...desk.environment, TMPDIR: folder };
    page = await loggedInAt(await portal.start({ directory: desk.directory, environment }));
  });
  after(async () => {
    await portal.stop('SIGKILL');
    await fleet[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });
  const open = (ticket: string, origin = page.origin): WebSocket => {
    const url = `${page.origin.replace('http', 'ws')}/api/v1/terminals/${ticket}`;
    return new WebSocket(url, { origin }).on('error', () => undefined);
  };
  /** Known hosts, configurations and sockets of ssh. */
  const folders = () => readdirSync(folder).filter(name => name.startsWith('towline-ssh-'));

  test('a closed tunnel is not opened by it; an open one leads to the device’s own menu, end to end', async () => {
    assert.equal((await page.post('/terminals', { device: 'visit-2' })).code, 'GATEWAY_TUNNEL_CLOSED');
    assert.equal((await page.post('/terminals', { device: 'visit-9' })).code, 'PORTAL_NOT_FOUND');
    const asked = await page.post('/terminals', { device });
    assert.equal(asked.status, 201, asked.text);
    const terminal = new Page(open(String(asked.json.ticket)));
    await eventually(() => terminal.isClosed);
    assert.match(terminal.text, /Hello alice/);
    assert.deepEqual(terminal.words, [{ opened: true }, { ended: { exitCode: 0 } }]);
    await eventually(() => folders().length === 0);
  });

  test('another page, or another user, opens none', async () => {
    const { json } = await page.post('/terminals', { device });
    const ticket = String(json.ticket);
    assert.equal(await Page.outcome(open(ticket, 'http://127.0.0.1:1')), 'PORTAL_FOREIGN_ORIGIN');
    assert.equal(await Page.outcome(open('A'.repeat(22))), 'PORTAL_NOT_FOUND');
    const stranger = new PortalClient({ origin: page.origin, port: page.port });
    assert.equal((await stranger.post('/terminals', { device })).code, 'PORTAL_LOGIN_NEEDED');
  });

  test('Ctrl-C ends what is open, and leaves nothing of it behind', async () => {
    const { json } = await page.post('/terminals', { device });
    const terminal = new Page(open(String(json.ticket)));
    await eventually(() => folders().length > 0 || terminal.isClosed);
    await portal.stop('SIGINT');
    await eventually(() => terminal.isClosed && folders().length === 0);
  });
});
