import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import tls from 'node:tls';
import { makeDeviceKeys, tlsPublicKey } from '../../../../core/io/device-keys.ts';
import { connectThrough } from '../../../../core/io/https/http-proxy.ts';
import { createDialler } from '../../../../core/io/https/https-dialler.ts';
import { tlsPin } from '../../../../core/io/https/tls-pins.ts';

const never = new AbortController().signal;
const gatewayKeys = makeDeviceKeys('gateway');
const deviceKeys = makeDeviceKeys('device');
const pin = tlsPin(Buffer.from(tlsPublicKey(gatewayKeys), 'base64'));
const wanted = `Basic ${Buffer.from('user:s3cret pass').toString('base64')}`;
const logged: string[] = [];

let gateway: https.Server;
let proxy: http.Server;
let requests = 0;
/** What the proxy does with a connection once it has agreed to it. */
let serve: (client: net.Socket) => void;

async function listen(server: net.Server): Promise<string> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

let gatewayAddress: string;
let proxyAddress: string;

before(async () => {
  gateway = https.createServer(
    {
      key: gatewayKeys.tlsKey,
      cert: gatewayKeys.tlsCertificate,
      requestCert: true,
      rejectUnauthorized: false,
    },
    (_request, response) => {
      requests += 1;
      response.end('hello');
    },
  );
  gatewayAddress = await listen(gateway);
  proxy = http.createServer();
  proxy.on('connect', (request, socket: net.Socket) => {
    socket.on('error', () => {});
    if (request.headers['proxy-authorization'] !== wanted) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="x"\r\n\r\n');
      return;
    }
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    serve(socket);
  });
  proxyAddress = await listen(proxy);
});
beforeEach(() => {
  requests = 0;
  logged.length = 0;
  serve = client => {
    const target = net.connect(Number(gatewayAddress.split(':')[1]), '127.0.0.1');
    target.on('error', () => client.destroy());
    client.on('close', () => target.destroy());
    client.pipe(target).pipe(client);
  };
});
after(() => {
  for (const server of [gateway, proxy]) server.closeAllConnections();
  gateway.close();
  proxy.close();
});

/** One request by the real dialler through the proxy. @returns the answer, or what went wrong with all that was logged */
async function ask(credentials: string): Promise<string> {
  const note = (fields: object, message: string) => void logged.push(JSON.stringify(fields) + message);
  const dialler = createDialler({
    gateways: [{ address: gatewayAddress, tlsPins: [pin], sshHostKeys: [] }],
    key: deviceKeys.tlsKey,
    certificate: deviceKeys.tlsCertificate,
    proxy: `http://${credentials}${proxyAddress}`,
    log: { debug: note, warn: note },
  });
  try {
    const request = { method: 'GET', path: '/', timeoutMs: 5_000, maxBytes: 1_000 } as const;
    const { body } = await dialler.request(request, never);
    const chunks: Uint8Array[] = [];
    for await (const chunk of body) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  } finally {
    await dialler.close();
  }
}

test('a proxy that asks for credentials is given them, and the gateway is reached through it', async () => {
  assert.equal(await ask('user:s3cret%20pass@'), 'hello');
});

for (const [what, credentials] of [
  ['wrong', 'user:wr0ng@'],
  ['no', ''],
] as const) {
  test(`with ${what} credentials the proxy's refusal is told by its name, without the credentials`, async () => {
    const refused = await ask(credentials).catch((error: unknown) => error);
    assert.ok(refused instanceof Error && 'code' in refused && 'remedy' in refused);
    assert.equal(refused.code, 'AGENT_PROXY');
    assert.match(refused.message, /asks for credentials, or refuses those it was given \(407\)/);
    assert.doesNotMatch(JSON.stringify([refused, refused.message, refused.stack, logged]), /wr0ng|s3cret/);
    assert.equal(requests, 0);
  });
}

test('a proxy that asks for what is not spoken is told by that name', async () => {
  const kinds: readonly [headers: string, word: RegExp][] = [
    ['Proxy-Authenticate: NTLM\r\n', /asks for NTLM; only Basic is spoken to it, so it refused \(407\)/],
    ['Proxy-Authenticate: Negotiate\r\nproxy-authenticate: NTLM\r\n', /asks for Negotiate or NTLM;/],
    [
      'Proxy-Authenticate: Digest realm="a, Basic x", nonce="b", Negotiate\r\n',
      /asks for Digest or Negotiate;/,
    ],
    ['Proxy-Authenticate: Negotiate, Basic realm="x"\r\n', /asks for credentials, or refuses/],
    ['Proxy-Authenticate: basic\r\n', /asks for credentials, or refuses/],
    ['', /asks for credentials, or refuses/],
  ];
  for (const [headers, word] of kinds) {
    const server = net.createServer(socket => {
      socket.on('error', () => {});
      socket.once('data', () => socket.end(`HTTP/1.1 407 No\r\n${headers}\r\n`));
    });
    const [host = '', port] = (await listen(server)).split(':');
    const socket = net.connect(Number(port), host);
    const proxy = { host, port: Number(port), authorization: undefined };
    try {
      await assert.rejects(connectThrough(socket, proxy, 'gw:8443'), { code: 'AGENT_PROXY', message: word });
    } finally {
      socket.destroy();
      server.close();
    }
  }
});

test('a corporate root that intercepts TLS is refused with that word, although the machine trusts it', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'towline-root-'));
  const made = (name: string) => path.join(folder, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  openssl(
    'req',
    '-x509',
    ...newKey,
    '-subj',
    '/CN=Corporate root',
    '-keyout',
    made('root.key'),
    '-out',
    made('root.crt'),
  );
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const signed = ['-CA', made('root.crt'), '-CAkey', made('root.key')];
  openssl(
    'req',
    '-x509',
    ...newKey,
    ...subject,
    ...signed,
    '-keyout',
    made('leaf.key'),
    '-out',
    made('leaf.crt'),
  );
  const cert = Buffer.concat([readFileSync(made('leaf.crt')), readFileSync(made('root.crt'))]);
  const key = readFileSync(made('leaf.key'));
  const trustedBefore = tls.getCACertificates('default');
  const told: Buffer[] = [];
  const interceptor = tls.createServer({ key, cert, minVersion: 'TLSv1.3' }, socket => {
    socket.on('data', (chunk: Buffer) => void told.push(chunk)).on('error', () => {});
  });
  const address = await listen(interceptor);
  const [host = '', port = ''] = address.split(':');
  serve = client => {
    const way = net.connect(Number(port), host);
    way.on('error', () => client.destroy());
    client.on('close', () => way.destroy());
    client.pipe(way).pipe(client);
  };
  try {
    tls.setDefaultCACertificates([...trustedBefore, readFileSync(made('root.crt'), 'utf8')]);
    const ordinary = tls.connect({ host, port: Number(port) });
    await once(ordinary, 'secureConnect');
    assert.equal(ordinary.authorized, true, 'other programs of this machine are content');
    ordinary.destroy();
    await assert.rejects(ask('user:s3cret%20pass@'), {
      code: 'AGENT_GATEWAY_PIN',
      message: /which is not pinned: another host, or a proxy that intercepts TLS/,
    });
    assert.deepEqual([told, requests], [[], 0], 'not a byte was told');
  } finally {
    tls.setDefaultCACertificates(trustedBefore);
    interceptor.close();
    rmSync(folder, { recursive: true });
  }
});
