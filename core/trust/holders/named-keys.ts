import { readPasskey } from '../../webauthn/passkey.ts';
import type { PlainFile, YamlNode } from '../git/yaml-node.ts';
import { type KeyNumbers, numbersOf } from '../signature/key-material.ts';
import { openpgpKeyNumbers } from '../signature/openpgp-key-numbers.ts';
import { sshKeyNumbers } from '../signature/ssh-key-numbers.ts';
import { tlsKeyNumbers } from '../signature/tls-key-numbers.ts';

/** A key, or the keys of one OpenPGP certificate, where a file names it. */
export interface NamedKeys {
  /** JSON pointer, as tokens. */
  readonly pointer: readonly string[];
  readonly numbers: readonly KeyNumbers[];
}

/** What the file of a device or an operator says of keys. */
export interface FileKeys {
  readonly keys: readonly NamedKeys[];
  /** Keys of a device's own sshd: many devices may have one, a principal may not. */
  readonly hostKeys: readonly NamedKeys[];
  /** For ever, for these keys. */
  readonly revoked: boolean;
}

/** The longest file of a device or an operator of which keys are read, bytes. */
export const maxKeyFileBytes = 64 * 1024;

/** Of a file that cannot be read. */
export const noKeys: FileKeys = { keys: [], hostKeys: [], revoked: false };

/**
 * The one reader of the keys in the file of a device: the walk, the gateway and the device all ask it, and no schema,
 * which changes with the program's version. What it cannot read names no key, and so admits nobody: a file that is
 * not plain YAML, a key in another spelling than its one.
 */
export function deviceKeys(file: PlainFile): FileKeys {
  const root = rootOf(file);
  if (root === undefined) return noKeys;
  const own = [
    named(root, ['keys', 'tls'], text => [tlsKeyNumbers(text)]),
    named(root, ['keys', 'registry'], text => [tlsKeyNumbers(text)]),
    named(root, ['keys', 'ssh'], text => [sshKeyNumbers(text)]),
    named(root, ['keys', 'openpgp'], openpgpKeyNumbers),
    named(root, ['enrolment', 'key'], text => [sshKeyNumbers(text)]),
  ];
  const revoked = at(root, ['revoked']);
  return {
    keys: own.flat(),
    hostKeys: listed(root, 'hostKeys'),
    revoked: revoked?.kind === 'scalar' && revoked.value === true,
  };
}

/** The same of an operator. */
export function operatorKeys(file: PlainFile): FileKeys {
  const root = rootOf(file);
  if (root === undefined) return noKeys;
  const passkeys = listed(root, 'passkeys', text => numbersOf(readPasskey(text).key.publicKey));
  return { ...noKeys, keys: [...listed(root, 'sshKeys'), ...passkeys] };
}

function rootOf(file: PlainFile): YamlNode | undefined {
  return 'node' in file && file.bytes <= maxKeyFileBytes ? file.node : undefined;
}

function listed(
  root: YamlNode,
  name: string,
  read: (text: string) => KeyNumbers = sshKeyNumbers,
): NamedKeys[] {
  const list = at(root, [name]);
  const items = list?.kind === 'list' ? list.items : [];
  return items.flatMap((_, index) => named(root, [name, String(index)], text => [read(text)]));
}

function named(
  root: YamlNode,
  pointer: readonly string[],
  read: (text: string) => readonly KeyNumbers[],
): NamedKeys[] {
  const node = at(root, pointer);
  if (node?.kind !== 'scalar' || typeof node.value !== 'string') return [];
  try {
    return [{ pointer, numbers: read(node.value) }];
  } catch {
    return [];
  }
}

function at(root: YamlNode, pointer: readonly string[]): YamlNode | undefined {
  let node: YamlNode | undefined = root;
  for (const token of pointer) {
    if (node?.kind === 'map') node = node.entries.get(token);
    else node = node?.kind === 'list' ? node.items[Number(token)] : undefined;
  }
  return node;
}
