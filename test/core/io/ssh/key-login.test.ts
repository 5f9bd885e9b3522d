import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { describe, test } from 'node:test';
import { readKeyAttempt } from '../../../../core/io/ssh/key-login.ts';
import { sshString } from '../../../../core/trust/signature/ssh-wire.ts';
import { tokenMessage } from '../../../../lab/rig/token-program.ts';

const session = Buffer.from('session and request, as they are signed');

interface Token {
  readonly type: string;
  readonly wire: Buffer;
  readonly privateKey: KeyObject;
}

function ed25519Point(publicKey: KeyObject): Buffer {
  return Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
}

function ed25519Token(application = 'ssh:'): Token {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const type = 'sk-ssh-ed25519@openssh.com';
  const wire = Buffer.concat([sshString(type), sshString(ed25519Point(publicKey)), sshString(application)]);
  return { type, wire, privateKey };
}

function ecdsaToken(application = 'ssh:'): Token {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const point = Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
  const type = 'sk-ecdsa-sha2-nistp256@openssh.com';
  const fields = [type, 'nistp256', point, application].map(sshString);
  return { type, wire: Buffer.concat(fields), privateKey };
}

interface Signing {
  readonly application?: string;
  readonly flags?: number;
  readonly counter?: number;
  readonly over?: Buffer;
}

/** As ssh2 hands it over: without the algorithm's name and the length of the numbers. */
function signed({ type, privateKey }: Token, how: Signing = {}): Buffer {
  const { application = 'ssh:', flags = 1, counter = 7, over = session } = how;
  const message = tokenMessage(application, flags, counter, over);
  const rest = Buffer.alloc(5);
  rest.writeUInt8(flags);
  rest.writeUInt32BE(counter, 1);
  if (type.startsWith('sk-ssh')) return Buffer.concat([sign(null, message, privateKey), rest]);
  const numbers = sign('sha256', message, { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return Buffer.concat([mpint(numbers.subarray(0, 32)), mpint(numbers.subarray(32)), rest]);
}

function mpint(bytes: Buffer): Buffer {
  const start = bytes.findIndex(byte => byte !== 0);
  const number = bytes.subarray(start);
  return sshString(Buffer.concat([Buffer.alloc((number[0] ?? 0) >= 0x80 ? 1 : 0), number]));
}

function attempt({ type, wire }: Pick<Token, 'type' | 'wire'>, signature?: Buffer, blob = session) {
  const key = { algo: type, data: wire };
  const proof = signature === undefined ? {} : { signature, blob };
  return readKeyAttempt({ method: 'publickey', key, ...proof });
}

for (const make of [ed25519Token, ecdsaToken]) {
  describe(`a key in a security token, ${make().type}`, () => {
    test('that is offered is no login, and one that has signed this session is', () => {
      const token = make();
      const key = token.wire.toString('base64');
      assert.deepEqual(attempt(token), { kind: 'offer', key });
      assert.deepEqual(attempt(token, signed(token)), { kind: 'proof', key });
      assert.deepEqual(attempt(token, signed(token, { flags: 5 })), { kind: 'proof', key }, 'with a PIN');
    });

    test('that nobody has touched does not log in, whatever the flags are made to say afterwards', () => {
      const token = make();
      for (const flags of [0, 4]) {
        const untouched = signed(token, { flags });
        assert.equal(attempt(token, untouched).kind, 'unproven');
        untouched.writeUInt8(flags | 1, untouched.length - 5);
        assert.equal(attempt(token, untouched).kind, 'unproven');
      }
    });

    test('that has signed for another application, another session, another counter is nobody', () => {
      const token = make();
      assert.equal(attempt(token, signed(token, { application: 'https://evil.example' })).kind, 'unproven');
      assert.equal(attempt(token, signed(token, { over: Buffer.from('another session') })).kind, 'unproven');
      const counted = signed(token);
      counted.writeUInt32BE(8, counted.length - 4);
      assert.equal(attempt(token, counted).kind, 'unproven');
      assert.equal(attempt(token, signed(make())).kind, 'unproven', 'another token');
    });

    test('that was made for a site and not for SSH does not log in', () => {
      const token = make('https://example.com');
      assert.equal(attempt(token).kind, 'none');
      assert.equal(attempt(token, signed(token, { application: 'https://example.com' })).kind, 'none');
    });

    test('whose signature is too short, too long or of another kind is nobody, and nothing is thrown', () => {
      const token = make();
      const whole = signed(token);
      for (const bytes of [
        ...[0, 1, 4, 5, 6, whole.length - 1].map(count => whole.subarray(0, count)),
        Buffer.concat([whole, Buffer.of(0)]),
        Buffer.concat([sshString(token.type), sshString(whole)]),
      ])
        assert.equal(attempt(token, bytes).kind, 'unproven');
    });

    test('is no plain key of the same point, nor that one it', () => {
      const token = make();
      const plain = token.type.startsWith('sk-ssh') ? 'ssh-ed25519' : 'ecdsa-sha2-nistp256';
      const fields = token.wire.subarray(4 + token.type.length, -(4 + 'ssh:'.length));
      const wire = Buffer.concat([sshString(plain), fields]);
      assert.equal(attempt({ type: plain, wire }).kind, 'offer');
      assert.equal(attempt({ type: plain, wire }, signed(token)).kind, 'unproven');
      assert.equal(attempt({ type: token.type, wire }, signed(token)).kind, 'none');
      assert.equal(attempt({ type: plain, wire: token.wire }, signed(token)).kind, 'none');
    });
  });
}

test('a password, a question, nothing at all are no attempts with a key', () => {
  for (const method of ['none', 'password', 'keyboard-interactive', 'hostbased'] as const)
    assert.equal(readKeyAttempt({ method }).kind, 'none');
});

test('a certificate shows the key that it is for, which has to sign', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const type = 'ssh-ed25519-cert-v01@openssh.com';
  const point = sshString(ed25519Point(publicKey));
  const wire = Buffer.concat([sshString(type), sshString('nonce'), point, Buffer.from('and whatever else')]);
  const key = Buffer.concat([sshString('ssh-ed25519'), point]).toString('base64');
  assert.deepEqual(attempt({ type, wire }), { kind: 'offer', key, certificate: wire });
  const numbers = sshString(sign(null, session, privateKey));
  const proof = attempt({ type, wire }, Buffer.concat([sshString('ssh-ed25519'), numbers]));
  assert.deepEqual(proof, { kind: 'proof', key, certificate: wire });
  const other = sshString(sign(null, session, generateKeyPairSync('ed25519').privateKey));
  assert.equal(attempt({ type, wire }, Buffer.concat([sshString('ssh-ed25519'), other])).kind, 'unproven');
  assert.equal(attempt({ type, wire: wire.subarray(0, 50) }).kind, 'none');
});
