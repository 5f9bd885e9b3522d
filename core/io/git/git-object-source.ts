import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { TowlineError } from '../../errors.ts';
import {
  isObjectId,
  type ObjectId,
  type ObjectSource,
  type RawObject,
} from '../../trust/git/object-source.ts';
import { withMemoryLimit } from '../memory-limit.ts';
import { BatchOutput } from './git-batch-output.ts';

/** git holds an object whole to write it, also one that is longer than `read` takes, bytes. */
const maxMemoryBytes = 512 * 1024 * 1024;

/** Objects of any bare or plain repository, by one `git cat-file --batch` that runs until it is disposed. */
export class GitCatFileSource implements ObjectSource, AsyncDisposable {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #output: BatchOutput;
  readonly #ended: Promise<void>;
  #turn: Promise<unknown> = Promise.resolve();
  #complaint = '';

  /** @param repository Folder of the repository: a bare one, a working tree, or its `.git`. */
  constructor(repository: string) {
    const batch = ['-C', repository, 'cat-file', '--batch'];
    const { program, args } = withMemoryLimit(maxMemoryBytes, 'git', batch);
    this.#child = spawn(program, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: rawObjectEnvironment(),
    });
    this.#output = new BatchOutput(this.#child.stdout);
    this.#child.stdin.on('error', () => {});
    this.#child.stderr.on('data', (chunk: Buffer) => {
      this.#complaint = (this.#complaint + chunk.toString('utf8')).slice(0, 2000);
    });
    this.#ended = new Promise(resolve => {
      this.#child.once('close', () => resolve());
      this.#child.once('error', error => {
        this.#complaint = error.message;
        this.#output.fail();
        resolve();
      });
    });
  }

  /** @throws TowlineError TRUST_OBJECT_SOURCE or GIT_PARTIAL_CLONE when git ends; TRUST_LIMIT when the object is longer than `maxBytes`. */
  read(id: ObjectId, maxBytes = Number.POSITIVE_INFINITY): Promise<RawObject | undefined> {
    if (!isObjectId(id)) return Promise.resolve(undefined);
    const answer = this.#turn.then(() => this.#ask(id, maxBytes));
    this.#turn = answer.catch(() => {});
    return answer;
  }

  async #ask(id: ObjectId, maxBytes: number): Promise<RawObject | undefined> {
    try {
      this.#child.stdin.write(`${id}\n`);
      const [, type, size] = (await this.#output.line()).split(' ');
      if (type === 'missing') return undefined;
      if (size === undefined || !isObjectType(type)) throw new Error(`git answered ${type ?? 'nothing'}`);
      const length = Number(size);
      if (length > maxBytes) {
        await this.#output.skip(length + 1);
        throw new TowlineError('TRUST_LIMIT', `${type} ${id} of ${length} bytes (limit ${maxBytes})`);
      }
      const bytes = await this.#output.bytes(length);
      await this.#output.skip(1);
      return { type, bytes };
    } catch (cause) {
      if (cause instanceof TowlineError) throw cause;
      // What it still has to say of it comes beside the answers, which nobody can follow any more.
      this.#child.kill();
      await this.#ended;
      const said = `git cat-file: ${this.#complaint.trim() || 'it ended'}`;
      const isPartial = /promisor|lazy fetch/i.test(said);
      throw new TowlineError(isPartial ? 'GIT_PARTIAL_CLONE' : 'TRUST_OBJECT_SOURCE', said, { cause });
    }
  }

  /** Ends git in the middle of whatever it does: what is being read fails. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#turn;
    this.#child.stdin.end();
    await this.#ended;
  }
}

/** Replace refs and grafts would show other objects than those that were signed; lazy fetches would ask a remote. */
function rawObjectEnvironment(): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = {
    ...process.env,
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_GRAFT_FILE: '/dev/null',
    GIT_NO_LAZY_FETCH: '1',
    GIT_OPTIONAL_LOCKS: '0',
  };
  for (const name of ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_OBJECT_DIRECTORY'])
    delete environment[name];
  return environment;
}

function isObjectType(type: string | undefined): type is RawObject['type'] {
  return type === 'commit' || type === 'tree' || type === 'blob' || type === 'tag';
}
