/** At signing time our verdicts are those of `git verify-commit`, on commits that real gpg and ssh-keygen sign. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { parseCommit } from '../../../../core/trust/git/commit-object.ts';
import { timeProblem } from '../../../../core/trust/signature/evidence.ts';
import { readOpenpgpKey } from '../../../../core/trust/signature/openpgp-key.ts';
import { checkSignature } from '../../../../core/trust/signature/signature.ts';
import { readSshPublicKey } from '../../../../core/trust/signature/ssh-public-key.ts';
import { KeyRing } from '../../../../core/trust/signature/trust-key.ts';
import { type FleetRepository, makeRepository } from '../../../../lab/rig/fleet-repository.ts';
import { type GpgKey, makeGpgKey, makeSshKey, type SshKey } from '../../../../lab/rig/keys.ts';

const messages: readonly [name: string, message: Buffer | string][] = [
  ['plain', 'Change\n'],
  ['without final newline', 'Change'],
  ['with extra final newlines', 'Change\n\n\n'],
  ['with carriage returns', 'Change\r\n\r\nmore\r\n'],
  ['in latin-1', Buffer.from('\xc4nderung\n', 'latin1')],
  ['empty', ''],
  ['that quotes a signature', 'x\n\n-----BEGIN PGP SIGNATURE-----\ngpgsig evil\n'],
];

describe('agreement with git verify-commit', () => {
  let repository: FleetRepository;
  const made: (GpgKey | SshKey)[] = [];
  before(async () => {
    repository = await makeRepository();
  });
  after(async () => {
    await repository.remove();
    for (const key of made) await key.remove();
  });

  const gpgKey = async (options: Parameters<typeof makeGpgKey>[0]): Promise<GpgKey> => {
    const key = await makeGpgKey(options);
    made.push(key);
    return key;
  };
  const sshKey = async (type: string, bits?: number): Promise<SshKey> => {
    const key = await makeSshKey(type, bits);
    made.push(key);
    return key;
  };

  async function sign(key: GpgKey | SshKey, message: Buffer | string = 'Change\n'): Promise<string> {
    const tree = await repository.store('tree', '');
    const config = key.gitConfig;
    return repository.git(['commit-tree', '-S', tree], {
      config,
      input: message,
      environment: key.environment,
    });
  }

  /** By git: exit 0. By us: a sound signature, valid at the committer's time. */
  async function assertAgreement(id: string, key: GpgKey | SshKey, atSec?: number): Promise<boolean> {
    const signers = join(repository.path, 'signers');
    if (key.kind === 'ssh') await writeFile(signers, `test@example.com ${key.publicKey}\n`);
    const config = [...key.gitConfig, `gpg.ssh.allowedSignersFile=${signers}`];
    const git = await repository.git(['verify-commit', id], { config, environment: key.environment }).then(
      () => true,
      () => false,
    );
    const bytes = await rawCommit(id);
    const commit = parseCommit(bytes, id);
    const keys =
      key.kind === 'ssh' ? [readSshPublicKey(key.publicKey)] : await readOpenpgpKey(await key.publicKey());
    const ring = new KeyRing(keys.map(owned => ({ principal: 'alice', key: owned })));
    assert.ok(commit.signature);
    const evidence = checkSignature(commit.signature.armored, commit.signature.payload, ring, 'git');
    const ours = evidence.sound && timeProblem(evidence, atSec ?? commit.committer.timeSec) === undefined;
    assert.equal(ours, git, JSON.stringify(evidence.sound ? 'sound' : evidence));
    return ours;
  }

  async function rawCommit(id: string): Promise<Buffer> {
    const object = await repository.read(id);
    assert.ok(object);
    return Buffer.from(object.bytes);
  }

  for (const algorithm of ['ed25519', 'rsa2048', 'rsa3072', 'nistp256', 'nistp384', 'nistp521']) {
    test(`OpenPGP ${algorithm}: good, and bad when a bit of the commit changes`, async () => {
      const key = await gpgKey({ algorithm });
      const good = await sign(key);
      assert.equal(await assertAgreement(good, key), true);
      const raw = await rawCommit(good);
      const bad = await repository.store('commit', raw.toString('latin1').replace('Change', 'Chanqe'));
      assert.equal(await assertAgreement(bad, key), false);
    });
  }

  for (const [type, bits] of [
    ['ed25519'],
    ['rsa', 3072],
    ['ecdsa', 256],
    ['ecdsa', 384],
    ['ecdsa', 521],
  ] as const) {
    test(`SSH ${type} ${bits ?? ''}: good, and bad when a bit of the commit changes`, async () => {
      const key = await sshKey(type, bits);
      const good = await sign(key);
      assert.equal(await assertAgreement(good, key), true);
      const raw = await rawCommit(good);
      const bad = await repository.store('commit', raw.toString('latin1').replace('Change', 'Chanqe'));
      assert.equal(await assertAgreement(bad, key), false);
    });
  }

  describe('on messages of every kind', () => {
    let keys: readonly (GpgKey | SshKey)[];
    before(async () => {
      keys = [await gpgKey({}), await sshKey('ed25519')];
    });
    for (const [name, message] of messages) {
      test(`a message ${name}`, async () => {
        for (const key of keys) assert.equal(await assertAgreement(await sign(key, message), key), true);
      });
    }
  });

  test('a signing subkey', async () => {
    const key = await gpgKey({ usage: 'cert' });
    await key.gpg(['--quick-add-key', key.fingerprint, 'ed25519', 'sign', '0']);
    assert.equal(await assertAgreement(await sign(key), key), true);
  });

  test('a revoked key', async () => {
    const key = await gpgKey({});
    const id = await sign(key);
    assert.equal(await assertAgreement(id, key), true);
    await revoke(key);
    assert.equal(await assertAgreement(id, key), false);
    const [read] = await readOpenpgpKey(await key.publicKey());
    assert.equal(read?.revoked, true);
  });

  /** gpg writes a revocation beside each new key, with a colon before the armor so that nobody imports it by mistake. */
  async function revoke(key: GpgKey): Promise<void> {
    const text = await readFile(join(key.home, 'openpgp-revocs.d', `${key.fingerprint}.rev`), 'utf8');
    await key.gpg(['--import'], text.replace(':-----BEGIN', '-----BEGIN'));
  }

  test('a key that has expired since: git judges by its clock, we by line time', async () => {
    const dayAgo = Math.floor(Date.now() / 1000) - 86_400;
    const key = await gpgKey({ madeAtSec: dayAgo, expire: 'seconds=3600' });
    const program = join(key.home, 'gpg-then');
    await writeFile(program, `#!/bin/sh\nexec gpg --faked-system-time ${dayAgo + 60} "$@"\n`, {
      mode: 0o755,
    });
    const tree = await repository.store('tree', '');
    const time = `${dayAgo + 60} +0000`;
    const environment = { ...key.environment, GIT_COMMITTER_DATE: time, GIT_AUTHOR_DATE: time };
    const config = [...key.gitConfig, `gpg.program=${program}`];
    const id = await repository.git(['commit-tree', '-S', tree], { config, environment, input: 'x\n' });
    const now = Math.floor(Date.now() / 1000);
    assert.equal(await assertAgreement(id, key, now), false);
    const commit = parseCommit(await rawCommit(id), id);
    const ring = new KeyRing(
      (await readOpenpgpKey(await key.publicKey())).map(owned => ({ principal: 'alice', key: owned })),
    );
    const evidence = checkSignature(
      commit.signature?.armored ?? '',
      commit.signature?.payload ?? Buffer.of(),
      ring,
      'git',
    );
    assert.ok(evidence.sound);
    assert.equal(timeProblem(evidence, dayAgo + 120), undefined);
    assert.equal(timeProblem(evidence, dayAgo + 3600)?.code, 'TRUST_KEY_EXPIRED');
  });

  test('a weak hash is refused, where git may not', async () => {
    const key = await gpgKey({ algorithm: 'rsa2048' });
    const program = join(key.home, 'gpg-weak');
    await writeFile(program, '#!/bin/sh\nexec gpg --digest-algo SHA1 "$@"\n', { mode: 0o755 });
    const tree = await repository.store('tree', '');
    const config = [...key.gitConfig, `gpg.program=${program}`];
    const id = await repository.git(['commit-tree', '-S', tree], {
      config,
      environment: key.environment,
      input: 'x\n',
    });
    const commit = parseCommit(await rawCommit(id), id);
    const ring = new KeyRing(
      (await readOpenpgpKey(await key.publicKey())).map(owned => ({ principal: 'alice', key: owned })),
    );
    const evidence = checkSignature(
      commit.signature?.armored ?? '',
      commit.signature?.payload ?? Buffer.of(),
      ring,
      'git',
    );
    assert.equal(evidence.sound ? 'sound' : evidence.code, 'TRUST_WEAK_SIGNATURE');
  });

  test('a key whose owner is not in the ring is unknown to both', async () => {
    const [key, other] = [await sshKey('ed25519'), await sshKey('ed25519')];
    const id = await sign(key);
    assert.equal(await assertAgreement(id, other), false);
    const [pgp, stranger] = [await gpgKey({}), await gpgKey({ name: 'other' })];
    assert.equal(await assertAgreement(await sign(pgp), stranger), false);
  });
});
