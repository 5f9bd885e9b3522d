/**
 * The folder in which Debian's docker-registry keeps images, written before it starts: a lab's registry is on no network that this
 * machine reaches. Source: distribution, registry/storage/paths.go (layout v2). An index may have manifests that are not there:
 * a lab needs those of its own processor alone.
 */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { access, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { TowlineError } from '../../core/errors.ts';
import { digestPattern } from '../../core/images/digest.ts';

const repositoryPattern =
  /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/;

export class RegistryStorage {
  readonly #root: string;

  /** @param folder `storage.filesystem.rootdirectory` of its configuration */
  constructor(folder: string) {
    this.#root = path.join(folder, 'docker', 'registry', 'v2');
  }

  #blob(digest: string): string {
    if (!digestPattern.test(digest)) throw wrong(`${JSON.stringify(digest).slice(0, 100)} is no SHA-256`);
    const hex = digest.slice('sha256:'.length);
    return path.join(this.#root, 'blobs', 'sha256', hex.slice(0, 2), hex, 'data');
  }

  /** @param repository without its registry */
  #link(repository: string, kind: '_layers' | '_manifests/revisions', digest: string): string {
    if (repository.length > 255 || !repositoryPattern.test(repository))
      throw wrong(`${JSON.stringify(repository).slice(0, 300)} is no repository`);
    const hex = digest.slice('sha256:'.length);
    return path.join(this.#root, 'repositories', repository, kind, 'sha256', hex, 'link');
  }

  async has(digest: string): Promise<boolean> {
    return await access(this.#blob(digest)).then(
      () => true,
      () => false,
    );
  }

  /** The bytes of a layer or a configuration. @throws TowlineError CLI_REGISTRY_ANSWER where they are others than their name says */
  async putBlob(repository: string, digest: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
    if (!(await this.has(digest))) await this.#write(digest, bytes);
    await this.#putLink(this.#link(repository, '_layers', digest), digest);
  }

  /** A manifest or an index. @throws TowlineError CLI_REGISTRY_ANSWER */
  async putManifest(repository: string, digest: string, bytes: Uint8Array): Promise<void> {
    if (!(await this.has(digest))) await this.#write(digest, Readable.from([bytes]));
    await this.#putLink(this.#link(repository, '_manifests/revisions', digest), digest);
  }

  async #putLink(file: string, digest: string): Promise<void> {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, digest);
  }

  async #write(digest: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
    const file = this.#blob(digest);
    const coming = `${path.dirname(file)}.coming`;
    const hash = createHash('sha256');
    await mkdir(path.dirname(coming), { recursive: true });
    const counted = async function* counted() {
      for await (const chunk of bytes) {
        hash.update(chunk);
        yield chunk;
      }
    };
    try {
      await pipeline(counted, createWriteStream(coming));
      const found = `sha256:${hash.digest('hex')}`;
      if (found !== digest) throw wrong(`what came as ${digest} is ${found}`);
      await mkdir(path.dirname(file), { recursive: true });
      await rename(coming, file);
    } finally {
      await rm(coming, { force: true });
    }
  }
}

const wrong = (why: string) => new TowlineError('CLI_REGISTRY_ANSWER', why);
