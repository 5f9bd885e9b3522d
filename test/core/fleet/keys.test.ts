import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, test } from 'node:test';
import { loadFleet } from '../../../core/fleet/load.ts';
import { ed25519Point, makeCertificate, mpint, raw, sshLine } from '../../../lab/rig/key-spellings.ts';
import { SoftPasskey } from '../../rig/soft-authenticator.ts';
import { exampleFleet, makePublicKeys, repositoryOf, shown, type Texts } from './example-fleet.ts';

async function problemsOf(changes: Texts): Promise<string[]> {
  const { reader, commit } = repositoryOf({ ...exampleFleet, ...changes });
  return shown((await loadFleet(reader, commit)).problems);
}

const device = (...lines: string[]) => ['apiVersion: towline/v1', ...lines, ''].join('\n');

describe('keys', () => {
  const withKeys = (keys: { tls: string; ssh: string }) =>
    device('keys:', `  tls: ${keys.tls}`, `  ssh: ${keys.ssh}`);

  test('of two devices are two', async () => {
    const one = makePublicKeys();
    const two = makePublicKeys();
    const problems = await problemsOf({
      'devices/berlin/pump-1.yaml': withKeys(one),
      'devices/paris/pump-2.yaml': withKeys({ tls: one.tls, ssh: two.ssh }),
    });
    assert.deepEqual(problems, [
      'devices/paris/pump-2.yaml:3:8 FLEET_KEY_DUPLICATE this key stands for device "pump-1" too',
    ]);
  });

  test('of an engine is no other’s, nor that of its own device', async () => {
    const [one, two] = [makePublicKeys(), makePublicKeys()];
    const registry = makePublicKeys().tls;
    const withEngine = (keys: { tls: string; ssh: string }, key: string) =>
      device('keys:', `  tls: ${keys.tls}`, `  registry: ${key}`, `  ssh: ${keys.ssh}`);
    const problems = await problemsOf({
      'devices/berlin/pump-1.yaml': withEngine(one, registry),
      'devices/paris/pump-2.yaml': withEngine(two, registry),
    });
    assert.deepEqual(problems, [
      'devices/paris/pump-2.yaml:4:13 FLEET_KEY_DUPLICATE this key stands for device "pump-1" too',
    ]);
    const [own = ''] = await problemsOf({ 'devices/berlin/pump-1.yaml': withEngine(one, one.tls) });
    assert.match(own, /:4:13 FLEET_KEY_MALFORMED .*the engine has a key of its own/);
  });

  test('of a device and a person are two, whatever the comment', async () => {
    const keys = makePublicKeys();
    const problems = await problemsOf({
      'devices/berlin/pump-1.yaml': withKeys(keys),
      'operators/alice.yaml': device(`sshKeys: ["${keys.ssh} alice@laptop"]`),
    });
    assert.deepEqual(problems, [
      'devices/berlin/pump-1.yaml:4:8 FLEET_KEY_DUPLICATE this key stands for operator "alice" too',
    ]);
  });

  test('for login and for signing are two passkeys, of the same person, too', async () => {
    const [signs, logsIn] = [new SoftPasskey(), new SoftPasskey()];
    const { ssh } = makePublicKeys();
    const policy = (line: string) =>
      device(
        ...['fleet: acme', 'version: 1', 'walk: 2', `webauthn: { origins: ["${signs.origin}"] }`],
        `principals: { carol: { passkeys: ["${line}"] }, alice: { ssh: ["${makePublicKeys().ssh}"] } }`,
        'roles: { root: { principals: [alice] } }',
      );
    const carol = (line: string) => device(`sshKeys: ["${ssh}"]`, `passkeys: ["${line}"]`);
    const found = (one: string, other: string) =>
      problemsOf({ 'trust/policy.yaml': policy(one), 'operators/carol.yaml': carol(other) });
    const own = /FLEET_KEY/;
    assert.deepEqual(
      (await found(signs.line, logsIn.line)).filter(problem => own.test(problem)),
      [],
    );
    const [twice = ''] = (await found(signs.line, signs.line)).filter(problem => own.test(problem));
    assert.match(twice, /^operators\/carol.yaml:3:12 FLEET_KEY_DUPLICATE .*principal "carol", to sign/);
    const cut = logsIn.line.replace(/ [^ ]+$/, ' AAAA');
    const [short = ''] = (await found(signs.line, cut)).filter(problem => own.test(problem));
    assert.match(short, /FLEET_KEY_MALFORMED .*a credential id of 3 bytes/);
  });

  test('of two devices are two, also where a point is compressed', async () => {
    const one = makePublicKeys();
    const der = Buffer.from(one.tls, 'base64');
    const compressed = Buffer.concat([
      Buffer.from('3039301306072a8648ce3d020106082a8648ce3d030107032200', 'hex'),
      Buffer.of(2 + (der.readUInt8(der.length - 1) & 1)),
      der.subarray(27, 59),
    ]);
    const problems = await problemsOf({
      'devices/berlin/pump-1.yaml': withKeys(one),
      'devices/paris/pump-2.yaml': withKeys({ ...makePublicKeys(), tls: compressed.toString('base64') }),
    });
    assert.deepEqual(problems, [
      'devices/paris/pump-2.yaml:3:8 FLEET_KEY_DUPLICATE this key stands for device "pump-1" too',
    ]);
  });

  test('of a principal are two persons’, whether OpenPGP or SSH writes them', async () => {
    const certificate = await makeCertificate('legacy');
    const line = sshLine('ssh-ed25519', ed25519Point(certificate.numbers));
    const policy = [
      'apiVersion: towline/v1',
      'fleet: acme',
      'version: 1',
      'principals: { alice: { openpgp: [trust/keys/alice.asc] } }',
      'roles: { root: { principals: [alice] } }',
    ];
    const files = {
      'trust/policy.yaml': `${policy.join('\n')}\n`,
      'trust/keys/alice.asc': certificate.armored,
    };
    const person = (name: string) =>
      problemsOf({ ...files, [`operators/${name}.yaml`]: device(`sshKeys: ["${line}"]`) });
    assert.deepEqual(await person('alice'), []);
    assert.deepEqual(await person('bob'), [
      'operators/bob.yaml:2:11 FLEET_KEY_DUPLICATE this key stands for principal "alice" too',
    ]);
  });

  test('in another spelling than their one are named', async () => {
    const { n = '', e = '' } = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({
      format: 'jwk',
    });
    const [exponent, modulus] = [raw(e), mpint(raw(n))];
    const operator = (...numbers: Buffer[]) =>
      problemsOf({ 'operators/alice.yaml': device(`sshKeys: ["${sshLine('ssh-rsa', ...numbers)}"]`) });
    assert.deepEqual(await operator(exponent, modulus), []);
    for (const numbers of [
      [Buffer.concat([Buffer.of(0), exponent]), modulus],
      [exponent, raw(n)],
    ]) {
      assert.match((await operator(...numbers))[0] ?? '', /FLEET_KEY_MALFORMED .*needless zero/);
    }
  });

  test('that are none are named', async () => {
    const keys = makePublicKeys();
    assert.match(
      (await problemsOf({ 'devices/berlin/pump-1.yaml': withKeys({ ...keys, tls: 'AAAA' }) }))[0] ?? '',
      /:3:8 FLEET_KEY_MALFORMED/,
    );
    assert.match(
      (
        await problemsOf({ 'devices/berlin/pump-1.yaml': withKeys({ ...keys, ssh: 'ssh-ed25519 AAAA' }) })
      )[0] ?? '',
      /:4:8 FLEET_KEY_MALFORMED/,
    );
  });
});
