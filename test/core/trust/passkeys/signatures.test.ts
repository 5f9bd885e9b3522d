/** What a passkey signs, and what a hostile page, gateway or key would pass off as that, tried on the walk. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import { signingChallenge } from '../../../../core/webauthn/ssh-assertion.ts';
import type { MemorySigner } from '../../../../lab/rig/memory-repository.ts';
import { makePasskeyPeople, passkeyLine, pump, pumpText } from '../../../rig/passkey-line.ts';
import { SoftPasskey, type Twist } from '../../../rig/soft-authenticator.ts';

const people = makePasskeyPeople();
const { carol, dora, doraPasskey } = people;
const paused = pumpText.replace('paused: false', 'paused: true');
const webauthn = (more = ''): string => `{ origins: ["${carol.origin}"]${more} }`;

async function verdict(signer: MemorySigner, options: Parameters<typeof passkeyLine>[1] = {}) {
  const line = passkeyLine(people, options);
  line.commit(signer, { [pump]: paused });
  const { stopped, accepted } = await line.walk();
  return { code: stopped?.code ?? 'taken', message: stopped?.message ?? '', accepted };
}

describe('a commit signed by a passkey', () => {
  test('is taken for what a narrow rule gives it, and says so', async () => {
    for (const [signer, voice] of [
      [carol, 'carol by passkey'],
      [doraPasskey, 'dora by passkey'],
      [dora, 'dora'],
    ] as const) {
      const { code, accepted } = await verdict(signer);
      assert.equal(code, 'taken');
      assert.deepEqual(accepted[0]?.vouched, [voice]);
    }
  });

  test('is taken by either hash of SSH, and from an origin with a port', async () => {
    assert.equal((await verdict(carol.twisted({ hash: 'sha256' }))).code, 'taken');
    const origin = 'https://portal.acme.example:8443';
    const options = {
      webauthn: `{ origins: ["https://other.acme.example", "${origin}", "${carol.origin}"] }`,
    };
    assert.equal((await verdict(carol.twisted({ origin }), options)).code, 'taken');
  });

  test('needs verification, unless the policy is content with a touch; a touch always', async () => {
    const touched = carol.twisted({ flags: 0x01 });
    const { code, message } = await verdict(touched);
    assert.equal(code, 'TRUST_PASSKEY_SIGNATURE');
    assert.match(message, /UV/);
    const preferred = { webauthn: webauthn(', verification: preferred') };
    assert.equal((await verdict(touched, preferred)).code, 'taken');
    assert.match((await verdict(carol.twisted({ flags: 0x04 }), preferred)).message, /UP/);
    assert.match((await verdict(carol.twisted({ flags: 0 }), preferred)).message, /UP/);
  });

  const long = `"a":"${'a'.repeat(2048)}"`;
  const refused: readonly [name: string, twist: Twist, why: RegExp][] = [
    ['on a page of another origin', { origin: 'https://evil.example' }, /page of "https:\/\/evil.example"/],
    ['on the portal without TLS', { origin: 'http://portal.acme.example' }, /page of "http:/],
    ['on another port', { origin: `${carol.origin}:8443` }, /page of/],
    ['with another origin beside its client data', { outerOrigin: 'https://evil.example' }, /another origin/],
    ['for another RP id', { rpId: 'evil.example' }, /another RP id|not that of the key/],
    ['with an assertion for other bytes', { challenge: signingChallenge(Buffer.from('x')) }, /other bytes/],
    ['with a login', { challenge: randomBytes(32) }, /other bytes/],
    ['with a registration', { type: 'webauthn.create' }, /of type "webauthn.create"/],
    ['with extensions', { extensions: 'x' }, /extensions/],
    ['with extensions of the authenticator', { flags: 0x85 }, /extensions/],
    ['with attested data', { flags: 0x45 }, /extensions/],
    ['in a page within another', { crossOrigin: true }, /within a page/],
    ['below a top origin', { more: '"topOrigin":"https://portal.acme.example"' }, /within a page/],
    ['with bytes behind it', { trailing: Buffer.of(0) }, /bytes too many/],
    ['with padded numbers', { padded: true }, /one spelling/],
    ['with much client data', { more: long }, /client data of|a signature of/],
    ['with a key twice', { more: '"challenge":"other"' }, /key twice/],
    ['with blanks in its client data', { clientData: text => `${text}\n` }, /blanks/],
    ['with client data that is no JSON', { clientData: text => `${text}}` }, /no JSON/],
    [
      'as a security key does, by its own kind',
      { kind: 'sk-ecdsa-sha2-nistp256@openssh.com' },
      /another kind/,
    ],
    ['by a kind that nobody knows', { kind: 'ecdsa-sha2-nistp256' }, /another kind/],
    ['in the namespace of approvals', { namespace: 'towline-approval' }, /not for a commit/],
  ];
  for (const [name, twist, why] of refused)
    test(`is refused ${name}`, async () => {
      for (const passkey of [carol, doraPasskey]) {
        const { code, message } = await verdict(passkey.twisted(twist));
        assert.equal(code, 'TRUST_PASSKEY_SIGNATURE', message);
        assert.match(message, why);
      }
    });

  test('is refused by a passkey that the policy does not have', async () => {
    assert.equal((await verdict(new SoftPasskey())).code, 'TRUST_UNKNOWN_KEY');
  });

  test('is refused where the key stands under ssh: that one signs by its own kind alone', async () => {
    const key = new SoftPasskey();
    const principals = { dora: `ssh: ["${key.keyLine}"]` };
    assert.equal((await verdict(key, { principals })).code, 'TRUST_BAD_SIGNATURE');
    const own = key.twisted({ kind: 'sk-ecdsa-sha2-nistp256@openssh.com' });
    assert.equal((await verdict(own, { principals })).code, 'taken');
  });
});
