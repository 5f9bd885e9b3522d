/** Each key is one's own: a device's, a person's, or a principal's of the policy. Compared by what it is. */
import { messageOf } from '../errors/cause.ts';
import type { Problem } from '../errors.ts';
import { type KeyNumbers, materialName, numbersOf } from '../trust/signature/key-material.ts';
import { openpgpKeyNumbers } from '../trust/signature/openpgp-key-numbers.ts';
import { sshKeyNumbers } from '../trust/signature/ssh-key-numbers.ts';
import { tlsKeyNumbers } from '../trust/signature/tls-key-numbers.ts';
import { readPasskey } from '../webauthn/passkey.ts';
import type { Fleet } from './fleet.ts';
import { isP256 } from './p256-key.ts';
import type { CheckedFile, FileKind } from './schema-check.ts';

/** Whose key it is. Operators and principals of one name are one person and may share a key. */
interface Owner {
  readonly who: string;
  readonly person?: string;
}

/** Where a key stands. */
interface Place {
  readonly file: Pick<CheckedFile<FileKind>, 'locate'>;
  readonly pointer: string;
}

class Keys {
  readonly problems: Problem[] = [];
  readonly #owners = new Map<string, Owner>();

  claim(owner: Owner, place: Place, read: () => readonly KeyNumbers[]): void {
    let numbers: readonly KeyNumbers[];
    try {
      numbers = read();
    } catch (error) {
      const why = messageOf(error);
      this.#problem('FLEET_KEY_MALFORMED', `this is no public key in its usual form: ${why}`, place);
      return;
    }
    const others = numbers.map(key => this.#otherOwner(materialName(key), owner));
    const other = others.find(found => found !== undefined);
    if (other !== undefined)
      this.#problem('FLEET_KEY_DUPLICATE', `this key stands for ${other.who} too`, place);
  }

  #otherOwner(material: string, owner: Owner): Owner | undefined {
    const other = this.#owners.get(material);
    if (other === undefined) this.#owners.set(material, owner);
    const isOwn = other?.who === owner.who || (other?.person !== undefined && other.person === owner.person);
    return isOwn ? undefined : other;
  }

  #problem(code: Problem['code'], message: string, { file, pointer }: Place): void {
    this.problems.push({ code, message, position: file.locate(pointer) });
  }
}

function p256(base64: string): KeyNumbers[] {
  if (!isP256(base64)) throw new Error('no P-256 key (base64 of its SubjectPublicKeyInfo)');
  return [tlsKeyNumbers(base64)];
}

function deviceKeys(keys: Keys, id: string, file: CheckedFile<'device'>): void {
  const owner = { who: `device "${id}"` };
  const { keys: own, enrolment } = file.value;
  const claim = (pointer: string, read: () => readonly KeyNumbers[]): void =>
    keys.claim(owner, { file, pointer }, read);
  if (own !== undefined) {
    claim('/keys/tls', () => p256(own.tls));
    const { registry } = own;
    if (registry !== undefined)
      claim('/keys/registry', () => {
        const numbers = p256(registry);
        const names = [...numbers, ...(isP256(own.tls) ? p256(own.tls) : [])].map(materialName);
        if (names[0] === names[1]) throw new Error('the engine has a key of its own');
        return numbers;
      });
    claim('/keys/ssh', () => [sshKeyNumbers(own.ssh)]);
    const { openpgp } = own;
    if (openpgp !== undefined) claim('/keys/openpgp', () => openpgpKeyNumbers(openpgp));
  }
  if (enrolment !== undefined) claim('/enrolment/key', () => [sshKeyNumbers(enrolment.key)]);
}

/** With which gateways log in at devices and sign for people: of no person, no device, and of a kind that certificates are signed with. */
function gatewayKeys(keys: Keys, file: CheckedFile<'fleet'>): void {
  const owner = { who: 'the gateway' };
  for (const [at, { accessKeys = [], certificateKeys = [] }] of file.value.gateways.entries()) {
    for (const [index, line] of accessKeys.entries()) {
      const place = { file, pointer: `/gateways/${at}/accessKeys/${index}` };
      keys.claim(owner, place, () => [sshKeyNumbers(line)]);
    }
    for (const [index, line] of certificateKeys.entries()) {
      const place = { file, pointer: `/gateways/${at}/certificateKeys/${index}` };
      keys.claim(owner, place, () => {
        if (!/^(?:ssh-ed25519|ecdsa-sha2-nistp\d+) /.test(line)) throw new Error('neither Ed25519 nor ECDSA');
        return [sshKeyNumbers(line)];
      });
    }
  }
}

/** A passkey is for one thing: one for login and one for signing are two, of the same person, too. */
function passkeyClaims(keys: Keys, owner: Owner, { file, pointer }: Place, lines: readonly string[]): void {
  for (const [index, line] of lines.entries()) {
    const place = { file, pointer: `${pointer}/passkeys/${index}` };
    keys.claim(owner, place, () => [numbersOf(readPasskey(line).key.publicKey)]);
  }
}

/** Keys that stand twice, and keys that are none. */
export function keyProblems(fleet: Fleet): Problem[] {
  const keys = new Keys();
  const { policy } = fleet;
  gatewayKeys(keys, fleet.file);
  for (const [name, { ssh = [], openpgp = [], passkeys = [] }] of Object.entries(
    policy?.value.principals ?? {},
  )) {
    if (policy === undefined) break;
    const owner = { who: `principal "${name}"`, person: name };
    for (const [index, line] of ssh.entries()) {
      const place = { file: policy, pointer: `/principals/${name}/ssh/${index}` };
      keys.claim(owner, place, () => [sshKeyNumbers(line)]);
    }
    for (const [index, path] of openpgp.entries()) {
      const armored = fleet.policyKeys.get(path);
      const place = { file: policy, pointer: `/principals/${name}/openpgp/${index}` };
      if (armored !== undefined) keys.claim(owner, place, () => openpgpKeyNumbers(armored));
    }
    passkeyClaims(
      keys,
      { who: `${owner.who}, to sign` },
      { file: policy, pointer: `/principals/${name}` },
      passkeys,
    );
  }
  for (const [name, file] of fleet.operators) {
    const owner = { who: `operator "${name}"`, person: name };
    for (const [index, line] of file.value.sshKeys.entries()) {
      keys.claim(owner, { file, pointer: `/sshKeys/${index}` }, () => [sshKeyNumbers(line)]);
    }
    passkeyClaims(keys, { who: `${owner.who}, to log in` }, { file, pointer: '' }, file.value.passkeys ?? []);
  }
  for (const [id, device] of fleet.devices) deviceKeys(keys, id, device);
  return keys.problems;
}
