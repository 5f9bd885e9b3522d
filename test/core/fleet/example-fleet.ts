/** A small fleet as text, changed file by file, behind the strict reader over real objects in memory. */
import { createHash, generateKeyPairSync } from 'node:crypto';
import type { Problem } from '../../../core/errors.ts';
import { formatProblem } from '../../../core/errors.ts';
import { ObjectReader } from '../../../core/trust/git/object-reader.ts';
import type { ObjectId, RawObject } from '../../../core/trust/git/object-source.ts';

export type Texts = Readonly<Record<string, string | Uint8Array | undefined>>;

export const digest = (character: string) => `sha256:${character.repeat(64)}`;

export const exampleFleet: Texts = {
  'fleet.yaml': [
    'apiVersion: towline/v1',
    'name: acme',
    'gateways:',
    '  - address: gateway.example.com:8443',
    '    tlsPins: ["sha256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="]',
    'variables:',
    '  COLOUR: blue',
    '  SIZE: small',
    '',
  ].join('\n'),
  'groups/eu.yaml': [
    'apiVersion: towline/v1',
    'priority: 10',
    'apps:',
    '  web:',
    '    release: "1.0.0"',
    '    variables:',
    '      PORT: 8080',
    'variables:',
    '  COLOUR: green',
    '',
  ].join('\n'),
  'groups/canary.yaml': 'apiVersion: towline/v1\npriority: 20\nvariables:\n  COLOUR: yellow\n',
  'devices/berlin/pump-1.yaml': 'apiVersion: towline/v1\ngroups: [eu]\nlabels:\n  site: berlin\n',
  'devices/paris/pump-2.yaml': 'apiVersion: towline/v1\ngroups: [canary, eu]\nvariables:\n  SIZE: large\n',
  'apps/web/releases/1.0.0/compose.yaml': [
    'services:',
    '  web:',
    '    image: registry.example.com/web:1.0.0',
    '    environment:',
    '      COLOUR: $' + '{COLOUR}',
    '      DEVICE: $' + '{TOWLINE_DEVICE}',
    '    configs:',
    '      - source: settings',
    '        target: /etc/settings',
    'configs:',
    '  settings:',
    '    file: ./settings.conf',
    '',
  ].join('\n'),
  'apps/web/releases/1.0.0/settings.conf': 'a = 1\n',
  'apps/web/releases/1.0.0/unused.bin': 'not referred to\n',
  'apps/web/releases/1.0.0/release.yaml': [
    'apiVersion: towline/v1',
    'version: "1.0.0"',
    'images:',
    '  web:',
    '    image: registry.example.com/web:1.0.0',
    `    digest: ${digest('a')}`,
    '',
  ].join('\n'),
};

const hash = (type: string, bytes: Uint8Array): ObjectId =>
  createHash('sha1').update(`${type} ${bytes.length}\0`).update(bytes).digest('hex');

type Folder = Map<string, Folder | ObjectId>;

/** Real git objects of these files, without a disk, and the ids that were read. */
export function repositoryOf(texts: Texts): {
  reader: ObjectReader;
  commit: ObjectId;
  read: Set<ObjectId>;
  idOf: (path: string) => ObjectId;
} {
  const objects = new Map<ObjectId, RawObject>();
  const read = new Set<ObjectId>();
  const ids = new Map<string, ObjectId>();
  const store = (type: RawObject['type'], bytes: Uint8Array): ObjectId => {
    const id = hash(type, bytes);
    objects.set(id, { type, bytes });
    return id;
  };
  const root: Folder = new Map();
  for (const [path, text] of Object.entries(texts)) {
    if (text === undefined) continue;
    const names = path.split('/');
    let folder = root;
    for (const name of names.slice(0, -1)) {
      const next = folder.get(name) ?? new Map();
      if (typeof next === 'string') throw new Error(`${name} is a file`);
      folder.set(name, next);
      folder = next;
    }
    const id = store('blob', Buffer.from(text as string));
    ids.set(path, id);
    folder.set(names.at(-1) ?? '', id);
  }
  const tree = (folder: Folder): ObjectId => {
    const keyed = [...folder].map(([name, item]) => ({
      name,
      item,
      key: typeof item === 'string' ? name : `${name}/`,
    }));
    keyed.sort((left, right) => Buffer.compare(Buffer.from(left.key), Buffer.from(right.key)));
    const entries = keyed.map(({ name, item }) =>
      Buffer.concat([
        Buffer.from(`${typeof item === 'string' ? '100644' : '40000'} ${name}\0`),
        Buffer.from(typeof item === 'string' ? item : tree(item), 'hex'),
      ]),
    );
    return store('tree', Buffer.concat(entries));
  };
  const person = 'A <a@example.com> 1700000000 +0000';
  const commit = store(
    'commit',
    Buffer.from(`tree ${tree(root)}\nauthor ${person}\ncommitter ${person}\n\nx\n`),
  );
  const source = {
    read: async (id: ObjectId) => {
      read.add(id);
      return objects.get(id);
    },
  };
  return { reader: new ObjectReader(source), commit, read, idOf: path => ids.get(path) ?? '' };
}

export const shown = (problems: readonly Problem[]): string[] => problems.map(formatProblem);

const wire = (text: string | Uint8Array) => {
  const bytes = Buffer.from(text as string);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
};

/** Public keys of a device, really made. */
export function makePublicKeys(): { tls: string; ssh: string } {
  const tls = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({
    type: 'spki',
    format: 'der',
  });
  const ed25519 = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'der' });
  const blob = Buffer.concat([wire('ssh-ed25519'), wire(ed25519.subarray(-32))]);
  return { tls: tls.toString('base64'), ssh: `ssh-ed25519 ${blob.toString('base64')}` };
}
