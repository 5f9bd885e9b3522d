/** `towline portal login`: the person's own key says who they are, and signs nothing that is another login. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createTlsServer } from 'node:https';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { portalChallengeText } from '../../../core/access/portal-login.ts';
import { makeSshKey } from '../../../lab/rig/keys.ts';
import { testDevice } from '../../gateway/rig/gateway.ts';
import { PortalGateway } from '../../portal/rig/portal-gateway.ts';
import { towlineProcess } from '../towline.ts';

describe('towline portal login', () => {
  let made: PortalGateway;
  before(async () => {
    const port = await freePort();
    made = await PortalGateway.start([testDevice('pump-1')], [], '', {
      origin: `https://localhost:${port}`,
      port,
    });
  });
  after(() => made[Symbol.asyncDispose]());
  const logIn = (address: string, key: string) =>
    towlineProcess(['portal', 'login', address, '--no-browser', '--json', '--key', key], {
      NODE_EXTRA_CA_CERTS: join(made.fleet.folder, 'portal.crt'),
    });

  test('gives an address that opens the page as the person, once', async () => {
    const { code, output, errors } = await logIn(made.origin, made.fleet.operator.file);
    assert.equal(code, 0, errors);
    const { address } = JSON.parse(output) as { address: string };
    const url = new URL(address);
    assert.equal(url.origin, made.origin);
    const page = made.client();
    const token = new URLSearchParams(url.hash.slice(1)).get('token');
    assert.equal((await page.post('/login/token', { token })).json.name, 'alice');
    assert.equal((await page.api('/me')).json.by, 'ssh');
  });

  test('says what is in the way, with its code', async () => {
    const key = await makeSshKey();
    const stranger = await logIn(made.origin, key.file);
    assert.match(stranger.errors, /PORTAL_LOGIN_REFUSED/);
    await key.remove();
    const plain = await logIn('http://portal.example.com', made.fleet.operator.file);
    assert.match(plain.errors, /CLI_USAGE/);
    const nobody = await logIn(`https://localhost:${await freePort()}`, made.fleet.operator.file);
    assert.match(nobody.errors, /CLI_GATEWAY_UNREACHABLE/);
  });

  test('signs no challenge of another page, of another form, or for another use', async () => {
    const { folder } = made.fleet;
    const texts = (origin: string) => [
      portalChallengeText({
        origin: made.origin,
        fleet: 'acme',
        nonce: 'A'.repeat(43),
        untilMs: Date.now() + 60_000,
      }),
      portalChallengeText({ origin, fleet: 'acme', nonce: 'A'.repeat(43), untilMs: Date.now() + 86_400_000 }),
      'tree 0123456789\nauthor alice\n\na commit\n',
      '',
    ];
    let next = 0;
    let origin = '';
    const asked: string[] = [];
    const server = createTlsServer(
      { cert: readFileSync(join(folder, 'portal.crt')), key: readFileSync(join(folder, 'portal.key')) },
      (request, response) => {
        asked.push(request.url ?? '');
        response.end(JSON.stringify({ id: 'x', text: texts(origin)[next] }));
      },
    ).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    origin = `https://localhost:${typeof address === 'object' && address !== null ? address.port : 0}`;
    for (next = 0; next < 4; next += 1) {
      const { code, errors } = await logIn(origin, made.fleet.operator.file);
      assert.notEqual(code, 0);
      assert.match(errors, /LOGIN_NOT_OFFERED/, String(next));
    }
    assert.deepEqual([...new Set(asked)], ['/api/v1/login/ssh/begin']);
    server.closeAllConnections();
    server.close();
  });
});

/** Of this machine, a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise(resolve => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
