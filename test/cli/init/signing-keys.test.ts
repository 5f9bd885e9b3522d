/** Keys that no device can trust are refused where they are first named, and nothing is made. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { type GpgKey, type GpgKeyOptions, makeGpgKey, makeSshKey } from '../../../lab/rig/keys.ts';
import { makeFleet } from '../fleet.ts';
import { git, temporaryFolder, towline } from '../towline.ts';

const gateway = ['--name', 'acme', '--person', 'alice', '--gateway', '127.0.0.1:8443'];

/** Neither `init` nor `trust init` makes anything of the key. */
async function refusesGpg(key: GpgKey, message: RegExp): Promise<void> {
  await using folder = disposable(await temporaryFolder());
  const fleet = path.join(folder.path, 'fleet');
  const made = await towline(['init', fleet, ...gateway, '--gpg-key', key.fingerprint], key.environment);
  assert.equal(made.code, 1, made.output);
  assert.match(made.errors, /^CLI_SIGNING_KEY /);
  assert.match(made.errors, message);
  assert.ok(!existsSync(fleet));
  await git(folder.path, 'init', '-q', '.');
  const root = ['trust', 'init', '--fleet', 'acme', '--root', `alice=gpg:${key.fingerprint}`];
  const written = await towline(root, key.environment, folder.path);
  assert.match(written.errors, message);
  assert.ok(!existsSync(path.join(folder.path, 'trust')));
}

const disposable = (folder: { readonly path: string; remove(): Promise<void> }) => ({
  path: folder.path,
  [Symbol.asyncDispose]: () => folder.remove(),
});

describe('towline init and trust init refuse', () => {
  const kinds: readonly [name: string, options: GpgKeyOptions, message: RegExp][] = [
    ['a brainpool key', { algorithm: 'brainpoolP256r1' }, /curve brainpoolP256r1/],
    ['a secp256k1 key', { algorithm: 'secp256k1' }, /curve secp256k1/],
    ['a short RSA key', { algorithm: 'rsa1024' }, /RSA/],
    ['a DSA key', { algorithm: 'dsa2048' }, /no key that can sign/],
    ['a key that only certifies', { usage: 'cert' }, /no key that can sign/],
    [
      'an expired key',
      { madeAtSec: Math.floor(Date.now() / 1000) - 864_000, expire: '1d' },
      /it expired at |no secret key/,
    ],
  ];
  for (const [name, options, message] of kinds)
    test(name, async () => {
      const key = await makeGpgKey(options);
      try {
        await refusesGpg(key, message);
      } finally {
        await key.remove();
      }
    });

  test('what gpg signs with a weak hash, by its settings', async () => {
    const key = await makeGpgKey({ algorithm: 'rsa2048' });
    await using folder = disposable(await temporaryFolder());
    try {
      await appendFile(path.join(key.home, 'gpg.conf'), 'digest-algo SHA1\n');
      const fleet = path.join(folder.path, 'fleet');
      const made = await towline(['init', fleet, ...gateway, '--gpg-key', key.fingerprint], key.environment);
      assert.match(
        made.errors,
        /^CLI_SIGNING_KEY no device would take what this key signs: .*(?:hash|sha1)/i,
      );
      assert.ok(!existsSync(fleet));
    } finally {
      await key.remove();
    }
  });

  test('SSH keys: short RSA, DSA, a certificate, for the person and for the operator', async () => {
    const [good, short] = [await makeSshKey('ed25519'), await makeSshKey('rsa', 1024)];
    await using folder = disposable(await temporaryFolder());
    const execute = promisify(execFile);
    try {
      const certificate = path.join(folder.path, 'id-cert.pub');
      const ca = ['-s', good.file, '-I', 'alice', '-n', 'alice', `${good.file}.pub`];
      await execute('ssh-keygen', ['-q', ...ca]);
      await writeFile(certificate, await readFile(`${good.file}-cert.pub`));
      const dsa = path.join(folder.path, 'dsa.pub');
      await writeFile(dsa, `ssh-dss ${Buffer.from('\0\0\0\x07ssh-dss', 'latin1').toString('base64')} x\n`);
      const files: readonly [file: string, message: RegExp][] = [
        [`${short.file}.pub`, /an RSA key below 2048 bits/],
        [certificate, /a certificate, not the public key itself/],
        [dsa, /"ssh-dss"/],
      ];
      for (const [file, message] of files) {
        const fleet = path.join(folder.path, 'fleet');
        const options = ['--ssh-key', `${good.file}.pub`, '--operator-key', file];
        for (const keys of [['--ssh-key', file], options]) {
          const made = await towline(['init', fleet, ...gateway, ...keys]);
          assert.equal(made.code, 1, made.output);
          assert.match(made.errors, /^CLI_SIGNING_KEY no device can trust the key /);
          assert.match(made.errors, message);
          assert.ok(!existsSync(fleet));
        }
        await git(folder.path, 'init', '-q', '.');
        const root = ['trust', 'init', '--fleet', 'acme', '--root', `alice=ssh:${file}`];
        assert.match((await towline(root, {}, folder.path)).errors, message);
      }
    } finally {
      await good.remove();
      await short.remove();
    }
  });
});

test('validate refuses a policy with a key that no device can trust, with its place', async () => {
  await using fleet = await makeFleet();
  const [short, brainpool] = [
    await makeSshKey('rsa', 1024),
    await makeGpgKey({ algorithm: 'brainpoolP256r1' }),
  ];
  try {
    await fleet.write('trust/keys/bob.asc', await brainpool.publicKey());
    const policy = await readFile(path.join(fleet.directory, 'trust/policy.yaml'), 'utf8');
    const bob = `  bob: { ssh: ["${short.publicKey}"], openpgp: [trust/keys/bob.asc] }\n`;
    await fleet.write('trust/policy.yaml', policy.replace(/^principals:\n/m, `principals:\n${bob}`));
    const checked = await towline(['validate', '--worktree', fleet.directory]);
    assert.equal(checked.code, 1, checked.output);
    const said = checked.output + checked.errors;
    assert.match(said, /trust\/policy\.yaml:\d+:\d+ TRUST_POLICY_KEY .*bob: an RSA key below 2048 bits/);
    assert.match(
      said,
      /trust\/policy\.yaml:\d+:\d+ TRUST_POLICY_KEY .*bob: no key that can sign: .*brainpool/,
    );
  } finally {
    await short.remove();
    await brainpool.remove();
  }
});

test('a SHA-256 repository is called that by every verb that reads one', async () => {
  await using folder = disposable(await temporaryFolder());
  await git(folder.path, 'init', '-q', '--object-format=sha256', '.');
  await git(folder.path, 'commit', '-q', '--allow-empty', '-m', 'First');
  for (const args of [
    ['validate'],
    ['validate', '--worktree'],
    ['plan', 'pump-1'],
    ['trust', 'check'],
    ['trust', 'hooks'],
    ['trust', 'init', '--fleet', 'acme', '--root', 'alice=ssh:/nonexistent'],
  ]) {
    const ran = await towline(args, {}, folder.path);
    assert.match(ran.errors, /^GIT_SHA256 .* names its objects by SHA-256/, args.join(' '));
  }
});
