import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, test } from 'node:test';
import * as openpgp from 'openpgp';
import { sshEd25519Line } from '../../../core/enrolment/ssh-key-line.ts';
import {
  formatSignedStatement,
  isFingerprint,
  parseSignedStatement,
  type SignedStatement,
  signStatement,
  statementFingerprint,
  verifyStatement,
} from '../../../core/enrolment/statement.ts';
import { formatToken, parseToken, tokenKey, tokenPublicKey } from '../../../core/enrolment/token.ts';
import { TowlineError } from '../../../core/errors.ts';

const code = (expected: string) => (error: unknown) =>
  error instanceof TowlineError && error.code === expected;
const gateway = { address: 'gw.example.com:8443', tlsPins: [`sha256:${'A'.repeat(43)}=`], sshHostKeys: [] };

function makeToken() {
  const oneTimeKey = generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' });
  return {
    fleet: 'acme',
    device: 'pump-17',
    gateways: [gateway],
    anchor: 'a'.repeat(40),
    oneTimeKey,
    expiresMs: 1_000_000,
  };
}

async function makeKeys() {
  const tls = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;
  const pgp = await openpgp.generateKey({ userIDs: [{ name: 'pump-17' }], format: 'armored' });
  return {
    tls: tls.export({ format: 'der', type: 'spki' }).toString('base64'),
    ssh: sshEd25519Line(generateKeyPairSync('ed25519').publicKey),
    openpgp: pgp.publicKey.replaceAll('\r\n', '\n'),
  };
}

async function enrol() {
  const token = makeToken();
  const oneTimeKey = tokenPublicKey(token);
  const signed = signStatement(
    { fleet: 'acme', device: 'pump-17', oneTimeKey, keys: await makeKeys() },
    tokenKey(token),
  );
  return {
    token,
    signed,
    expected: { fleet: 'acme', device: 'pump-17', key: `${oneTimeKey} note`, expiresMs: token.expiresMs },
  };
}

describe('an enrolment token', () => {
  test('reads back, also with the line breaks of a mail', () => {
    const token = makeToken();
    const wrapped = formatToken(token).replace(/(.{60})/g, '$1\r\n  ');
    assert.deepEqual(parseToken(wrapped), token);
  });

  test('says that a part was lost', () => {
    const text = formatToken(makeToken());
    for (const broken of [
      text.slice(0, -1),
      text.slice(1),
      text.replace(/.(.{20})$/, '$1'),
      'towline1_',
      '',
      'x'.repeat(99_999),
    ]) {
      assert.throws(() => parseToken(broken), code('ENROLMENT_TOKEN_MALFORMED'));
    }
  });

  test('with a gateway that has no pin is refused: there is no trust on first use', () => {
    const text = formatToken({ ...makeToken(), gateways: [{ ...gateway, tlsPins: [] }] });
    assert.throws(() => parseToken(text), code('ENROLMENT_TOKEN_MALFORMED'));
  });
});

describe('an enrolment statement', () => {
  test('passes from the device through the gateway to the person who accepts it', async () => {
    const { signed, expected } = await enrol();
    const received = parseSignedStatement(formatSignedStatement(signed));
    verifyStatement(received, expected, 999_999);
    assert.equal(
      isFingerprint(received.statement, ` ${statementFingerprint(signed.statement).toLowerCase()} `),
      true,
    );
    assert.match(
      statementFingerprint(signed.statement),
      /^([0-9A-HJKMNP-TV-Z]{4}-){4}[0-9A-HJKMNP-TV-Z]{4}$/,
    );
  });

  test('with swapped keys is refused: the gateway has not the one-time key', async () => {
    const { signed, expected } = await enrol();
    for (const name of ['tls', 'ssh', 'openpgp'] as const) {
      const other = await makeKeys();
      const keys = { ...signed.statement.keys, [name]: other[name] };
      const swapped: SignedStatement = { ...signed, statement: { ...signed.statement, keys } };
      assert.throws(() => verifyStatement(swapped, expected, 0), code('ENROLMENT_SIGNATURE'));
      assert.equal(isFingerprint(swapped.statement, statementFingerprint(signed.statement)), false);
    }
  });

  test('for an invented device is refused', async () => {
    const { signed, expected } = await enrol();
    assert.throws(
      () => verifyStatement(signed, { ...expected, device: 'pump-18' }, 0),
      code('ENROLMENT_NOT_EXPECTED'),
    );
    const foreign = await enrol();
    assert.throws(() => verifyStatement(foreign.signed, expected, 0), code('ENROLMENT_SIGNATURE'));
  });

  test('after the token’s time is refused', async () => {
    const { signed, expected } = await enrol();
    assert.throws(
      () => verifyStatement(signed, expected, expected.expiresMs),
      code('ENROLMENT_TOKEN_EXPIRED'),
    );
  });

  test('of a wrong form is refused', async () => {
    const { signed } = await enrol();
    const change = (keys: object) =>
      JSON.stringify({
        ...signed,
        statement: { ...signed.statement, keys: { ...signed.statement.keys, ...keys } },
      });
    const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({
      format: 'der',
      type: 'spki',
    });
    const cases = [
      '',
      'null',
      '{}',
      change({ tls: p384.toString('base64') }),
      change({ ssh: 'ssh-ed25519 AAAA' }),
      change({ openpgp: 'x' }),
      change({ ssh: `${signed.statement.keys.ssh}\ntls x` }),
      ' '.repeat(40_000),
    ];
    for (const text of cases)
      assert.throws(() => parseSignedStatement(text), code('ENROLMENT_STATEMENT_MALFORMED'));
  });
});
