import assert from 'node:assert/strict';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { isWithin, passkeyLine, readPasskey } from '../../../core/webauthn/passkey.ts';
import { passkeyUser } from '../../../core/webauthn/passkey-user.ts';
import { SoftPasskey } from '../../rig/soft-authenticator.ts';

test('what a browser has of a new passkey becomes a line, and the line is read', () => {
  const soft = new SoftPasskey();
  const line = passkeyLine({ publicKey: soft.spki, credentialId: soft.credentialId, rpId: soft.rpId });
  assert.equal(line, soft.line);
  const { key, rpId, credentialId } = readPasskey(line);
  assert.deepEqual([key.kind, key.algorithm, key.application], ['passkey', 'ecdsa-p256', soft.rpId]);
  assert.equal(rpId, 'portal.acme.example');
  assert.equal(credentialId, soft.credentialId.toString('base64url'));
});

test('a line of another form is no passkey', () => {
  const soft = new SoftPasskey();
  const [type, key = '', id] = soft.line.split(' ');
  const foreign = new SoftPasskey('https://portal.acme.example', 'ssh:');
  const lines = [
    soft.keyLine,
    `${soft.line} alice`,
    `${soft.line}\n`,
    ` ${soft.line}`,
    soft.line.replace(' ', '  '),
    `${type} ${key} ${id}=`,
    `${type} ${key} ${randomBytes(15).toString('base64url')}`,
    `${type} ${key} ${randomBytes(1024).toString('base64url')}`,
    `${type} ${Buffer.concat([soft.wire, Buffer.of(0)]).toString('base64')} ${id}`,
    `ssh-ed25519 ${key} ${id}`,
    foreign.line,
    '',
  ];
  for (const line of lines) assert.throws(() => readPasskey(line), Error, line);
});

test('a key that is not of P-256, a host that is none and a short id make no line', () => {
  const { spki, credentialId, rpId } = new SoftPasskey();
  const of = (type: 'ec' | 'ed25519') =>
    type === 'ec' ? generateKeyPairSync('ec', { namedCurve: 'P-384' }) : generateKeyPairSync('ed25519');
  for (const kind of ['ec', 'ed25519'] as const) {
    const publicKey = of(kind).publicKey.export({ type: 'spki', format: 'der' });
    assert.throws(() => passkeyLine({ publicKey, credentialId, rpId }), /P-256/);
  }
  for (const wrong of ['', 'ssh:', 'https://portal.acme.example', 'Portal.acme', 'a..b', 'a b'])
    assert.throws(() => passkeyLine({ publicKey: spki, credentialId, rpId: wrong }), /host name/);
  assert.throws(() => passkeyLine({ publicKey: spki, credentialId: Buffer.alloc(3), rpId }), /3 bytes/);
});

test('pages of a host, and of hosts below it, may ask for its passkeys', () => {
  const cases: readonly [string, string, boolean][] = [
    ['https://portal.acme.com', 'portal.acme.com', true],
    ['https://portal.acme.com:8443', 'acme.com', true],
    ['https://evilacme.com', 'acme.com', false],
    ['https://acme.com.evil.example', 'acme.com', false],
    ['https://acme.com/path', 'acme.com', false],
    ['http://localhost:3000', 'localhost', true],
  ];
  for (const [origin, rpId, expected] of cases) assert.equal(isWithin(origin, rpId), expected, origin);
});

test('an authenticator keeps a passkey for login and one for signing, and shows which is which', () => {
  const login = passkeyUser('login', 'acme-pumps', 'alice');
  const signing = passkeyUser('signing', 'acme-pumps', 'alice');
  assert.notEqual(login.id, signing.id);
  assert.equal(Buffer.from(login.id, 'base64url').length, 32);
  assert.match(signing.name, /SIGN CHANGES/);
  assert.match(login.displayName, /log in as alice/);
  assert.notEqual(passkeyUser('login', 'acme-pumps', 'bob').id, login.id);
});
