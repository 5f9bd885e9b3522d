/** A login by a real OpenID provider (oidc-provider) at a real gateway, and each way in which it lets in nobody. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Browser, portalClient, RealProvider } from '../../gateway/certificates/provider.ts';
import { testDevice } from '../../gateway/rig/gateway.ts';
import type { PortalClient } from '../rig/portal-client.ts';
import { PortalGateway } from '../rig/portal-gateway.ts';

const sub = '248289761001';

describe('a person who comes by an OpenID provider', () => {
  let provider: RealProvider;
  let made: PortalGateway;
  before(async () => {
    provider = await RealProvider.start();
    const secret = join(tmpdir(), `towline-oidc-${process.pid}`);
    writeFileSync(secret, `${portalClient.secret}\n`, { mode: 0o600 });
    made = await PortalGateway.start(
      [testDevice('pump-1')],
      [
        ...['loginsPerMinute: 1000', 'oidc:', `  issuer: ${provider.issuer}`],
        ...[`  clientId: ${portalClient.id}`, `  clientSecretFile: ${secret}`],
      ],
    );
    await made.commitOperator([`oidc: [{ iss: "${provider.issuer}", sub: "${sub}" }]`]);
  });
  after(async () => {
    await made[Symbol.asyncDispose]();
    await provider[Symbol.asyncDispose]();
  });

  /** @returns the way back, as the browser is sent it */
  const goThere = async (client: PortalClient, as = sub): Promise<string> => {
    const sent = await client.api('/login/oidc');
    assert.equal(sent.status, 303);
    const { url } = await new Browser(as).visit(String(sent.headers.location));
    assert.equal(url.origin + url.pathname, portalClient.back);
    return url.pathname + url.search;
  };
  const navigated = {
    'sec-fetch-site': 'cross-site',
    'sec-fetch-mode': 'navigate',
    'sec-fetch-dest': 'document',
  };
  const comeBack = (client: PortalClient, path: string) => client.ask(path, { headers: navigated });

  test('is who their operator file says, and reads; they push and sign nothing', async () => {
    const client = made.client();
    const { json } = await client.api('/login/ways');
    assert.match(JSON.stringify(json), /"way":"oidc","open":true/);
    const back = await comeBack(client, await goThere(client));
    assert.deepEqual([back.status, back.headers.location], [303, '/']);
    const me = await client.api('/me');
    assert.deepEqual([me.json.name, me.json.by, me.json.pushes], ['alice', 'oidc', 'none']);
    assert.equal(client.cookies.size, 1);
    const cookies = back.headers['set-cookie'] ?? [];
    const session = cookies.find(line => line.startsWith('__Host-towline='));
    assert.match(String(session), /; Path=\/; Max-Age=28800; HttpOnly; Secure; SameSite=Strict$/);
  });

  test('comes in by no way that another browser went: the code is for who asked', async () => {
    const attacker = made.client();
    const path = await goThere(attacker);
    const victim = made.client();
    const back = await comeBack(victim, path);
    assert.equal(back.headers.location, '/login?error=PORTAL_LOGIN_REFUSED');
    // The victim's own way does not take it up either.
    await victim.api('/login/oidc');
    const mixed = await comeBack(victim, path);
    assert.equal(mixed.headers.location, '/login?error=PORTAL_LOGIN_REFUSED');
    assert.equal((await victim.api('/me')).code, 'PORTAL_LOGIN_NEEDED');
  });

  test('comes back once', async () => {
    const client = made.client();
    const path = await goThere(client);
    await comeBack(client, path);
    const again = await comeBack(client, path);
    assert.equal(again.headers.location, '/login?error=PORTAL_LOGIN_REFUSED');
  });

  test('is nobody where no operator file has them, whatever their mail address is', async () => {
    const client = made.client();
    const back = await comeBack(client, await goThere(client, 'alice@acme.example'));
    assert.equal(back.headers.location, '/login?error=LOGIN_UNKNOWN');
    assert.equal((await client.api('/me')).code, 'PORTAL_LOGIN_NEEDED');
  });

  test('is out as soon as the commit is there that takes their identity away', async () => {
    const client = made.client();
    await comeBack(client, await goThere(client));
    assert.equal((await client.api('/me')).status, 200);
    await made.commitOperator([]);
    assert.equal((await client.api('/me')).code, 'PORTAL_LOGIN_NEEDED');
  });
});
