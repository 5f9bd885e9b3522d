/** Who comes in at a gateway's page, and until when: a real gateway, a really signed fleet, stock ssh-keygen. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { fieldsOf } from '../../../core/json.ts';
import described from '../../../portal/api/openapi.json' with { type: 'json' };
import { testDevice } from '../../gateway/rig/gateway.ts';
import { PortalGateway, portalOrigin, signedText } from '../rig/portal-gateway.ts';

describe('a person at a gateway’s page', () => {
  let made: PortalGateway;
  before(async () => {
    made = await PortalGateway.start([testDevice('pump-1')]);
  });
  after(() => made[Symbol.asyncDispose]());

  test('logs in by a key of their operator file, and is told who they are', async () => {
    const client = await made.loggedIn();
    const { status, json } = await client.api('/me');
    assert.equal(status, 200);
    assert.deepEqual([json.name, json.by, json.kind, json.fleet], ['alice', 'ssh', 'gateway', 'acme']);
    assert.equal(json.csrf, client.csrf);
    const lines = made.fleet.audited().filter(({ action }) => action === 'login portal');
    assert.deepEqual([lines.at(-1)?.outcome, lines.at(-1)?.who], ['allowed', 'alice']);
  });

  test('is told what they sign: the page, the fleet, and until when', async () => {
    const { json } = await made.client().post('/login/ssh/begin', {});
    assert.match(String(json.text), new RegExp(`origin ${portalOrigin}\nfleet acme\nuntil 20`));
    assert.match(String(json.command), /ssh-keygen -Y sign -n towline-login/);
  });

  test('is nobody without a login, and after leaving', async () => {
    const client = await made.loggedIn();
    assert.equal((await made.client().api('/me')).code, 'PORTAL_LOGIN_NEEDED');
    assert.equal((await client.post('/logout', {})).status, 204);
    assert.equal(client.cookies.size, 0);
    assert.equal((await client.api('/me')).code, 'PORTAL_LOGIN_NEEDED');
  });

  test('is not let in by a signature for something else', async () => {
    const client = made.client();
    const begun = await client.post('/login/ssh/begin', {});
    const signature = await signedText(String(begun.json.text), made.fleet.operator, 'git');
    const refused = await client.post('/login/ssh/finish', { id: begun.json.id, signature });
    assert.equal(refused.code, 'PORTAL_LOGIN_REFUSED');
  });

  test('finds all that the API names, and nothing else', async () => {
    const client = await made.loggedIn();
    const names: Readonly<Record<string, string>> = {
      device: 'pump-1',
      version: '1.0.0',
      ticket: 'a'.repeat(32),
    };
    for (const [path, methods] of Object.entries(described.paths))
      for (const method of Object.keys(methods).map(word => word.toUpperCase())) {
        if (path === '/logout') continue;
        const asked = path.replace(/\{(\w+)\}/g, (_, name: string) => names[name] ?? 'a');
        const body = method === 'GET' ? {} : { body: {} };
        const { json } = await client.api(asked, { method, ...body });
        const { message } = fieldsOf(json.error);
        assert.notEqual(message, 'there is nothing at this address', `${method} ${path}`);
        assert.notEqual(message, 'not with this method', `${method} ${path}`);
      }
  });
});
