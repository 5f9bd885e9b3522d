/** Each key is one's own: a device's, a person's, or a principal's of the policy. */
import type { Problem } from '../errors.ts';
import type { Fleet } from './fleet.ts';
import { isP256 } from './p256-key.ts';
import type { CheckedFile, FileKind } from './schema-check.ts';

interface Owner {
  readonly who: string;
  readonly person: string | undefined;
}

/** The key itself of a line `type base64 comment`: without the comment. */
export const sshKeyBlob = (line: string): string => line.split(' ')[1] ?? '';

class Keys {
  readonly problems: Problem[] = [];
  readonly #owners = new Map<string, Owner>();

  /** @param person operators and principals of one name are one person and may share a key */
  claim(key: string, who: string, file: CheckedFile<FileKind>, pointer: string, person?: string): void {
    const other = this.#owners.get(key);
    if (other === undefined) this.#owners.set(key, { who, person });
    else if (person === undefined || other.person !== person) {
      const message = `this key stands for ${other.who} too`;
      this.problems.push({ code: 'FLEET_KEY_DUPLICATE', message, position: file.locate(pointer) });
    }
  }

  ssh(line: string, who: string, file: CheckedFile<FileKind>, pointer: string, person?: string): void {
    const [type = '', blob = ''] = line.split(' ');
    const bytes = Buffer.from(blob, 'base64');
    const length = bytes.length >= 4 ? bytes.readUInt32BE(0) : 0;
    if (bytes.subarray(4, 4 + length).toString('latin1') !== type) {
      const message = `this is no ${type} public key`;
      this.problems.push({ code: 'FLEET_KEY_MALFORMED', message, position: file.locate(pointer) });
    } else this.claim(blob, who, file, pointer, person);
  }
}

function deviceKeys(keys: Keys, id: string, file: CheckedFile<'device'>): void {
  const who = `device "${id}"`;
  const own = file.value.keys;
  if (own !== undefined) {
    if (isP256(own.tls)) keys.claim(own.tls, who, file, '/keys/tls');
    else {
      const message = 'this is no P-256 public key (base64 of its SubjectPublicKeyInfo)';
      keys.problems.push({ code: 'FLEET_KEY_MALFORMED', message, position: file.locate('/keys/tls') });
    }
    keys.ssh(own.ssh, who, file, '/keys/ssh');
    if (own.openpgp !== undefined) keys.claim(own.openpgp.trim(), who, file, '/keys/openpgp');
  }
  const enrolment = file.value.enrolment?.key;
  if (enrolment !== undefined) keys.ssh(enrolment, who, file, '/enrolment/key');
}

/** Keys that stand twice, and keys that are none. */
export function keyProblems(fleet: Fleet): Problem[] {
  const keys = new Keys();
  for (const [name, principal] of Object.entries(fleet.policy?.value.principals ?? {})) {
    for (const [index, line] of (principal.ssh ?? []).entries()) {
      if (fleet.policy === undefined) break;
      keys.ssh(line, `principal "${name}"`, fleet.policy, `/principals/${name}/ssh/${index}`, name);
    }
  }
  for (const [name, operator] of fleet.operators) {
    for (const [index, line] of operator.value.sshKeys.entries()) {
      keys.ssh(line, `operator "${name}"`, operator, `/sshKeys/${index}`, name);
    }
  }
  for (const [id, device] of fleet.devices) deviceKeys(keys, id, device);
  return keys.problems;
}
