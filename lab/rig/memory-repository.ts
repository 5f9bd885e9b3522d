/** A repository in memory with SSH keys in memory: thousands of signed commits in a second, for generated histories. */
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { objectId } from '../../core/trust/git/object-hash.ts';
import type { ObjectId, ObjectSource, RawObject } from '../../core/trust/git/object-source.ts';

const field = (bytes: Buffer | string): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(Buffer.byteLength(bytes));
  return Buffer.concat([length, Buffer.from(bytes)]);
};

export class MemoryKey {
  readonly publicKey: string;
  readonly #wire: Buffer;
  readonly #privateKey: KeyObject;

  constructor() {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const point = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
    this.#wire = Buffer.concat([field('ssh-ed25519'), field(point)]);
    this.#privateKey = privateKey;
    this.publicKey = `ssh-ed25519 ${this.#wire.toString('base64')}`;
  }

  /** As `ssh-keygen -Y sign -n namespace`. */
  sign(payload: Uint8Array, namespace: string): string {
    const hash = createHash('sha512').update(payload).digest();
    const message = Buffer.concat([Buffer.from('SSHSIG'), ...[namespace, '', 'sha512', hash].map(field)]);
    const signature = Buffer.concat([field('ssh-ed25519'), field(sign(null, message, this.#privateKey))]);
    const blob = Buffer.concat([
      Buffer.from('SSHSIG\0\0\0\x01', 'latin1'),
      ...[this.#wire, namespace, '', 'sha512', signature].map(field),
    ]);
    const lines = blob.toString('base64').match(/.{1,70}/g) ?? [];
    return ['-----BEGIN SSH SIGNATURE-----', ...lines, '-----END SSH SIGNATURE-----', ''].join('\n');
  }
}

/** Whatever makes an armored signature. */
export type MemorySigner = Pick<MemoryKey, 'sign'>;

export interface MemoryCommit {
  readonly files: ReadonlyMap<string, string | Buffer>;
  readonly parents: readonly ObjectId[];
  readonly message: string;
  readonly timeSec: number;
  readonly signer?: MemorySigner | undefined;
  /** Lines of headers that git does not write, each with its newline. */
  readonly extra?: string;
}

type Folder = Map<string, Folder | string | Buffer>;

export class MemoryRepository implements ObjectSource {
  readonly #objects = new Map<ObjectId, RawObject>();

  async read(id: ObjectId): Promise<RawObject | undefined> {
    return this.#objects.get(id);
  }

  /** All that is in it. */
  get objects(): Iterable<RawObject> {
    return this.#objects.values();
  }

  store(type: RawObject['type'], content: Buffer | string): ObjectId {
    const object = { type, bytes: Buffer.from(content) };
    const id = objectId(object);
    this.#objects.set(id, object);
    return id;
  }

  commit({ files, parents, message, timeSec, signer, extra = '' }: MemoryCommit): ObjectId {
    const person = `Test <test@example.com> ${timeSec} +0000`;
    const lines = [`tree ${this.#tree(nested(files))}`, ...parents.map(id => `parent ${id}`)];
    const head = [...lines, `author ${person}`, `committer ${person}`, extra].join('\n');
    const payload = `${head}\n${message}`;
    if (signer === undefined) return this.store('commit', payload);
    const armored = signer.sign(Buffer.from(payload), 'git').trimEnd().replaceAll('\n', '\n ');
    return this.store('commit', `${head}gpgsig ${armored}\n\n${message}`);
  }

  #tree(folder: Folder): ObjectId {
    const entries = [...folder].map(([name, content]) => {
      const isFile = !(content instanceof Map);
      const id = isFile ? this.store('blob', content) : this.#tree(content);
      const raw = Buffer.concat([
        Buffer.from(`${isFile ? '100644' : '40000'} ${name}\0`),
        Buffer.from(id, 'hex'),
      ]);
      return { key: Buffer.from(isFile ? name : `${name}/`), raw };
    });
    entries.sort((a, b) => Buffer.compare(a.key, b.key));
    return this.store('tree', Buffer.concat(entries.map(entry => entry.raw)));
  }
}

function nested(files: ReadonlyMap<string, string | Buffer>): Folder {
  const root: Folder = new Map();
  for (const [path, content] of files) {
    const names = path.split('/');
    const last = names.pop() ?? '';
    let folder = root;
    for (const name of names) {
      const found = folder.get(name);
      const next: Folder = found instanceof Map ? found : new Map();
      folder.set(name, next);
      folder = next;
    }
    folder.set(last, content);
  }
  return root;
}
