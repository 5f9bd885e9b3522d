/** One key stands under one principal, however it is spelt; a device's key under none. From `walk: 2` on. */
import assert from 'node:assert/strict';
import { generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import { before, describe, test } from 'node:test';
import { ObjectReader } from '../../../../core/trust/git/object-reader.ts';
import { openAnchor, type WalkResult, walk } from '../../../../core/trust/walk.ts';
import {
  type Certificate,
  ed25519Point,
  makeCertificate,
  mpint,
  raw,
  sshLine,
  sshLineOf,
  withZeroBeforeExponent,
} from '../../../../lab/rig/key-spellings.ts';
import { MemoryKey, MemoryRepository } from '../../../../lab/rig/memory-repository.ts';

const alice = new MemoryKey();
const timeSec = 1_700_000_000;

interface Keys {
  readonly ssh?: string;
  readonly openpgp?: string;
}

/** Alice, root, signs a policy with these principals over one without them; these files are there before. */
async function step(
  principals: Readonly<Record<string, Keys>>,
  files: Readonly<Record<string, string>> = {},
  walkVersion = 2,
): Promise<WalkResult> {
  const repository = new MemoryRepository();
  const commit = (version: number, people: Readonly<Record<string, Keys>>, parents: string[]): string => {
    const all = new Map(Object.entries(files));
    const everybody: Readonly<Record<string, Keys>> = { alice: { ssh: alice.publicKey }, ...people };
    const lines = Object.entries(everybody).map(([name, keys]) => {
      if (keys.openpgp !== undefined) all.set(`trust/keys/${name}.asc`, keys.openpgp);
      const openpgp = keys.openpgp === undefined ? '' : `openpgp: [trust/keys/${name}.asc]`;
      return `  ${name}: { ${keys.ssh === undefined ? openpgp : `ssh: ["${keys.ssh}"]`} }`;
    });
    const head = ['apiVersion: towline/v1', 'fleet: f', `version: ${version}`, `walk: ${walkVersion}`];
    const text = [...head, 'principals:', ...lines, 'roles: { root: { principals: [alice] } }', ''];
    all.set('trust/policy.yaml', text.join('\n'));
    const message = 'Change\n\nTowline-Ref: f/main\n';
    return repository.commit({ files: all, parents, message, timeSec, signer: alice });
  };
  const anchor = commit(1, {}, []);
  const head = commit(2, principals, [anchor]);
  const reader = new ObjectReader(repository);
  const trusted = await openAnchor(reader, anchor);
  return walk({ reader, trusted, head, signal: new AbortController().signal });
}

const ed25519 = generateKeyPairSync('ed25519').publicKey;
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey;
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
const jwk = (key: typeof rsa): JsonWebKey => key.export({ format: 'jwk' });
const p256Prime = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;

/** The key whose private number is the negative: whoever has one has the other. */
function negated(): string {
  const { x, y } = jwk(p256);
  const other = (p256Prime - BigInt(`0x${raw(y).toString('hex')}`)).toString(16).padStart(64, '0');
  const point = Buffer.concat([Buffer.of(4), raw(x), Buffer.from(other, 'hex')]);
  return sshLine('ecdsa-sha2-nistp256', 'nistp256', point);
}

function flipped(): string {
  const point = Buffer.from(raw(jwk(ed25519).x));
  point.writeUInt8(point.readUInt8(31) ^ 0x80, 31);
  return sshLine('ssh-ed25519', point);
}

describe('from walk 2 on a policy is refused', () => {
  let legacy: Certificate;
  let modern: Certificate;
  let nist: Certificate;
  let rsaCertificate: Certificate;
  before(async () => {
    legacy = await makeCertificate('legacy');
    modern = await makeCertificate('modern');
    nist = await makeCertificate('nistP256');
    rsaCertificate = await makeCertificate('rsa');
  });

  const ssh = (line: string): Keys => ({ ssh: line });
  const openpgp = (armored: string): Keys => ({ openpgp: armored });
  const twice: readonly [name: string, keys: () => Promise<[Keys, Keys]> | [Keys, Keys]][] = [
    [
      'an Ed25519 key as gpg writes it and as SSH does',
      () => [openpgp(legacy.armored), ssh(sshLine('ssh-ed25519', ed25519Point(legacy.numbers)))],
    ],
    [
      'an Ed25519 key as RFC 9580 writes it and as SSH does',
      () => [openpgp(modern.armored), ssh(sshLine('ssh-ed25519', ed25519Point(modern.numbers)))],
    ],
    [
      'a P-256 key as OpenPGP and as SSH',
      () => [
        openpgp(nist.armored),
        ssh(sshLine('ecdsa-sha2-nistp256', 'nistp256', Buffer.from(nist.numbers.Q as Uint8Array))),
      ],
    ],
    [
      'an RSA key as OpenPGP and as SSH',
      () => {
        const { n, e } = rsaCertificate.numbers as Record<string, Uint8Array>;
        const line = sshLine('ssh-rsa', mpint(e ?? Buffer.of()), mpint(n ?? Buffer.of()));
        return [openpgp(rsaCertificate.armored), ssh(line)];
      },
    ],
    [
      'two certificates of one key, made at two times',
      async () => [openpgp(legacy.armored), openpgp(await legacy.earlier())],
    ],
    [
      'a key and the same as one of a security key',
      () => [
        ssh(sshLineOf(ed25519)),
        ssh(sshLine('sk-ssh-ed25519@openssh.com', raw(jwk(ed25519).x), 'ssh:')),
      ],
    ],
    [
      'one RSA modulus with two exponents',
      () => [ssh(sshLineOf(rsa)), ssh(sshLine('ssh-rsa', Buffer.of(3), mpint(raw(jwk(rsa).n))))],
    ],
    ['a point of P-256 and its negative', () => [ssh(sshLineOf(p256)), ssh(negated())]],
    ['a point of Ed25519 and its negative', () => [ssh(sshLineOf(ed25519)), ssh(flipped())]],
  ];
  for (const [name, keys] of twice) {
    test(`that has under two principals ${name}`, async () => {
      const [bob, carol] = await keys();
      const { stopped } = await step({ bob, carol });
      assert.equal(stopped?.code, 'TRUST_POLICY_SHARED_KEY', stopped?.message);
      assert.equal((await step({ bob })).stopped, undefined);
      assert.equal((await step({ carol })).stopped, undefined);
    });
  }

  const { n, e } = jwk(rsa);
  const unusual: readonly [name: string, keys: () => Keys][] = [
    [
      'an exponent with a needless zero',
      () => ssh(sshLine('ssh-rsa', Buffer.concat([Buffer.of(0), raw(e)]), mpint(raw(n)))),
    ],
    ['a modulus without the zero for its sign', () => ssh(sshLine('ssh-rsa', raw(e), raw(n)))],
    [
      'a modulus with two zeros',
      () => ssh(sshLine('ssh-rsa', raw(e), Buffer.concat([Buffer.of(0), mpint(raw(n))]))),
    ],
    ['bits behind the end of its base64', () => ssh(otherBase64(sshLineOf(p384)))],
    [
      'an OpenPGP exponent with a needless zero',
      () => openpgp(withZeroBeforeExponent(rsaCertificate.armored)),
    ],
  ];
  for (const [name, keys] of unusual) {
    test(`that has a key with ${name}`, async () => {
      const { stopped } = await step({ bob: keys() });
      assert.equal(stopped?.code, 'TRUST_POLICY_KEY', stopped?.message);
      assert.equal((await step({ bob: keys() }, {}, 1)).stopped, undefined, 'walk 1 takes it as before');
    });
  }

  const spki = p256.export({ type: 'spki', format: 'der' });
  const compressed = Buffer.concat([
    Buffer.from('3039301306072a8648ce3d020106082a8648ce3d030107032200', 'hex'),
    Buffer.of(2 + (raw(jwk(p256).y).readUInt8(31) & 1)),
    raw(jwk(p256).x),
  ]);
  const other = generateKeyPairSync('ed25519').publicKey;
  const otherTls = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({
    type: 'spki',
    format: 'der',
  });
  const device = (keys: string): string => `apiVersion: towline/v1\n${keys}\n`;
  const keysOf = (tls: Buffer, line: string): string =>
    device(`keys:\n  tls: ${tls.toString('base64')}\n  ssh: ${line}`);
  const escaped = (line: string): string =>
    [...line].map(letter => `\\x${letter.charCodeAt(0).toString(16).padStart(2, '0')}`).join('');
  const devices: readonly [name: string, key: () => Keys, file: () => string | Promise<string>][] = [
    ['its TLS key', () => ssh(sshLineOf(p256)), () => keysOf(spki, sshLineOf(other))],
    ['its TLS key, compressed', () => ssh(sshLineOf(p256)), () => keysOf(compressed, sshLineOf(other))],
    ['its SSH key', () => ssh(sshLineOf(ed25519)), () => keysOf(otherTls, sshLineOf(ed25519))],
    [
      'its SSH key, as that of a security key',
      () => ssh(sshLine('sk-ssh-ed25519@openssh.com', raw(jwk(ed25519).x), 'ssh:')),
      () => keysOf(otherTls, sshLineOf(ed25519)),
    ],
    [
      'its SSH key, in escapes of YAML',
      () => ssh(sshLineOf(ed25519)),
      () => keysOf(otherTls, `"${escaped(sshLineOf(ed25519))}"`),
    ],
    [
      'its one-time key',
      () => ssh(sshLineOf(ed25519)),
      () => device(`enrolment: { key: "${sshLineOf(ed25519)}", expires: 2030-01-01T00:00:00Z }`),
    ],
    [
      'the host key of its own sshd',
      () => ssh(sshLineOf(ed25519)),
      () => device(`hostKeys: ["${sshLineOf(ed25519)}"]`),
    ],
    [
      'its OpenPGP key, in a certificate of another time',
      () => openpgp(legacy.armored),
      async () =>
        keysOf(otherTls, `${sshLineOf(other)}\n  openpgp: ${JSON.stringify(await legacy.earlier())}`),
    ],
    [
      'its OpenPGP key, as an SSH key',
      () => ssh(sshLine('ssh-ed25519', ed25519Point(modern.numbers))),
      () => keysOf(otherTls, `${sshLineOf(other)}\n  openpgp: ${JSON.stringify(modern.armored)}`),
    ],
  ];
  for (const [name, key, file] of devices) {
    test(`that names for a principal a device's key: ${name}`, async () => {
      const bob = key();
      const { stopped } = await step({ bob }, { 'devices/eu/pump.yaml': await file() });
      assert.equal(stopped?.code, 'TRUST_POLICY_DEVICE_KEY', stopped?.message);
      assert.match(stopped?.message ?? '', /devices\/eu\/pump\.yaml/);
      assert.equal((await step({ bob })).stopped, undefined);
    });
  }
});

/** The last letter before the padding holds bits that nobody reads. */
function otherBase64(line: string): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const at = line.indexOf('=') - 1;
  assert.ok(at > 0, 'the key has no padding');
  const next = letters.charAt(letters.indexOf(line.charAt(at)) + 1);
  return line.slice(0, at) + next + line.slice(at + 1);
}
