/** WebSockets of terminals at a real gateway: who has no login, no ticket, another's, a used one, or comes from another page. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { WebSocket } from 'ws';
import { eventually } from '../../../lab/rig/eventually.ts';
import { makeKeyFile } from '../../../lab/rig/key-file.ts';
import { makeSshKey, type SshKey } from '../../../lab/rig/keys.ts';
import { testDevice } from '../../gateway/rig/gateway.ts';
import { deviceFile } from '../../gateway/rig/program.ts';
import type { PortalClient } from '../rig/portal-client.ts';
import { PortalGateway, portalOrigin } from '../rig/portal-gateway.ts';
import { Page } from './terminal-server.ts';

const device = testDevice('pump-1');
const wish = { device: 'pump-1', name: 'web' };

describe('a WebSocket of a terminal', { timeout: 600_000 }, () => {
  let portal: PortalGateway;
  let keys: string;
  let people: Readonly<Record<'bob' | 'carol', SshKey>>;
  let bob: PortalClient;
  let carol: PortalClient;
  const operator = (who: keyof typeof people) => ({
    [`operators/${who}.yaml`]: `apiVersion: towline/v1\nsshKeys: ["${people[who].publicKey}"]\ntunnels: [{ all: true }]\n`,
  });
  const files = (until: string) => {
    const access =
      '{ services: [{ app: shop, service: web }], viaGateway: { operators: [bob, carol], services: [shop.web] } }';
    const tunnel = `{ state: open, until: "${until}", reason: a test }`;
    return {
      [`devices/${device.id}.yaml`]: deviceFile(device, [`tunnel: ${tunnel}`, `access: ${access}`]),
    };
  };
  before(async () => {
    keys = await mkdtemp(join(tmpdir(), 'tl-sockets-'));
    await makeKeyFile(join(keys, 'access'));
    people = { bob: await makeSshKey(), carol: await makeSshKey() };
    portal = await PortalGateway.start([device], [], `access: { keyFile: ${join(keys, 'access')} }\n`);
    const until = new Date(Date.now() + 3_600_000).toISOString();
    await portal.commit({ ...operator('bob'), ...operator('carol'), ...files(until) });
    [bob, carol] = [await portal.loggedIn(people.bob), await portal.loggedIn(people.carol)];
  });
  after(async () => {
    await portal[Symbol.asyncDispose]();
    await Promise.all([people.bob.remove(), people.carol.remove()]);
    await rm(keys, { recursive: true, force: true });
  });
  const ticketOf = async (client: PortalClient): Promise<string> => {
    const { json, status, text } = await client.post('/terminals', wish);
    assert.equal(status, 201, text);
    assert.ok(Date.parse(String(json.expires)) > Date.now());
    return String(json.ticket);
  };
  const open = (
    path: string,
    client: PortalClient | undefined,
    headers: Readonly<Record<string, string>> = {},
  ): WebSocket => {
    const cookie = [...(client?.cookies ?? [])].map(([name, value]) => `${name}=${value}`).join('; ');
    const socket = new WebSocket(`wss://127.0.0.1:${portal.port}/api/v1/terminals/${path}`, {
      ...{ ca: portal.certificate, servername: 'portal.example.com', checkServerIdentity: () => undefined },
      headers: {
        ...{ host: new URL(portalOrigin).host, origin: portalOrigin, 'sec-fetch-site': 'same-origin' },
        ...(cookie === '' ? {} : { cookie }),
        ...headers,
      },
    });
    return socket.on('error', () => undefined);
  };
  const outcome = async (...asked: Parameters<typeof open>): Promise<string> => {
    const socket = open(...asked);
    const said = await Page.outcome(socket);
    socket.terminate();
    return said;
  };

  test('opens for who has the ticket and the login, and says that the device is not there', async () => {
    const page = new Page(open(await ticketOf(bob), bob));
    await eventually(() => page.isClosed);
    assert.match(JSON.stringify(page.words), /^\[\{"refused":\{"code":"TUNNEL_NOT_CONNECTED".*"remedy":"/);
    const lines = portal.fleet.audited().filter(({ action }) => action === 'session web+pump-1');
    assert.deepEqual(
      lines.map(({ who, outcome: was, code }) => [who, was, code]),
      [['bob', 'refused', 'TUNNEL_NOT_CONNECTED']],
    );
  });

  test('without a login, with another’s, or with a ticket that was used: one answer', async () => {
    assert.equal(await outcome(await ticketOf(bob), undefined), 'PORTAL_NOT_FOUND');
    assert.equal(await outcome(await ticketOf(bob), carol), 'PORTAL_NOT_FOUND');
    const used = await ticketOf(bob);
    assert.equal(await outcome(used, bob), 'open');
    assert.equal(await outcome(used, bob), 'PORTAL_NOT_FOUND');
    for (const path of ['A'.repeat(22), '..', '%2e%2e', `${'A'.repeat(22)}/..`, 'x'.repeat(4000)])
      assert.equal(await outcome(path, bob), 'PORTAL_NOT_FOUND', path);
  });

  test('from another page, under another name, or by none', async () => {
    for (const [headers, code] of [
      [{ origin: 'https://evil.example' }, 'PORTAL_FOREIGN_ORIGIN'],
      [{ origin: `${portalOrigin}.evil.example` }, 'PORTAL_FOREIGN_ORIGIN'],
      [{ origin: 'null' }, 'PORTAL_FOREIGN_ORIGIN'],
      [{ 'sec-fetch-site': 'same-site' }, 'PORTAL_FOREIGN_ORIGIN'],
      [{ host: 'evil.example' }, 'PORTAL_FOREIGN_HOST'],
    ] as const)
      assert.equal(await outcome(await ticketOf(bob), bob, headers), code, JSON.stringify(headers));
  });

  test('no ticket without a login, without the page’s own token, or for somebody whom the device does not name', async () => {
    assert.equal((await portal.client().post('/terminals', wish)).code, 'PORTAL_LOGIN_NEEDED');
    const forged = await bob.post('/terminals', wish, { 'x-towline-csrf': 'x' });
    assert.equal(forged.code, 'PORTAL_FOREIGN_ORIGIN');
    const alice = await portal.loggedIn();
    const { code } = await alice.post('/terminals', wish);
    assert.ok(code === 'ACCESS_VIA_GATEWAY' || code === 'GATEWAY_DEVICE_UNREACHABLE', code);
    for (const body of [
      {},
      { device: 'pump-1/..' },
      { ...wish, name: 'via+x+y' },
      { ...wish, command: 'id' },
    ])
      assert.equal((await bob.post('/terminals', body)).code, 'PORTAL_MALFORMED', JSON.stringify(body));
  });

  test('a login that ends takes its tickets with it', async () => {
    const ticket = await ticketOf(carol);
    await portal.commit({ 'operators/carol.yaml': null });
    assert.equal(await outcome(ticket, carol), 'PORTAL_NOT_FOUND');
    assert.equal((await carol.post('/terminals', wish)).code, 'PORTAL_LOGIN_NEEDED');
  });
});
