/** Attacks on the page and its API over HTTP, by name: a browser that another page steers, a name that leads here, addresses that lie. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { TowlineError } from '../../../core/errors.ts';
import type { Endpoint } from '../../../portal/server/endpoint.ts';
import type { PortalAsking, PortalClient } from '../rig/portal-client.ts';
import { ServedPortal } from '../rig/served-portal.ts';

describe('against the portal', () => {
  let portal: ServedPortal;
  let client: PortalClient;
  const done: string[] = [];
  const answer: Endpoint['answer'] = async exchange => {
    done.push(`${exchange.request.method} ${exchange.target.path}`);
    await exchange.json({
      parameters: exchange.parameters,
      query: Object.fromEntries(exchange.target.query),
    });
  };
  const endpoints: Endpoint[] = [
    { method: 'GET', path: '/devices/{device}', answer },
    { method: 'POST', path: '/changes', answer },
    { method: 'DELETE', path: '/changes/{change}', answer },
    {
      ...{ method: 'GET', path: '/login/oidc', open: true },
      answer: () => Promise.reject(new TowlineError('LOGIN_PROVIDER', "ENOENT: open '/etc/towline/secret'")),
    },
  ];
  before(async () => {
    portal = await ServedPortal.start({
      endpoints,
      upgrades: [{ path: '/terminals/{ticket}', take: async ({ socket }) => void socket.end('taken') }],
    });
    client = portal.logIn('alice');
  });
  after(() => portal[Symbol.asyncDispose]());

  const refused = async (path: string, asking: PortalAsking, code: string) => {
    const before = done.length;
    const { status, code: found } = await client.ask(path, asking);
    assert.equal(found, code, path);
    assert.ok(status >= 400);
    assert.equal(done.length, before, 'nothing was done');
  };

  test('DNS rebinding: another name in Host is answered nowhere, not even with the page', async () => {
    const hosts = ['evil.example', `localhost:${portal.port}`, '127.0.0.1', `127.0.0.1.:${portal.port}`];
    for (const host of hosts)
      for (const path of ['/', '/assets/main-1.js', '/api/v1/devices/pump-1', '/api/v1/live?ids=a'])
        await refused(path, { headers: { host } }, 'PORTAL_FOREIGN_HOST');
    assert.equal((await client.ask('/')).status, 200);
  });

  test('CSRF: a change that another page has the browser send is not made', async () => {
    const post = (headers: NonNullable<PortalAsking['headers']>) =>
      refused('/api/v1/changes', { method: 'POST', body: {}, headers }, 'PORTAL_FOREIGN_ORIGIN');
    for (const origin of ['https://evil.example', 'null', `http://localhost:${portal.port}`, undefined])
      await post({ origin });
    for (const site of ['cross-site', 'same-site', 'none']) await post({ 'sec-fetch-site': site });
    // What a form can send.
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', undefined])
      await post({ 'content-type': type });
    await post({ 'content-type': 'text/plain;application/json' });
    for (const token of [undefined, '', 'x', 'csrf-bob-1']) await post({ 'x-towline-csrf': token });
    await refused(
      '/api/v1/changes/abc',
      { method: 'DELETE', headers: { origin: 'https://evil.example' } },
      'PORTAL_FOREIGN_ORIGIN',
    );
    assert.equal((await client.post('/changes', {})).status, 200);
  });

  test('CSRF: nothing is changed by a GET, whatever method it asks to be', async () => {
    await refused('/api/v1/changes', {}, 'PORTAL_METHOD');
    await refused(
      '/api/v1/changes?method=POST',
      { headers: { 'x-http-method-override': 'POST' } },
      'PORTAL_METHOD',
    );
    for (const method of ['PUT', 'PATCH'])
      await refused('/api/v1/changes', { method, body: {} }, 'PORTAL_METHOD');
  });

  test('another page reads nothing: neither by CORS nor by what it embeds', async () => {
    for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }])
      await refused('/api/v1/devices/pump-1', { headers }, 'PORTAL_FOREIGN_ORIGIN');
    const { headers } = await client.api('/devices/pump-1');
    assert.equal(headers['access-control-allow-origin'], undefined);
    assert.equal(headers['cross-origin-resource-policy'], 'same-origin');
    assert.equal(headers['cache-control'], 'no-store');
  });

  test('clickjacking: the page shows itself in no frame', async () => {
    for (const destination of ['iframe', 'frame', 'embed', 'object', 'fencedframe'])
      await refused('/', { headers: { 'sec-fetch-dest': destination } }, 'PORTAL_FOREIGN_ORIGIN');
    const { headers } = await client.ask('/');
    assert.match(String(headers['content-security-policy']), /frame-ancestors 'none'/);
    assert.equal(headers['x-frame-options'], 'DENY');
  });

  test('a page that is told to load something loads it from here alone, and runs no text as a program', async () => {
    const policy = String((await client.ask('/devices/pump-1')).headers['content-security-policy']);
    assert.match(policy, /default-src 'none'; script-src 'self'; style-src 'self';/);
    assert.match(policy, /require-trusted-types-for 'script'; trusted-types 'none'/);
    assert.doesNotMatch(policy, /unsafe|https?:|\*/);
    const terminal = String(
      (await client.ask('/devices/pump-1/terminal')).headers['content-security-policy'],
    );
    assert.match(terminal, /style-src 'self' 'unsafe-inline'/);
    assert.match(terminal, /script-src 'self';/);
  });

  test('addresses that confuse: `..`, escapes, other alphabets and long ones reach nothing', async () => {
    const bare = ['/api/v1/devices/..', '/api/v1/devices/%2e%2e', '/api/v1/devices/pump-1%2f..%2fpump-2'];
    const odd = [
      '/api/v1/devices/Pump-1',
      '/api/v1/devices/pump_1',
      '/api/v1/devices/pump-1%00',
      '//api/v1/me',
    ];
    const more = [
      '/api/v1/../v1/devices/pump-1',
      '/api/v1/devices//pump-1',
      '/api/v2/devices/pump-1',
      '/api',
    ];
    const long = [`/api/v1/devices/${'a'.repeat(64)}`, `/api/v1/devices/${'a'.repeat(300)}`];
    for (const path of [
      ...bare,
      ...odd,
      ...more,
      ...long,
      '/api/v1/devices/__proto__',
      '/api/v1/constructor',
    ])
      await refused(path, {}, 'PORTAL_NOT_FOUND');
    await refused(`/api/v1/devices/${'a'.repeat(9000)}`, {}, 'PORTAL_TOO_LARGE');
    await refused('/api/v1/devices/pump-1?q=a&q=b', {}, 'PORTAL_NOT_FOUND');
    await refused('/assets/..%2f..%2fpackage.json', {}, 'PORTAL_NOT_FOUND');
    await refused('/assets/constructor', {}, 'PORTAL_NOT_FOUND');
  });

  test('without a login there is nothing: no device, no stream, and no word whether it is there', async () => {
    const stranger = portal.client();
    for (const path of ['/devices/pump-1', '/devices/none', '/live?ids=pump-1', '/live?device=pump-1'])
      assert.equal((await stranger.api(path)).code, 'PORTAL_LOGIN_NEEDED', path);
    assert.equal((await stranger.post('/changes', {})).code, 'PORTAL_LOGIN_NEEDED');
  });

  test('bodies that are too long, too deep or no JSON are read no further', async () => {
    const send = (body: unknown) => client.post('/changes', body);
    assert.equal((await send({ text: 'a'.repeat(70_000) })).code, 'PORTAL_TOO_LARGE');
    let deep: unknown = 1;
    for (let at = 0; at < 40; at += 1) deep = [deep];
    assert.equal((await send(deep)).code, 'PORTAL_MALFORMED');
    assert.equal((await send(undefined)).status, 200);
  });

  test('a request that brings what nobody reads is answered, and its connection ends', async () => {
    const socket = connect(portal.port, '127.0.0.1');
    const head = `Host: ${new URL(portal.origin).host}\r\nContent-Length: 1000000\r\n\r\n`;
    socket.write(`GET /api/v1/devices/pump-1 HTTP/1.1\r\n${head}`);
    let answer = '';
    socket.on('data', (bytes: Buffer) => {
      answer += bytes.toString('latin1');
    });
    await once(socket, 'close');
    assert.match(answer, /^HTTP\/1\.1 400 [\s\S]*Connection: close[\s\S]*PORTAL_MALFORMED/i);
  });

  test('a WebSocket that another page opens, or that leads nowhere, is refused before it is one', async () => {
    const open = async (path: string, headers: Readonly<Record<string, string>> = {}) => {
      const socket = connect(portal.port, '127.0.0.1');
      const all = {
        ...{ host: new URL(portal.origin).host, origin: portal.origin, connection: 'upgrade' },
        ...{
          upgrade: 'websocket',
          'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
          'sec-websocket-version': '13',
        },
        ...headers,
      };
      const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
      socket.write(`GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
      const [first] = (await once(socket, 'data')) as [Buffer];
      socket.destroy();
      return first.toString('latin1').split('\r\n')[0];
    };
    const ticket = `/api/v1/terminals/${'a'.repeat(32)}`;
    assert.match((await open(ticket, { origin: 'https://evil.example' })) ?? '', /403 PORTAL_FOREIGN_ORIGIN/);
    assert.match((await open(ticket, { host: 'evil.example' })) ?? '', /421 PORTAL_FOREIGN_HOST/);
    assert.match((await open(ticket, { 'sec-fetch-site': 'cross-site' })) ?? '', /403/);
    assert.match((await open('/api/v1/terminals/..')) ?? '', /404 PORTAL_NOT_FOUND/);
    assert.match((await open('/api/v1/devices/pump-1')) ?? '', /404 PORTAL_NOT_FOUND/);
    assert.equal(await open(ticket), 'taken');
  });

  test('an error tells nothing of the inside, and is shown as what it is', async () => {
    const { json, headers } = await client.ask('/api/v1/none');
    assert.deepEqual(Object.keys(json.error as object), ['code', 'message', 'remedy']);
    assert.equal(headers['content-type'], 'application/json; charset=utf-8');
    assert.equal(headers['x-content-type-options'], 'nosniff');
    const inner = await portal.client().api('/login/oidc');
    assert.equal(inner.code, 'LOGIN_PROVIDER');
    assert.doesNotMatch(inner.text, /ENOENT|secret/);
  });
});
