import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { judgeCertificate } from '../../../../core/access/certificate/judge-certificate.ts';
import { readUserCertificate } from '../../../../core/access/certificate/user-certificate.ts';
import { isFrom } from '../../../../core/io/ssh/source-address.ts';
import {
  certificateFor,
  certificateLine,
  hourMs,
  identity,
  newKey,
  nowMs,
  signByKeygen,
  writeSecurityKey,
} from '../../../../lab/rig/certificates.ts';
import { makeKeyFile } from '../../../../lab/rig/key-file.ts';

const execute = promisify(execFile);

describe('certificates of people', () => {
  let folder: string;
  const one = ['-I', 'id', '-n', 'alice', '-V', '+1h'];
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tl-certificate-'));
    for (const [name, type] of [
      ['ca', 'ed25519'],
      ['ca-ecdsa', 'ecdsa'],
      ['ca-rsa', 'rsa'],
      ['ed25519', 'ed25519'],
      ['ecdsa', 'ecdsa'],
      ['rsa', 'rsa'],
    ] as const)
      await makeKeyFile(join(folder, name), type);
    await writeSecurityKey(folder, 'sk-ed25519', 'ed25519', 'sk-ssh-ed25519@openssh.com');
    await writeSecurityKey(folder, 'sk-ecdsa', 'ecdsa', 'sk-ecdsa-sha2-nistp256@openssh.com');
  });
  after(() => rm(folder, { recursive: true, force: true }));
  const signed = (signer: string, name: string, options: readonly string[]) =>
    signByKeygen(folder, signer, name, options);

  for (const signer of ['ca', 'ca-ecdsa']) {
    test(`what stock ssh-keygen signs with ${signer} is read, for each kind of key`, async () => {
      for (const name of ['ed25519', 'ecdsa', 'rsa', 'sk-ed25519', 'sk-ecdsa']) {
        const { principal, serial, keyId, fromMs, untilMs } = readUserCertificate(
          await signed(signer, name, [...one, '-z', '42']),
        );
        assert.deepEqual({ principal, serial, keyId }, { principal: 'alice', serial: 42n, keyId: 'id' });
        assert.ok(untilMs - fromMs >= hourMs && untilMs - fromMs <= hourMs + 120_000);
      }
    });
  }

  test('what our signer makes is what stock ssh-keygen shows, for one name and hours', async () => {
    const wire = certificateFor(newKey(), newKey());
    const file = join(folder, 'ours-cert.pub');
    await writeFile(file, `${certificateLine(wire)}\n`);
    const { stdout } = await execute('ssh-keygen', ['-L', '-f', file], {
      env: { ...process.env, TZ: 'UTC' },
    });
    assert.match(stdout, /Type: ssh-ed25519-cert-v01@openssh.com user certificate/);
    assert.match(stdout, /Serial: 7\n\s+Valid: from 2026-11-29T09:00:00 to 2026-11-29T10:00:00/);
    assert.match(stdout, /Principals: \n\s+alice\n\s+Critical Options: \(none\)/);
    const read = readUserCertificate(wire);
    assert.deepEqual(read.identity, identity);
    assert.equal(read.untilMs, nowMs + hourMs);
  });

  const refused: readonly [string, string, readonly string[], RegExp][] = [
    ['of a host', 'ca', ['-h', ...one], /not for a person/],
    ['for no name, which is every name', 'ca', ['-I', 'id', '-V', '+1h'], /not for exactly one name/],
    ['for two names', 'ca', ['-I', 'id', '-n', 'alice,bob', '-V', '+1h'], /not for exactly one name/],
    ['for ever', 'ca', ['-I', 'id', '-n', 'alice'], /more than 8 hours/],
    ['for nine hours', 'ca', ['-I', 'id', '-n', 'alice', '-V', '+9h'], /more than 8 hours/],
    ['with a forced command', 'ca', [...one, '-O', 'force-command=id'], /demands "force-command"/],
    ['with what nobody knows', 'ca', [...one, '-O', 'critical:new@x=1'], /demands "new@x"/],
    ['that wants a PIN', 'ca', [...one, '-O', 'verify-required'], /demands "verify-required"/],
    ['signed by an RSA key', 'ca-rsa', one, /another kind/],
  ];
  for (const [name, signer, options, message] of refused) {
    test(`a certificate ${name} is refused`, async () => {
      const wire = await signed(signer, 'ed25519', options);
      assert.throws(() => readUserCertificate(wire), message);
    });
  }

  test('one bit that differs, wherever it is, and it is no certificate of this signer any more', () => {
    const signer = newKey();
    const wire = certificateFor(newKey(), signer);
    const signers = Array.from(wire, (byte, at) => {
      const changed = Buffer.from(wire);
      changed.writeUInt8(byte ^ 1, at);
      try {
        return readUserCertificate(changed).signer;
      } catch {
        return undefined;
      }
    });
    assert.ok(!signers.includes(signer.publicBlob.toString('base64')));
    assert.throws(() => readUserCertificate(Buffer.concat([wire, Buffer.of(0)])));
    assert.throws(() => readUserCertificate(wire.subarray(0, -1)));
  });

  test('a nonce that can be guessed is refused', () => {
    const wire = certificateFor(newKey(), newKey(), { nonce: Buffer.alloc(8) });
    assert.throws(() => readUserCertificate(wire), /nonce/);
  });

  describe('judged', () => {
    const signer = newKey();
    const signers = [signer.publicBlob.toString('base64')];
    const ask = (
      change: Parameters<typeof certificateFor>[2] = {},
      question: Partial<Parameters<typeof judgeCertificate>[0]> = {},
    ) =>
      judgeCertificate({
        certificate: readUserCertificate(certificateFor(newKey(), signer, change)),
        signers,
        operatorNamed: name => (name === 'alice' ? { file: { oidc: [identity] } } : undefined),
        comesFrom: undefined,
        nowMs: nowMs + 1,
        ...question,
      });
    const why = (verdict: ReturnType<typeof ask>) => (verdict.holds ? 'holds' : verdict.why);

    test('it lets in the operator who has this identity in their file, until its end', () => {
      assert.deepEqual(ask(), { holds: true, operator: 'alice', untilMs: nowMs + hourMs });
    });

    test('not before its time, and not from its end on', () => {
      assert.match(why(ask({}, { nowMs: nowMs - 1 })), /not valid yet/);
      assert.equal(why(ask({}, { nowMs: nowMs + hourMs - 1 })), 'holds');
      assert.match(why(ask({}, { nowMs: nowMs + hourMs })), /expired/);
    });

    test('not by a signer whose certificates do not count here', () => {
      assert.match(why(ask({}, { signers: [newKey().publicBlob.toString('base64')] })), /nobody/);
      assert.match(why(ask({}, { signers: [] })), /nobody/);
    });

    test('not where there is no such operator, or no such identity in their file', () => {
      assert.match(why(ask({ principal: 'bob' })), /identity/);
      assert.match(why(ask({}, { operatorNamed: () => ({ file: {} }) })), /identity/);
      assert.match(why(ask({ identity: { ...identity, iss: 'https://other.example' } })), /identity/);
      assert.match(why(ask({ identity: { ...identity, sub: 'alice@acme.example' } })), /identity/);
    });

    test('one of stock ssh-keygen without the identity lets in nobody', async () => {
      const certificate = readUserCertificate(await signed('ca', 'ed25519', one));
      const verdict = ask({}, { certificate, signers: [certificate.signer], nowMs: Date.now() });
      assert.match(why(verdict), /identity/);
    });

    test('one that is bound to addresses is good from these, and nowhere that cannot tell', async () => {
      const stock = readUserCertificate(
        await signed('ca', 'ed25519', [...one, '-O', 'source-address=10.0.0.0/8,2001:db8::/32']),
      );
      const from = (address: string | undefined) =>
        why(
          ask(
            {},
            {
              certificate: { ...stock, identity },
              signers: [stock.signer],
              nowMs: Date.now(),
              comesFrom: address === undefined ? undefined : sources => isFrom(sources, address),
            },
          ),
        );
      for (const address of ['10.1.2.3', '::ffff:10.1.2.3', '2001:db8::1'])
        assert.equal(from(address), 'holds');
      for (const address of ['11.1.2.3', '2001:db9::1', 'x', '', undefined])
        assert.match(from(address), /not to be used from here/);
    });
  });
});
