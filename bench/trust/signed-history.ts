/** A repository with a long signed history, made in this process: gpg would take a minute. */
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { deflateSync } from 'node:zlib';
import { createMessage, generateKey, readPrivateKey, sign } from 'openpgp';
import { makeRepository } from '../../lab/rig/fleet-repository.ts';

export interface SignedHistory {
  readonly repository: string;
  /** From the anchor to the head. */
  readonly commits: readonly string[];
  readonly publicKey: string;
  remove(): Promise<void>;
}

class LooseObjects {
  readonly #folder: string;

  constructor(repository: string) {
    this.#folder = path.join(repository, 'objects');
  }

  async write(type: string, content: Buffer | string): Promise<string> {
    const body = Buffer.from(content);
    const object = Buffer.concat([Buffer.from(`${type} ${body.length}\0`), body]);
    const id = createHash('sha1').update(object).digest('hex');
    await mkdir(path.join(this.#folder, id.slice(0, 2)), { recursive: true });
    await writeFile(path.join(this.#folder, id.slice(0, 2), id.slice(2)), deflateSync(object, { level: 1 }));
    return id;
  }

  tree(entries: readonly (readonly [mode: string, name: string, id: string])[]): Promise<string> {
    const lines = entries.map(([mode, name, id]) =>
      Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(id, 'hex')]),
    );
    return this.write('tree', Buffer.concat(lines));
  }
}

const policy = [
  'apiVersion: towline/v1',
  'fleet: acme',
  'version: 1',
  'principals: { alice: { openpgp: [trust/keys/alice.asc] } }',
  'roles: { root: { principals: [alice] } }',
  '',
].join('\n');

/** @param length commits after the anchor, count. */
export async function makeSignedHistory(length: number): Promise<SignedHistory> {
  const { path: folder, git, setBranch, remove } = await makeRepository();
  const objects = new LooseObjects(folder);
  const userIDs = [{ name: 'alice', email: 'alice@example.com' }];
  const pair = await generateKey({
    type: 'ecc',
    curve: 'ed25519Legacy',
    userIDs,
    date: new Date(Date.now() - 86_400_000),
  });
  const signingKeys = await readPrivateKey({ armoredKey: pair.privateKey });
  const keys = await objects.tree([['100644', 'alice.asc', await objects.write('blob', pair.publicKey)]]);
  const trust = await objects.tree([
    ['40000', 'keys', keys],
    ['100644', 'policy.yaml', await objects.write('blob', policy)],
  ]);
  const commits: string[] = [];
  for (let number = 0; number <= length; number += 1) {
    const device = await objects.write('blob', `apiVersion: towline/v1\nlabels: { n: "${number}" }\n`);
    const devices = await objects.tree([['100644', `pump-${number % 10}.yaml`, device]]);
    const tree = await objects.tree([
      ['40000', 'devices', devices],
      ['40000', 'trust', trust],
    ]);
    const person = `alice <alice@example.com> ${Math.floor(Date.now() / 1000)} +0000`;
    const parent = commits.at(-1);
    const head = `tree ${tree}\n${parent === undefined ? '' : `parent ${parent}\n`}author ${person}\ncommitter ${person}\n`;
    const message = `\nChange ${number}\n\nTowline-Ref: acme/main\n`;
    const payload = await createMessage({ binary: Buffer.from(head + message) });
    const signature = await sign({ message: payload, signingKeys, detached: true, format: 'armored' });
    const header = `gpgsig ${String(signature).replaceAll('\r', '').trimEnd().replaceAll('\n', '\n ')}\n`;
    commits.push(await objects.write('commit', head + header + message));
  }
  await setBranch(commits.at(-1) ?? '');
  await git(['repack', '-adq']);
  return { repository: folder, commits, publicKey: pair.publicKey, remove };
}
