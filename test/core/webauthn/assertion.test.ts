/** Assertions, honest and twisted, as a login judges them. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import { assertionProblem } from '../../../core/webauthn/assertion.ts';
import { readBrowserAssertion } from '../../../core/webauthn/browser-assertion.ts';
import { maxClientDataBytes } from '../../../core/webauthn/client-data.ts';
import { readPasskey } from '../../../core/webauthn/passkey.ts';
import { signingChallenge } from '../../../core/webauthn/ssh-assertion.ts';
import { SoftPasskey, type Twist } from '../../rig/soft-authenticator.ts';

describe('an assertion at login', () => {
  const soft = new SoftPasskey();
  const { key } = readPasskey(soft.line);
  const challenge = randomBytes(32);
  const rules = { challenge, origins: [soft.origin], verification: 'required' } as const;
  const said = (twist: Twist, more: Partial<typeof rules> | { verification: 'preferred' } = {}): string => {
    try {
      const { assertion } = readBrowserAssertion(soft.assert(challenge, twist));
      return assertionProblem(assertion, key, { ...rules, ...more }) ?? 'taken';
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  };

  const taken: readonly [name: string, twist: Twist][] = [
    ['as Chromium writes it', {}],
    ['without crossOrigin', { clientData: text => text.replace(',"crossOrigin":false', '') }],
    [
      'with a member that nobody knows',
      {
        more: '"other_keys_can_be_added_here":"do not compare clientDataJSON against a template. See https://goo.gl/yabPex"',
      },
    ],
    ['of a synchronised passkey', { flags: 0x1d }],
  ];
  for (const [name, twist] of taken) test(`is taken: ${name}`, () => assert.equal(said(twist), 'taken'));

  test('is taken without UV only where the rules say so, and never without UP', () => {
    assert.match(said({ flags: 0x01 }), /UV/);
    assert.equal(said({ flags: 0x01 }, { verification: 'preferred' }), 'taken');
    assert.match(said({ flags: 0x04 }, { verification: 'preferred' }), /UP/);
  });

  const refused: readonly [name: string, twist: Twist, why: RegExp][] = [
    ['another origin', { origin: 'https://evil.example' }, /page of "https:\/\/evil/],
    ['an origin that only begins alike', { origin: `${soft.origin}.evil.example` }, /page of/],
    ['another RP id', { rpId: 'evil.example' }, /another RP id/],
    ['another challenge', { challenge: randomBytes(32) }, /other bytes/],
    ['a challenge to sign', { challenge: signingChallenge(Buffer.from('commit')) }, /other bytes/],
    ['a registration', { type: 'webauthn.create' }, /type "webauthn.create"/],
    ['a payment', { type: 'payment.get' }, /type "payment.get"/],
    ['a page within another', { crossOrigin: true }, /within a page/],
    ['a top origin', { more: '"topOrigin":"https://evil.example"' }, /within a page/],
    ['extensions', { flags: 0x85 }, /extensions/],
    ['attested data', { flags: 0x45 }, /extensions/],
    ['a flag that nobody knows', { flags: 0x07 }, /nobody knows/],
    ['a backup without eligibility', { flags: 0x15 }, /backed up/],
    ['a key twice', { more: '"origin":"https://evil.example"' }, /key twice/],
    ['a key twice, further down', { more: '"a":{"b":1,"b":2}' }, /key twice/],
    ['blanks', { clientData: text => text.replace(',', ', ') }, /blanks/],
    ['an escape', { clientData: text => text.replace('webauthn', '\\u0077ebauthn') }, /another spelling/],
    ['bytes behind', { clientData: text => `${text} ` }, /blanks/],
    [
      'members in another order',
      { clientData: text => text.replace(/^\{("type":"[^"]*"),("challenge":"[^"]*")/, '{$2,$1') },
      /begin with type/,
    ],
    ['no text', { clientData: text => text.replace('"webauthn.get"', '1') }, /no text/],
    ['a crossOrigin that is a word', { clientData: text => text.replace('false', '"false"') }, /neither/],
    ['a list', { clientData: () => '[]' }, /begin with type/],
    ['no JSON', { clientData: () => '{' }, /no JSON/],
    ['deep nesting', { clientData: () => '['.repeat(maxClientDataBytes) }, /no JSON/],
    ['much', { more: `"a":"${'a'.repeat(maxClientDataBytes)}"` }, /too long/],
  ];
  for (const [name, twist, why] of refused) test(`is refused: ${name}`, () => assert.match(said(twist), why));

  test('is refused by the key of another passkey', () => {
    const { assertion } = readBrowserAssertion(soft.assert(challenge));
    const other = readPasskey(new SoftPasskey().line).key;
    assert.match(assertionProblem(assertion, other, rules) ?? '', /not that of the key/);
    assert.match(assertionProblem(assertion, { ...key, kind: 'ssh' }, rules) ?? '', /no passkey/);
  });

  test('is refused where a bit of what it signs is another', () => {
    const { assertion } = readBrowserAssertion(soft.assert(challenge));
    const counted = { ...assertion, counter: assertion.counter + 1 };
    assert.match(assertionProblem(counted, key, rules) ?? '', /not that of the key/);
  });

  test('is not read where a field is too long, of another spelling, or missing', () => {
    const honest = soft.assert(challenge);
    const der = Buffer.from(honest.signature, 'base64url');
    const told = Buffer.from(honest.authenticatorData, 'base64url');
    const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
    const padded = Buffer.concat([
      Buffer.of(0x30, der.readUInt8(1) + 1, 0x02, der.readUInt8(3) + 1, 0),
      der.subarray(4),
    ]);
    const wrong = [
      { ...honest, signature: text(Buffer.concat([der, Buffer.of(0)])) },
      { ...honest, signature: text(padded) },
      { ...honest, signature: text(Buffer.of(0x30, 0x06, 0x02, 1, 0, 0x02, 1, 1)) },
      { ...honest, signature: text(Buffer.of(0x30, 0x81, 0x06, 0x02, 1, 1, 0x02, 1, 1)) },
      { ...honest, signature: `${honest.signature}=` },
      { ...honest, authenticatorData: text(Buffer.concat([told, Buffer.of(0)])) },
      { ...honest, authenticatorData: text(told.subarray(1)) },
      { ...honest, credentialId: 'a'.repeat(2000) },
      { ...honest, clientDataJSON: 7 },
      {},
      null,
      'text',
    ];
    for (const value of wrong) assert.throws(() => readBrowserAssertion(value), Error);
  });
});
