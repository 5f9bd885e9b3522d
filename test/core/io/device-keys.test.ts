import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createPublicKey, X509Certificate } from 'node:crypto';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import {
  makeDeviceKeys,
  readDeviceKeys,
  sshPublicKey,
  tlsPublicKey,
  writeDeviceKeys,
} from '../../../core/io/device-keys.ts';

let folder: string;
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'towline-keys-'));
});
after(() => rm(folder, { recursive: true }));

test('device keys come back from the disk as they were made, readable by the owner only', async () => {
  const keys = makeDeviceKeys('pump-17');
  const keysFolder = path.join(folder, 'keys');
  await writeDeviceKeys(keysFolder, keys);
  assert.deepEqual(await readDeviceKeys(keysFolder), keys);
  for (const name of ['tls.key', 'ssh']) {
    assert.equal((await stat(path.join(keysFolder, name))).mode & 0o777, 0o600);
  }
});

test('the certificate is a valid X.509 one, self-signed, over the P-256 key', () => {
  const keys = makeDeviceKeys('pump-17');
  const certificate = new X509Certificate(keys.tlsCertificate);
  assert.equal(certificate.subject, 'CN=pump-17');
  assert.equal(certificate.verify(certificate.publicKey), true);
  assert.equal(certificate.publicKey.asymmetricKeyDetails?.namedCurve, 'prime256v1');
  assert.match(certificate.validTo, /9999/);
  const spki = Buffer.from(tlsPublicKey(keys), 'base64');
  assert.ok(createPublicKey({ key: spki, format: 'der', type: 'spki' }).equals(certificate.publicKey));
});

test('ssh-keygen reads the SSH key and derives the same public key', async () => {
  const keys = makeDeviceKeys('pump-17');
  const file = path.join(folder, 'ssh-key');
  await writeFile(file, keys.sshKey, { mode: 0o600 });
  const line = execFileSync('ssh-keygen', ['-y', '-f', file], { encoding: 'utf8' }).trim();
  assert.equal(line, `${sshPublicKey(keys)} pump-17`);
});

test('a key made by ssh-keygen is read as well', async () => {
  const file = path.join(folder, 'made');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'someone', '-f', file]);
  const { readFile } = await import('node:fs/promises');
  const keys = { ...makeDeviceKeys(), sshKey: await readFile(file, 'utf8') };
  assert.equal(`${sshPublicKey(keys)} someone`, (await readFile(`${file}.pub`, 'utf8')).trim());
});

test('missing, damaged and mixed-up keys are refused by name', async () => {
  const keysFolder = path.join(folder, 'bad');
  await assert.rejects(readDeviceKeys(keysFolder), { code: 'AGENT_KEYS', message: /tls\.key is missing/ });
  const keys = makeDeviceKeys();
  await writeDeviceKeys(keysFolder, { ...keys, tlsCertificate: makeDeviceKeys().tlsCertificate });
  await assert.rejects(readDeviceKeys(keysFolder), { code: 'AGENT_KEYS', message: /another key/ });
  await writeDeviceKeys(keysFolder, { ...keys, sshKey: keys.sshKey.replace(/A/g, 'B') });
  await assert.rejects(readDeviceKeys(keysFolder), { code: 'AGENT_KEYS' });
});
