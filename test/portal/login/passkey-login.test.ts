/** A login by a passkey of the operator's file at a real gateway, and each way in which one is not taken. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { MemoryKey } from '../../../lab/rig/memory-repository.ts';
import { testDevice } from '../../gateway/rig/gateway.ts';
import { SoftPasskey, type Twist } from '../../rig/soft-authenticator.ts';
import type { PortalClient } from '../rig/portal-client.ts';
import { PortalGateway, portalOrigin } from '../rig/portal-gateway.ts';

describe('a passkey at a gateway’s page', () => {
  let made: PortalGateway;
  const passkey = new SoftPasskey(portalOrigin);
  before(async () => {
    made = await PortalGateway.start([testDevice('pump-1')], ['loginsPerMinute: 1000']);
    await made.commitOperator([`passkeys: ["${passkey.line}"]`]);
  });
  after(() => made[Symbol.asyncDispose]());

  const begin = async (client: PortalClient) => {
    const { json } = await client.post('/login/passkey/begin', {});
    return { id: String(json.id), challenge: Buffer.from(String(json.id), 'base64url'), json };
  };
  const shown = (key: SoftPasskey, challenge: Buffer, twist: Twist = {}) => {
    const { clientDataJSON: clientDataJson, ...others } = key.assert(challenge, twist);
    return { ...others, clientDataJson };
  };
  const tryTwisted = async (key: SoftPasskey, twist: Twist = {}) => {
    const client = made.client();
    const { id, challenge } = await begin(client);
    const answer = await client.post('/login/passkey/finish', {
      id,
      assertion: shown(key, challenge, twist),
    });
    assert.equal(client.cookies.size, 0);
    return answer.code;
  };

  test('logs in whose it is', async () => {
    const client = made.client();
    const { id, challenge, json } = await begin(client);
    assert.deepEqual((json.options as { rpId: string }).rpId, 'portal.example.com');
    assert.equal((json.options as { allowCredentials?: object }).allowCredentials, undefined);
    const done = await client.post('/login/passkey/finish', { id, assertion: shown(passkey, challenge) });
    assert.equal(done.status, 200, done.text);
    const me = await client.api('/me');
    assert.deepEqual([me.json.name, me.json.by], ['alice', 'passkey']);
  });

  test('is refused where the challenge is used twice, was never given, or is another login’s', async () => {
    const client = made.client();
    const { id, challenge } = await begin(client);
    const assertion = shown(passkey, challenge);
    assert.equal((await client.post('/login/passkey/finish', { id, assertion })).status, 200);
    const again = await made.client().post('/login/passkey/finish', { id, assertion });
    assert.equal(again.code, 'PORTAL_LOGIN_REFUSED');
    const other = await begin(client);
    const replayed = await made.client().post('/login/passkey/finish', { id: other.id, assertion });
    assert.equal(replayed.code, 'PORTAL_LOGIN_REFUSED');
    const own = await made.client().post('/login/passkey/finish', { id: 'A'.repeat(43), assertion });
    assert.equal(own.code, 'PORTAL_LOGIN_REFUSED');
  });

  for (const [words, twist] of [
    ['on a page of another origin', { origin: 'https://evil.example' }],
    ['for another RP id', { rpId: 'evil.example' }],
    ['without a finger, a face or a PIN', { flags: 0x01 }],
    ['without a touch', { flags: 0x04 }],
    ['in a page within another’s', { crossOrigin: true }],
    ['by a registration', { type: 'webauthn.create' }],
  ] satisfies [string, Twist][])
    test(`is refused that was shown ${words}`, async () => {
      assert.equal(await tryTwisted(passkey, twist), 'PORTAL_LOGIN_REFUSED');
    });

  test('is refused that stands in no operator file, such as one that signs changes', async () => {
    assert.equal(await tryTwisted(new SoftPasskey(portalOrigin)), 'PORTAL_LOGIN_REFUSED');
    const stranger = new SoftPasskey(portalOrigin);
    Object.assign(stranger, { credentialId: passkey.credentialId });
    assert.equal(await tryTwisted(stranger), 'PORTAL_LOGIN_REFUSED');
  });

  test('is not kept out by who writes its credential id, which is no secret, beside a key of their own', async () => {
    const twin = new SoftPasskey(portalOrigin);
    Object.assign(twin, { credentialId: passkey.credentialId });
    const own = new SoftPasskey(portalOrigin);
    const mallory = `apiVersion: towline/v1\nsshKeys: ["${new MemoryKey().publicKey}"]\npasskeys: ${JSON.stringify([twin.line, own.line])}\n`;
    await made.commit({ 'operators/mallory.yaml': mallory });
    for (const [key, name] of [
      [passkey, 'alice'],
      [twin, 'mallory'],
    ] as const) {
      const client = made.client();
      const { id, challenge } = await begin(client);
      const done = await client.post('/login/passkey/finish', { id, assertion: shown(key, challenge) });
      assert.equal(done.status, 200, done.text);
      assert.equal((await client.api('/me')).json.name, name);
    }
    await made.commit({ 'operators/mallory.yaml': null });
  });

  test('is refused in any other form, with a word for a person', async () => {
    const client = made.client();
    for (const body of [{}, { id: 1 }, { id: 'x' }, [], 'x', null])
      assert.match(
        String((await client.post('/login/passkey/finish', body)).code),
        /^PORTAL_(?:MALFORMED|LOGIN_REFUSED)$/,
      );
    const { id } = await begin(client);
    assert.equal(
      (await client.post('/login/passkey/finish', { id, assertion: { credentialId: '%' } })).code,
      'PORTAL_MALFORMED',
    );
  });

  test('is registered as a line for the repository, and nothing is kept', async () => {
    const client = await made.loggedIn();
    const { json: users } = await client.api('/login/passkey/register');
    assert.match(JSON.stringify(users.login), /log in as alice/);
    assert.match(JSON.stringify(users.signing), /SIGN CHANGES as alice/);
    const fresh = new SoftPasskey(portalOrigin);
    const body = {
      publicKey: fresh.spki.toString('base64url'),
      credentialId: fresh.credentialId.toString('base64url'),
    };
    const login = await client.post('/login/passkey/register', { ...body, for: 'login' });
    assert.deepEqual(login.json, { line: fresh.line, file: 'operators/alice.yaml' });
    const signing = await client.post('/login/passkey/register', { ...body, for: 'signing' });
    assert.deepEqual(signing.json, { line: fresh.line, file: 'trust/policy.yaml' });
    assert.equal(await tryTwisted(fresh), 'PORTAL_LOGIN_REFUSED');
    assert.equal((await made.client().post('/login/passkey/register', body)).code, 'PORTAL_LOGIN_NEEDED');
  });

  test('lets nobody in from the commit on that takes it away, on a stream that is open too', async () => {
    const client = made.client();
    const { id, challenge } = await begin(client);
    await client.post('/login/passkey/finish', { id, assertion: shown(passkey, challenge) });
    const stream = await client.open('/api/v1/live?ids=pump-1');
    const cut = new Promise<void>(resolve => stream.once('close', resolve).resume());
    await made.commitOperator([]);
    await cut;
    assert.equal((await client.api('/me')).code, 'PORTAL_LOGIN_NEEDED');
    assert.equal(await tryTwisted(passkey), 'PORTAL_LOGIN_REFUSED');
    const ended = made.fleet
      .audited()
      .filter(({ outcome, action }) => outcome === 'ended' && action === 'login portal');
    assert.match(String(ended.at(-1)?.message), /operator file/);
  });
});
