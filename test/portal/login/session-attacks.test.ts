/** Logins at a real gateway that somebody wants to take over, to plant, or to try until one fits. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { connect, type PeerCertificate } from 'node:tls';
import { makeSshKey } from '../../../lab/rig/keys.ts';
import { testDevice } from '../../gateway/rig/gateway.ts';
import { PortalGateway, placeTls, signedText } from '../rig/portal-gateway.ts';

const cookie = '__Host-towline';

describe('a login at a gateway’s page', () => {
  let made: PortalGateway;
  before(async () => {
    made = await PortalGateway.start([testDevice('pump-1')], ['loginsPerMinute: 60']);
  });
  after(() => made[Symbol.asyncDispose]());

  test('is a new one each time: what was planted before is not taken up (session fixation)', async () => {
    const attacker = await made.loggedIn();
    const planted = attacker.cookies.get(cookie) ?? '';
    const victim = made.client();
    victim.cookies.set(cookie, planted);
    const begun = await victim.post('/login/ssh/begin', {});
    const signature = await signedText(String(begun.json.text), made.fleet.operator, 'towline-login');
    await victim.post('/login/ssh/finish', { id: begun.json.id, signature });
    assert.notEqual(victim.cookies.get(cookie), planted);
    // Nor does it go on beside the new one, in another tab.
    assert.equal((await attacker.api('/me')).code, 'PORTAL_LOGIN_NEEDED');
    for (const chosen of ['A'.repeat(43), 'x', '', `${planted}x`]) {
      const other = made.client();
      other.cookies.set(cookie, chosen);
      assert.equal((await other.api('/me')).code, 'PORTAL_LOGIN_NEEDED', chosen);
    }
  });

  test('is nobody’s where a cookie stands twice, or under a name that another host can set', async () => {
    const client = await made.loggedIn();
    const token = client.cookies.get(cookie) ?? '';
    for (const header of [
      `${cookie}=${token}; ${cookie}=${'A'.repeat(43)}`,
      `${cookie}=${'A'.repeat(43)}; ${cookie}=${token}`,
      `towline=${token}`,
      `__host-towline=${token}`,
    ])
      assert.equal(
        (await made.client().api('/me', { headers: { cookie: header } })).code,
        'PORTAL_LOGIN_NEEDED',
      );
  });

  test('is by the cookie alone: a header of a program does not stand for it, nor does its token in the address', async () => {
    const client = await made.loggedIn();
    const token = client.cookies.get(cookie) ?? '';
    const bearer = await made.client().api('/me', { headers: { authorization: `Bearer ${token}` } });
    assert.equal(bearer.code, 'PORTAL_LOGIN_NEEDED');
    assert.equal((await made.client().api(`/me?token=${token}`)).code, 'PORTAL_LOGIN_NEEDED');
  });

  test('changes nothing without the word of its own session, nor with another’s', async () => {
    const [one, other] = [await made.loggedIn(), await made.loggedIn()];
    for (const csrf of [undefined, '', other.csrf])
      assert.equal((await one.post('/logout', {}, { 'x-towline-csrf': csrf })).code, 'PORTAL_FOREIGN_ORIGIN');
    assert.equal((await one.api('/me')).status, 200);
  });

  test('by a challenge that was signed for another page, another fleet or long ago lets in nobody', async () => {
    const client = made.client();
    const { json } = await client.post('/login/ssh/begin', {});
    const text = String(json.text);
    for (const other of [
      text.replace('portal.example.com', 'evil.example'),
      text.replace('fleet acme', 'fleet other'),
      text.replace(/until \d{4}/, 'until 2020'),
      `${text}\n`,
    ]) {
      const { json: begun } = await client.post('/login/ssh/begin', {});
      const signature = await signedText(
        other.replace(/nonce .*/, `nonce ${begun.id}`),
        made.fleet.operator,
        'towline-login',
      );
      const finished = await client.post('/login/ssh/finish', { id: begun.id, signature });
      assert.equal(finished.code, 'PORTAL_LOGIN_REFUSED');
    }
  });

  test('by a key that is nobody’s is refused, with a line in the audit log', async () => {
    const key = await makeSshKey();
    const client = made.client();
    const { json } = await client.post('/login/ssh/begin', {});
    const signature = await signedText(String(json.text), key, 'towline-login');
    assert.equal(
      (await client.post('/login/ssh/finish', { id: json.id, signature })).code,
      'PORTAL_LOGIN_REFUSED',
    );
    await key.remove();
    const line = made.fleet.audited().findLast(({ action }) => action === 'login portal');
    assert.equal(line?.outcome, 'refused');
    assert.equal(line?.code, 'PORTAL_LOGIN_REFUSED');
  });

  test('by a program is taken up by one page, once', async () => {
    const program = made.client();
    const { json } = await program.post('/login/ssh/begin', {});
    const signature = await signedText(String(json.text), made.fleet.operator, 'towline-login');
    const finished = await program.post('/login/ssh/finish', { id: json.id, signature, word: true });
    assert.equal(program.cookies.size, 0);
    const page = made.client();
    // Who was sent the address by somebody else is told as whom it would be.
    const look = await page.post('/login/token', { token: finished.json.word, look: true });
    assert.deepEqual(look.json, { name: 'alice' });
    assert.equal(page.cookies.size, 0);
    const taken = await page.post('/login/token', { token: finished.json.word });
    assert.equal(taken.json.name, 'alice');
    assert.equal((await page.api('/me')).json.by, 'ssh');
    const again = await made.client().post('/login/token', { token: finished.json.word });
    assert.equal(again.code, 'PORTAL_LOGIN_REFUSED');
  });

  test('ends with the key in the operator’s file by which it was, and with the file; others go on', async () => {
    const second = await makeSshKey();
    await made.commitOperator([], [made.fleet.operator.publicKey, second.publicKey]);
    const [first, other] = [await made.loggedIn(), await made.loggedIn(second)];
    await made.commitOperator([]);
    assert.equal((await first.api('/me')).status, 200);
    assert.equal((await other.api('/me')).code, 'PORTAL_LOGIN_NEEDED');
    await made.commit({ 'operators/bob.yaml': `apiVersion: towline/v1\nsshKeys: ["${second.publicKey}"]\n` });
    const bob = await made.loggedIn(second);
    const stream = await bob.open('/api/v1/live?ids=pump-1');
    const cut = new Promise<void>(resolve => stream.once('close', resolve).resume());
    await made.commit({ 'operators/bob.yaml': null });
    await cut;
    assert.equal((await bob.api('/me')).code, 'PORTAL_LOGIN_NEEDED');
    await second.remove();
  });

  test('shows in metrics', async () => {
    await made.loggedIn();
    const metrics = await (await fetch(`http://127.0.0.1:${made.gateway.internal}/metrics`)).text();
    assert.match(metrics, /^towline_gateway_portal_logins_total\{outcome="allowed"\} [1-9]/m);
    assert.match(metrics, /^towline_gateway_portal_logins_total\{outcome="refused"\} [1-9]/m);
    assert.match(metrics, /^towline_gateway_portal_logins [1-9]/m);
  });

  test('has another certificate after SIGHUP, and goes on', async () => {
    const client = await made.loggedIn();
    const before = await certificateAt(made.port);
    placeTls(made.fleet.folder, 'portal');
    const from = made.gateway.lines.length;
    made.gateway.signal('SIGHUP');
    await made.gateway.line('reloaded', from);
    assert.notEqual(await certificateAt(made.port), before);
    const renewed = made.client(readFileSync(join(made.fleet.folder, 'portal.crt'), 'utf8'));
    for (const [name, value] of client.cookies) renewed.cookies.set(name, value);
    assert.equal((await renewed.api('/me')).status, 200);
  });

  test('is tried so often from one address, and then told to wait', async () => {
    const client = made.client(readFileSync(join(made.fleet.folder, 'portal.crt'), 'utf8'));
    let last = await client.post('/login/passkey/begin', {});
    for (let at = 0; at < 60 && last.status === 200; at += 1)
      last = await client.post('/login/passkey/begin', {});
    assert.equal(last.code, 'PORTAL_BUSY');
    assert.ok(Number(last.headers['retry-after']) > 0);
  });
});

async function certificateAt(port: number): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { fingerprint256 }: PeerCertificate = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}
