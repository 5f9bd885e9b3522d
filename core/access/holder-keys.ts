/** The keys of devices and people as gateway and agent compare them: by what they are, read as the walk reads them. */

import type { DeviceFile, FleetFile, OperatorFile } from '../../schemas/types.generated.ts';
import { type KeyNumbers, materialName } from '../trust/signature/key-material.ts';
import { openpgpKeyNumbers } from '../trust/signature/openpgp-key-numbers.ts';
import { sshKeyNumbers, sshWireNumbers } from '../trust/signature/ssh-key-numbers.ts';
import { tlsKeyNumbers } from '../trust/signature/tls-key-numbers.ts';

/** Names of keys. Keys of one material have one name. */
export interface HolderKeys {
  /** Of a device: its TLS key. */
  readonly tls?: string;
  /** Of a device: its engine's, for pulls. */
  readonly registry?: string;
  /** Keys that log in by SSH. */
  readonly ssh: readonly string[];
  readonly all: readonly string[];
}

/** What cannot be read has its text for a name, and so is nobody's who shows a key. */
function names(text: string, read: () => readonly KeyNumbers[]): string[] {
  try {
    return read().map(materialName);
  } catch {
    return [`text ${text}`];
  }
}

export function deviceKeysOf({ keys, enrolment }: DeviceFile): HolderKeys {
  const [tls] = keys === undefined ? [] : [tlsKeyName(keys.tls)];
  const ssh = keys === undefined ? [] : sshLineNames(keys.ssh);
  const { openpgp, registry: engine } = keys ?? {};
  const registry = engine === undefined ? [] : [tlsKeyName(engine)];
  const sealed = openpgp === undefined ? [] : names(openpgp, () => openpgpKeyNumbers(openpgp));
  const waiting = enrolment === undefined ? [] : sshLineNames(enrolment.key);
  const own = [...(tls === undefined ? [] : [tls]), ...registry];
  const all = [...own, ...ssh, ...sealed, ...waiting];
  const named = {
    ...(tls === undefined ? {} : { tls }),
    ...(registry[0] === undefined ? {} : { registry: registry[0] }),
  };
  return { ssh, all, ...named };
}

export function operatorKeysOf({ sshKeys }: OperatorFile): HolderKeys {
  const ssh = sshKeys.flatMap(sshLineNames);
  return { ssh, all: ssh };
}

/** With which gateways log in, sign for people, and show themselves. */
export function gatewayKeysOf({ gateways }: Pick<FleetFile, 'gateways'>): ReadonlySet<string> {
  return new Set(
    gateways.flatMap(({ accessKeys = [], certificateKeys = [], sshHostKeys = [] }) =>
      [...accessKeys, ...certificateKeys, ...sshHostKeys].flatMap(sshLineNames),
    ),
  );
}

/** @param spkiBase64 SubjectPublicKeyInfo, DER in base64. */
export function tlsKeyName(spkiBase64: string): string {
  return names(spkiBase64, () => [tlsKeyNumbers(spkiBase64)])[0] ?? '';
}

/** @param blob the key's wire form in base64. */
export function sshKeyName(blob: string): string {
  return names(blob, () => [sshWireNumbers(Buffer.from(blob, 'base64'))])[0] ?? '';
}

function sshLineNames(line: string): string[] {
  return names(sshKeyBlob(line), () => [sshKeyNumbers(line)]);
}

/** `type blob comment` → `blob`. */
export function sshKeyBlob(line: string): string {
  return line.trim().split(/\s+/)[1] ?? '';
}

/** The keys with which gateways log in at devices and certify people, wire form in base64. */
export function keyBlobs(gateways: FleetFile['gateways']): {
  readonly gatewayKeys: readonly string[];
  readonly certificateKeys: readonly string[];
} {
  return {
    gatewayKeys: gateways.flatMap(({ accessKeys = [] }) => accessKeys.map(sshKeyBlob)),
    certificateKeys: gateways.flatMap(({ certificateKeys = [] }) => certificateKeys.map(sshKeyBlob)),
  };
}
