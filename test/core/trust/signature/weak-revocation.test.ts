/** A key that its owner took back counts for nothing, however old the hash under the revocation: against real gpg. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { after, describe, test } from 'node:test';
import { GitCatFileSource } from '../../../../core/io/git/git-object-source.ts';
import { ObjectReader } from '../../../../core/trust/git/object-reader.ts';
import { loadPolicy } from '../../../../core/trust/policy/policy-load.ts';
import { readOpenpgpKey } from '../../../../core/trust/signature/openpgp-key.ts';
import { keyUnderWalk, type TrustKey } from '../../../../core/trust/signature/trust-key.ts';
import { openAnchor, walk } from '../../../../core/trust/walk.ts';
import { makeFleetRepository } from '../../../../lab/rig/fleet-repository.ts';
import { type GpgKey, makeGpgKey } from '../../../../lab/rig/keys.ts';
import { MemoryRepository } from '../../../../lab/rig/memory-repository.ts';

const made: GpgKey[] = [];
after(async () => {
  for (const key of made) await key.remove();
});

async function gpgKey(options: Parameters<typeof makeGpgKey>[0] = {}): Promise<GpgKey> {
  const key = await makeGpgKey(options);
  made.push(key);
  return key;
}

/** What a person types into gpg. */
function converse(key: GpgKey, args: readonly string[], answers: string): string {
  const { stdout } = spawnSync('gpg', ['--no-tty', '--yes', '--command-fd', '0', ...args], {
    env: { ...process.env, ...key.environment },
    input: answers,
  });
  return stdout.toString('latin1');
}

const sha1 = ['--cert-digest-algo', 'SHA1'];
const read = async (key: GpgKey, walk = 2): Promise<TrustKey[]> =>
  (await readOpenpgpKey(await key.publicKey())).map(one => keyUnderWalk(one, walk));

async function packetsOf(key: GpgKey): Promise<Buffer[]> {
  const env = { ...process.env, ...key.environment };
  const bytes = execFileSync('gpg', ['--export', key.fingerprint], { env });
  const packets: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    // gpg writes packets in the old form, with one or two bytes of length.
    const two = (bytes[at] ?? 0) & 1;
    const length = 2 + two + (two ? bytes.readUInt16BE(at + 1) : bytes.readUInt8(at + 1));
    packets.push(bytes.subarray(at, at + length));
    at += length;
  }
  return packets;
}

/** The armored key with this done to its packets. */
async function bent(key: GpgKey, bend: (packets: Buffer[]) => Buffer[]): Promise<string> {
  const input = Buffer.concat(bend(await packetsOf(key)));
  return execFileSync('gpg', ['--enarmor'], { input })
    .toString('utf8')
    .replaceAll('ARMORED FILE', 'PUBLIC KEY BLOCK');
}

const typeOf = (packet: Buffer): number | undefined =>
  ((packet[0] ?? 0) & 0x3c) === 0x08 ? packet[2 + ((packet[0] ?? 0) & 1) + 1] : undefined;

describe('a revocation', () => {
  for (const hash of ['SHA1', 'RIPEMD160', 'SHA224', 'SHA256']) {
    test(`of a primary key under ${hash} counts, from walk 2 on`, async () => {
      const key = await gpgKey();
      assert.equal((await read(key))[0]?.revoked, false);
      const text = converse(
        key,
        ['--cert-digest-algo', hash, '--gen-revoke', key.fingerprint],
        'y\n0\n\ny\n',
      );
      await key.gpg(['--import'], text);
      assert.match(await key.gpg(['--list-keys', '--with-colons']), /^pub:r:/m, 'gpg says revoked');
      assert.equal((await read(key))[0]?.revoked, true);
      assert.equal((await read(key, 1))[0]?.revoked, hash === 'SHA256');
    });
  }

  test('of a subkey under a weak hash counts for that subkey alone', async () => {
    const key = await gpgKey();
    await key.gpg(['--quick-add-key', key.fingerprint, 'ed25519', 'sign', '0']);
    converse(key, [...sha1, '--edit-key', key.fingerprint], 'key 1\nrevkey\ny\n0\n\ny\nsave\n');
    const keys = await read(key);
    assert.deepEqual(
      keys.map(({ id, revoked }) => [id === key.fingerprint, revoked]),
      [
        [true, false],
        [false, true],
      ],
    );
  });

  test('of a primary key takes its subkeys with it, also under a weak hash', async () => {
    const key = await gpgKey();
    await key.gpg(['--quick-add-key', key.fingerprint, 'ed25519', 'sign', '0']);
    await key.gpg(['--import'], converse(key, [...sha1, '--gen-revoke', key.fingerprint], 'y\n0\n\ny\n'));
    assert.deepEqual(
      (await read(key)).map(({ revoked }) => revoked),
      [true, true],
    );
  });

  test('of one user ID of two leaves the key, of all of them it does not', async () => {
    const key = await gpgKey();
    await key.gpg(['--quick-add-uid', key.fingerprint, 'second <second@example.com>']);
    converse(key, [...sha1, '--edit-key', key.fingerprint], 'uid 1\nrevuid\ny\n0\n\ny\nsave\n');
    assert.equal((await read(key))[0]?.revoked, false);
    const last = await bent(key, packets => {
      const users = packets.flatMap((packet, at) => (((packet[0] ?? 0) & 0x3c) === 0x34 ? [at] : []));
      const lost = packets.findIndex(packet => typeOf(packet) === 0x30);
      const start = users.filter(at => at < lost).at(-1) ?? 0;
      const end = users.find(at => at > lost) ?? packets.length;
      return [packets[0] ?? Buffer.of(), ...packets.slice(start, end)];
    });
    const [left] = await readOpenpgpKey(last);
    assert.ok(left !== undefined && keyUnderWalk(left, 2).revoked);
  });

  test('by a designated revoker, or of a form that is not known, cannot be checked: it counts', async () => {
    const [key, other] = [await gpgKey(), await gpgKey({ name: 'other' })];
    const revoke = (by: GpgKey): Buffer => {
      const text = converse(by, ['--gen-revoke', by.fingerprint], 'y\n0\n\ny\n');
      const env = { ...process.env, ...by.environment };
      return execFileSync('gpg', ['--dearmor'], { env, input: text.slice(text.indexOf('-----BEGIN')) });
    };
    const after =
      (packet: Buffer) =>
      ([first = Buffer.of(), ...rest]: Buffer[]) => [first, packet, ...rest];
    const counts = async (packet: Buffer): Promise<boolean | undefined> => {
      const [one] = await readOpenpgpKey(await bent(key, after(packet)));
      return one === undefined ? undefined : keyUnderWalk(one, 2).revoked;
    };
    assert.equal(await counts(revoke(other)), true);
    const [own, unknown] = [revoke(key), revoke(key)];
    assert.equal(await counts(own), true);
    const md5 = converse(key, ['--cert-digest-algo', 'MD5', '--gen-revoke', key.fingerprint], 'y\n0\n\ny\n');
    const dearmored = execFileSync('gpg', ['--dearmor'], { input: md5.slice(md5.indexOf('-----BEGIN')) });
    assert.equal(await counts(dearmored), true, 'gpg does not even take it');
    const head = own.length - own.readUInt8(1);
    unknown[head + 3] = 99;
    assert.equal(await counts(unknown), true, 'under a hash that nobody knows');
    own[own.length - 1] = (own.at(-1) ?? 0) ^ 1;
    assert.equal(await counts(own), false, 'one that is plainly not its own says nothing');
  });
});

describe('a revocation that lies elsewhere than where gpg puts it', () => {
  const revokedSubkey = async (clock: readonly string[] = []): Promise<GpgKey> => {
    const key = await gpgKey();
    await key.gpg(['--quick-add-key', key.fingerprint, 'ed25519', 'sign', '0']);
    converse(key, [...clock, '--edit-key', key.fingerprint], 'key 1\nrevkey\ny\n0\n\ny\nsave\n');
    return key;
  };
  const revokedIn = async (armored: string): Promise<boolean[]> =>
    (await readOpenpgpKey(armored)).map(key => keyUnderWalk(key, 2).revoked);

  for (const [hash, clock] of [
    ['SHA-1', sha1],
    ['SHA-512', []],
  ] as const) {
    test(`of a subkey, under ${hash}, counts after the primary key and after a user ID`, async () => {
      const key = await revokedSubkey(clock);
      const isLost = (packet: Buffer): boolean => typeOf(packet) === 0x28;
      const moved = (to: (rest: Buffer[], lost: Buffer[]) => Buffer[]): Promise<string> =>
        bent(key, packets =>
          to(
            packets.filter(packet => !isLost(packet)),
            packets.filter(isLost),
          ),
        );
      const primary = ([first = Buffer.of(), ...rest]: Buffer[], lost: Buffer[]) => [first, ...lost, ...rest];
      const user = ([first = Buffer.of(), name = Buffer.of(), ...rest]: Buffer[], lost: Buffer[]) => [
        first,
        name,
        ...lost,
        ...rest,
      ];
      for (const place of [primary, user]) {
        const armored = await moved(place);
        const reader = await gpgKey({ name: 'reader' });
        await reader.gpg(['--allow-weak-digest-algos', '--import'], armored);
        assert.match(
          await reader.gpg(['--list-keys', '--with-colons', key.fingerprint]),
          /^sub:r:/m,
          'gpg says revoked',
        );
        assert.deepEqual(await revokedIn(armored), [false, true], place.name);
      }
    });
  }

  test('in one of two copies of a certificate counts, in one block and in two files', async () => {
    for (const hash of ['SHA1', 'SHA256']) {
      const key = await gpgKey();
      const before = await key.publicKey();
      const text = converse(
        key,
        ['--cert-digest-algo', hash, '--gen-revoke', key.fingerprint],
        'y\n0\n\ny\n',
      );
      const old = await packetsOf(key);
      await key.gpg(['--import'], text);
      for (const both of [
        await bent(key, packets => [...old, ...packets]),
        await bent(key, packets => [...packets, ...old]),
      ]) {
        assert.deepEqual(await policyRevokes({ 'trust/keys/alice.asc': both }), true, hash);
      }
      const files = { 'trust/keys/alice.asc': before, 'trust/keys/alice-new.asc': await key.publicKey() };
      assert.equal(await policyRevokes(files), true, `${hash}, in two files`);
    }
  });
});

/** Whether a policy, whose principal has these key files, takes the first key for a revoked one. */
async function policyRevokes(files: Readonly<Record<string, string>>): Promise<boolean | undefined> {
  const repository = new MemoryRepository();
  const policy = [
    'apiVersion: towline/v1',
    'fleet: f',
    'version: 1',
    'walk: 2',
    `principals: { alice: { openpgp: ${JSON.stringify(Object.keys(files))} } }`,
    'roles: { root: { principals: [alice] } }',
    '',
  ].join('\n');
  const all = new Map([['trust/policy.yaml', policy], ...Object.entries(files)]);
  const commit = repository.commit({ files: all, parents: [], message: 'First\n', timeSec: 1_700_000_000 });
  const { keys } = await loadPolicy(new ObjectReader(repository), commit, new Map());
  return keys.byFingerprint(keys.owned[0]?.key.id ?? '')?.key.revoked;
}

test('before walk 2 who checks before devices do refuses what a key signs that gpg calls revoked', async () => {
  const key = await gpgKey();
  const text = converse(key, [...sha1, '--gen-revoke', key.fingerprint], 'y\n0\n\ny\n');
  const packet = execFileSync('gpg', ['--dearmor'], { input: text.slice(text.indexOf('-----BEGIN')) });
  const revoked = await bent(key, ([first = Buffer.of(), ...rest]) => [first, packet, ...rest]);
  const files = { 'trust/keys/alice.asc': revoked };
  const { repository, anchor } = await makeFleetRepository({ signer: key, files });
  try {
    const head = await repository.commit({ signer: key, files: { x: '1' } });
    await using source = new GitCatFileSource(repository.path);
    const judge = async (clock: { nowSec?: number }) => {
      const reader = new ObjectReader(source);
      const trusted = await openAnchor(reader, anchor);
      return await walk({ reader, trusted, head, signal: AbortSignal.timeout(30_000), ...clock });
    };
    assert.equal((await judge({})).trusted.commit, head);
    const nowSec = Math.floor(Date.now() / 1000);
    assert.equal((await judge({ nowSec })).stopped?.code, 'TRUST_KEY_REVOKED');
  } finally {
    await repository.remove();
  }
});

describe('a self-signature under a weak hash', () => {
  test('that shortens the life of a key is not passed over for an older one', async () => {
    const key = await gpgKey({ algorithm: 'rsa2048', madeAtSec: 1_700_000_000 });
    const before = await packetsOf(key);
    const clock = ['--faked-system-time', '1700001000'];
    await key.gpg([...clock, ...sha1, '--quick-set-expire', key.fingerprint, 'seconds=3600']);
    const newer = (await packetsOf(key)).filter(packet => typeOf(packet) === 0x13);
    assert.equal(newer.length, 1);
    const both = await bent(key, () => [...before, ...newer]);
    const [one] = (await readOpenpgpKey(both)).map(found => keyUnderWalk(found, 2));
    assert.equal(one?.revoked, true, 'what it says of the key cannot be told from what a forger says');
    assert.match(one?.doubt?.revoked ?? '', /newest self-signature/);
  });

  test('of a user ID that has no other lets the key expire when it says', async () => {
    const key = await gpgKey({ algorithm: 'rsa2048', madeAtSec: 1_700_000_000 });
    await key.gpg(['--faked-system-time', '1700000100', ...sha1, '--quick-add-uid', key.fingerprint, 'old']);
    const before = await packetsOf(key);
    await key.gpg([
      '--faked-system-time',
      '1700001000',
      ...sha1,
      '--quick-set-expire',
      key.fingerprint,
      'seconds=3600',
    ]);
    const old = (await packetsOf(key)).slice(-2);
    const end = before.findIndex((packet, at) => at > 1 && ((packet[0] ?? 0) & 0x3c) === 0x34);
    const both = await bent(key, () => [...before.slice(0, end), ...old]);
    const [one] = (await readOpenpgpKey(both)).map(found => keyUnderWalk(found, 2));
    assert.deepEqual([one?.revoked, one?.expiresSec], [false, 1_700_004_600]);
  });
});
