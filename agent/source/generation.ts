/** One generation of the store: a gitdir that only grows, and what was last fetched into it. */
import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { TowlineError } from '../../core/errors.ts';
import { readBounded, removeDurably, writeDurably } from '../../core/io/file/durable-file.ts';
import type { Advertisement } from '../../core/io/git/advertisement.ts';
import { packNames, StoreObjectSource } from '../../core/io/git/store-object-source.ts';
import type { Dialler } from '../../core/io/https/dialler.ts';
import { readFields } from '../../core/json.ts';
import { isObjectId, type ObjectId } from '../../core/trust/git/object-source.ts';
import { gitFileSystem, makeGitFolder } from './git-folder.ts';
import type { SourceLimits } from './limits.ts';
import { fleetUrl, uploadPackClient } from './upload-pack.ts';

/** What stands in a generation's `towline.json`: written after its packs and refs, so it never says too much. */
export interface GenerationState {
  readonly head: ObjectId;
  readonly timestamp: ObjectId | undefined;
  /** Of the advertisement that said so. */
  readonly etag: string | undefined;
  /** Size of the packs when this generation was made, bytes. */
  readonly freshBytes: number;
}

export interface FetchInto {
  readonly dialler: Pick<Dialler, 'request'>;
  readonly advertisement: Advertisement;
  readonly etag: string | undefined;
  readonly limits: SourceLimits;
  readonly signal: AbortSignal;
}

const main = 'refs/heads/main';
const timestamp = 'refs/towline/timestamp';
const localRefs = { [main]: 'refs/remotes/origin/main', [timestamp]: 'refs/remotes/origin/timestamp' };

export class Generation {
  readonly gitdir: string;
  state: GenerationState | undefined;

  private constructor(gitdir: string, state: GenerationState | undefined) {
    this.gitdir = gitdir;
    this.state = state;
  }

  /** @throws TowlineError GIT_STORE when it is not what was written */
  static async open(gitdir: string): Promise<Generation> {
    const bytes = await readBounded(path.join(gitdir, 'towline.json'), 64 * 1024);
    const state = bytes === undefined ? undefined : parseState(bytes.toString('utf8'));
    if (state === undefined) throw new TowlineError('GIT_STORE', `${gitdir} is no store, or is damaged`);
    return new Generation(gitdir, state);
  }

  static async make(gitdir: string): Promise<Generation> {
    await rm(gitdir, { recursive: true, force: true });
    await makeGitFolder(gitdir);
    return new Generation(gitdir, undefined);
  }

  objects(): StoreObjectSource {
    return new StoreObjectSource(this.gitdir);
  }

  /** Brings what the advertisement names. Refs and state are written when all of it is on the disk and readable. */
  async fetch(from: FetchInto): Promise<void> {
    const refs = from.advertisement.refs;
    const head = refs.get(main);
    if (head === undefined) throw new TowlineError('GIT_NO_MAIN', 'the fleet repository has no branch main');
    await this.#sweep();
    if (head !== this.state?.head) await this.#fetchRef(main, head, this.state?.head, from);
    const stamp = refs.get(timestamp);
    if (stamp !== undefined && stamp !== this.state?.timestamp) {
      await this.#fetchRef(timestamp, stamp, this.state?.timestamp, from);
    }
    const freshBytes = this.state?.freshBytes ?? (await this.size()).bytes;
    await this.#keep({ head, timestamp: stamp, etag: from.etag, freshBytes });
  }

  /** Where main and the timestamp are, of what is here. */
  async putBack(refs: Pick<GenerationState, 'head' | 'timestamp'>): Promise<void> {
    if (this.state !== undefined) await this.#keep({ ...this.state, ...refs, etag: undefined });
  }

  async #keep(state: GenerationState): Promise<void> {
    await writeDurably(path.join(this.gitdir, 'towline.json'), JSON.stringify(state));
    this.state = state;
  }

  async size(): Promise<{ packs: number; bytes: number }> {
    const folder = path.join(this.gitdir, 'objects', 'pack');
    const names = await packNames(folder);
    let bytes = 0;
    for (const name of names) bytes += (await stat(path.join(folder, `${name}.pack`))).size;
    return { packs: names.length, bytes };
  }

  async #fetchRef(
    remoteRef: keyof typeof localRefs,
    wanted: ObjectId,
    known: ObjectId | undefined,
    from: FetchInto,
  ): Promise<void> {
    const { gitdir } = this;
    const ref = localRefs[remoteRef];
    const refFile = path.join(gitdir, ref);
    if (known !== undefined) await writeDurably(refFile, `${known}\n`);
    const http = uploadPackClient(from);
    const folder = path.join(gitdir, 'objects', 'pack');
    const before = new Set(await packNames(folder));
    const git = await import('isomorphic-git');
    // A new cache each time, or memory grows; ref and remoteRef named, or isomorphic-git sends no haves.
    const what = { ref, remoteRef, remote: 'origin', singleBranch: true, tags: false, cache: {} };
    await git.default.fetch({ fs: gitFileSystem(gitdir), http, gitdir, url: fleetUrl, ...what });
    try {
      await this.#expect(wanted, remoteRef === main);
    } catch (error) {
      // A whole pack of something else would stay, and the next one beside it.
      for (const name of (await packNames(folder)).filter(each => !before.has(each)))
        for (const ending of ['idx', 'pack']) await removeDurably(path.join(folder, `${name}.${ending}`));
      throw error;
    }
    await writeDurably(refFile, `${wanted}\n`);
  }

  async #expect(id: ObjectId, isCommit: boolean): Promise<void> {
    await using objects = this.objects();
    const object = await objects.read(id);
    if (object === undefined)
      throw new TowlineError('GIT_PACK', `the pack does not have ${id}, which was asked for`);
    if (!isCommit) return;
    const tree = /^tree ([0-9a-f]{40})\n/.exec(Buffer.from(object.bytes).toString('latin1', 0, 46))?.[1];
    if (object.type !== 'commit' || tree === undefined || (await objects.read(tree)) === undefined) {
      throw new TowlineError('GIT_PACK', `${id} is no commit with its tree`);
    }
  }

  /** What a fetch that was cut off has left: temporary files, and packs without an index. */
  async #sweep(): Promise<void> {
    const folder = path.join('objects', 'pack');
    const whole = new Set(await packNames(path.join(this.gitdir, folder)));
    for (const name of await readdir(this.gitdir, { recursive: true })) {
      const isPack = path.dirname(name) === folder;
      const isWhole = isPack && whole.has(path.basename(name).replace(/\.(pack|idx)$/, ''));
      const isLeft = isPack ? !isWhole : name.endsWith('.tmp');
      if (isLeft) await removeDurably(path.join(this.gitdir, name));
    }
  }
}

const isId = (value: unknown): value is ObjectId => typeof value === 'string' && isObjectId(value);

function parseState(text: string): GenerationState | undefined {
  try {
    const { head, timestamp: stamp, etag, freshBytes } = readFields(text);
    if (!isId(head) || typeof freshBytes !== 'number') return undefined;
    if (stamp !== undefined && !isId(stamp)) return undefined;
    if (etag !== undefined && typeof etag !== 'string') return undefined;
    return { head, timestamp: stamp, etag, freshBytes };
  } catch {
    return undefined;
  }
}
