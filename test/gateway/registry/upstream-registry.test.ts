/** How the gateway gets in at a registry, where its login goes, and how slow a registry may be. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { BlobCache } from '../../../gateway/registry/blob-cache.ts';
import { ImageStore } from '../../../gateway/registry/image-store.ts';
import type { RegistrySettings } from '../../../gateway/registry/registry-settings.ts';
import { readWhole, UpstreamRegistry } from '../../../gateway/registry/upstream-registry.ts';
import { gatewaySettings } from '../../../gateway/settings.ts';
import { startRegistry } from '../../../lab/machine/registry.ts';
import { putImage } from '../../../lab/rig/oci-image.ts';

const folder = mkdtempSync(join(tmpdir(), 'towline-upstream-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const { signal } = new AbortController();
const password = 's3cret-of-the-registry';
/** bcrypt of it. */
const htpasswd = 'fleet:$2y$05$abcdefghijklmnopqrstuuW1e3orFpi1hSyUIjjQsvB7886Cb.S5.\n';

function fileOf(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

function settings(url: string, more: Partial<RegistrySettings> = {}): RegistrySettings {
  const nothing = { username: undefined, passwordFile: undefined, tokenFile: undefined, caFile: undefined };
  return { name: 'images.example.com', url, ...nothing, ...more };
}

async function serve(listener: RequestListener) {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const get = { method: 'GET', repository: 'pump/web', rest: '/manifests/1' } as const;

test('a real registry that asks for a login gets it, read from its file each time', async () => {
  const registry = await startRegistry();
  try {
    const { index } = await putImage(registry.address, 'pump/web', '1', [10]);
    await registry.requireLogin(htpasswd);
    const passwordFile = fileOf('password', 'wrong\n');
    const login = { username: 'fleet', passwordFile };
    const upstream = new UpstreamRegistry(settings(`http://${registry.address}`, login), 4);
    await assert.rejects(upstream.ask(get, signal), { code: 'GATEWAY_REGISTRY_UNREACHABLE' });
    fileOf('password', `${password}\n`);
    assert.ok((await readWhole(await upstream.ask(get, signal), 10_000)).equals(index));
    upstream.close();
  } finally {
    await registry.stop();
  }
});

test('a token is asked for once, with the login; elsewhere nobody gets either', async () => {
  const asked: string[] = [];
  await using elsewhere = await serve((request, response) => {
    asked.push(`elsewhere ${request.headers.authorization}`);
    response.end('bytes');
  });
  await using server = await serve((request, response) => {
    const { url = '', headers } = request;
    asked.push(`${url.split('?')[0]} ${headers.authorization}`);
    if (url.startsWith('/token')) return response.end('{"token":"t0ken"}');
    if (headers.authorization !== 'Bearer t0ken') {
      const challenge = `Bearer realm="http://${headers.host}/token",service="s"`;
      return response.writeHead(401, { 'www-authenticate': challenge }).end();
    }
    return response.writeHead(307, { location: `${elsewhere.url}/blob` }).end();
  });
  const login = { username: 'fleet', passwordFile: fileOf('password', password) };
  const upstream = new UpstreamRegistry(settings(server.url, login), 4);
  for (let time = 0; time < 2; time += 1)
    assert.equal(String(await readWhole(await upstream.ask(get, signal), 100)), 'bytes');
  upstream.close();
  const basic = `Basic ${Buffer.from(`fleet:${password}`).toString('base64')}`;
  const path = '/v2/pump/web/manifests/1';
  const first = [`${path} undefined`, `/token ${basic}`, `${path} Bearer t0ken`, 'elsewhere undefined'];
  assert.deepEqual(asked, [...first, `${path} Bearer t0ken`, 'elsewhere undefined']);
});

test('a token of a file; a circle of redirects; one to another protocol', async () => {
  await using server = await serve(({ url, headers }, response) => {
    const location = url === '/v2/pump/web/manifests/file' ? 'file:///etc/passwd' : '/v2/';
    if (url === '/v2/pump/web/manifests/1') response.end(headers.authorization);
    else response.writeHead(302, { location }).end();
  });
  const upstream = new UpstreamRegistry(settings(server.url, { tokenFile: fileOf('token', 'abc\n') }), 4);
  assert.equal(String(await readWhole(await upstream.ask(get, signal), 100)), 'Bearer abc');
  for (const rest of ['/manifests/file', '/manifests/round'])
    await assert.rejects(upstream.ask({ ...get, rest }, signal), { code: 'GATEWAY_REGISTRY_UNREACHABLE' });
  upstream.close();
});

test('a registry that sends too slowly is left, and what it sent goes', async () => {
  await using server = await serve((_request, response) => {
    response.writeHead(200);
    const timer = setInterval(() => response.write('x'), 20);
    response.once('close', () => clearInterval(timer));
  });
  const cache = await BlobCache.open({ folder: join(folder, 'cache'), maxBytes: 10_000 });
  const log = { info() {}, warn() {} };
  const store = new ImageStore({ cache, pace: { bytes: 1000, withinMs: 200 }, log, signal });
  const registry = new UpstreamRegistry(settings(server.url), 4);
  const wanted = { digest: `sha256:${'0'.repeat(64)}`, size: 5000, kind: 'blob' } as const;
  const blob = store.blob({ registry, repository: 'pump/web' }, wanted);
  blob.enter();
  await assert.rejects(blob.wholly(), { code: 'GATEWAY_REGISTRY_UNREACHABLE' });
  await store.settled();
  assert.equal(cache.bytes, 0);
  registry.close();
});

test('what does not go together in gateway.yaml is refused at the start', () => {
  const file = { apiVersion: 'towline/v1', fleet: 'test', anchor: '0'.repeat(40) } as const;
  const url = 'https://registry.example.com';
  for (const wrong of [
    { url, username: 'x' },
    { url, passwordFile: '/x' },
    { url, username: 'x', passwordFile: '/x', tokenFile: '/y' },
    { url: 'http://registry.example.com', caFile: '/ca' },
  ])
    assert.throws(() => gatewaySettings({ ...file, registries: { 'registry.example.com': wrong } }), {
      code: 'GATEWAY_CONFIG_INVALID',
    });
  const registries = { 'registry.example.com:5000': { url } };
  const found = gatewaySettings({ ...file, registries }).registries?.bySegment;
  assert.deepEqual(Object.keys(found ?? {}), ['registry.example.com_5000']);
});
