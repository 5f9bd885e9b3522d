/** A turn-over in a process of its own that is killed at one change of the disk, and what must be true afterwards. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { defaultSourceLimits } from '../../../agent/source/limits.ts';
import { Source } from '../../../agent/source/source.ts';
import { trustedCommitFile } from '../../../agent/verify/trusted-commit.ts';
import { createSystemClock } from '../../../core/io/system-clock.ts';
import { type FleetRepository, makeRepository } from '../../../lab/rig/fleet-repository.ts';
import { type GitServer, startGitServer } from '../../../lab/rig/git-server.ts';
import { bundlePrograms } from './bundled-programs.ts';
import type { FetchingChild } from './fetching-child.ts';

const never = new AbortController().signal;
const log = { info: () => {}, warn: () => {} };
const maxPacks = 2;

interface Ended {
  readonly signal: NodeJS.Signals | null;
  readonly words: readonly string[];
}

/** Two packs are in the store, the third one makes the next generation. Nothing in it changes between kills. */
export class TurnOverRig implements AsyncDisposable {
  readonly #cleanUp = new AsyncDisposableStack();
  readonly #repository: FleetRepository;
  readonly #server: GitServer;
  readonly #template: string;
  readonly #programs: string;
  #trusted = '';
  #head = '';

  private constructor(repository: FleetRepository, server: GitServer, folder: string) {
    this.#repository = repository;
    this.#server = server;
    this.#template = path.join(folder, 'state');
    this.#programs = path.join(folder, 'programs');
    this.#cleanUp.defer(() => repository.remove());
    this.#cleanUp.defer(() => rm(folder, { recursive: true }));
    this.#cleanUp.defer(() => server.close());
  }

  static async start(): Promise<TurnOverRig> {
    const repository = await makeRepository();
    const server = await startGitServer({ fleet: repository.path });
    const rig = new TurnOverRig(repository, server, await mkdtemp(path.join(tmpdir(), 'towline-killed-')));
    const entries = ['deadly-disk.ts', 'fetching-child.ts'].map(name => path.join(import.meta.dirname, name));
    await bundlePrograms(entries, rig.#programs);
    const file = trustedCommitFile(rig.#template);
    for (let number = 0; number < maxPacks; number++) {
      rig.#trusted = await rig.#commit(number);
      await rig.#source(rig.#template).fetch(rig.#trusted, log, never);
      const from = { commit: rig.#trusted, lineTimeSec: 1, trustSec: 1 };
      await file.write({ ...from, fleet: 'acme', from, history: '0'.repeat(64) });
    }
    rig.#head = await rig.#commit(maxPacks);
    return rig;
  }

  /** How many changes of the disk a whole turn-over makes. */
  async changes(): Promise<number> {
    return this.#inCopy(async state => {
      const { signal, words } = await this.#fetch(state);
      assert.deepEqual([signal, words[0]], [null, 'fresh']);
      return Number(words[1]);
    });
  }

  /** Kills a turn-over in front of this change, then looks at what it left and goes on from there. */
  async kill(change: number): Promise<void> {
    await this.#inCopy(async state => {
      const { signal } = await this.#fetch(state, change);
      assert.equal(signal, 'SIGKILL', `change ${change}`);
      const file = trustedCommitFile(state);
      const trusted = await file.read();
      assert.ok(trusted.kind === 'value', `the trusted commit is known after ${change}: ${trusted.kind}`);
      const { commit } = trusted.value;
      assert.ok(commit === this.#trusted || commit === this.#head, `one that was trusted, after ${change}`);
      const source = this.#source(state);
      const known = await source.known(log);
      assert.ok(known?.head === this.#trusted || known?.head === this.#head, `a store after ${change}`);
      await this.#assertWhole(source, commit, change);
      assert.equal(
        (await source.fetch(commit, log, never)).head,
        this.#head,
        `the next fetch after ${change}`,
      );
      await file.write({ ...trusted.value, commit: this.#head });
      await this.#assertWhole(source, this.#head, change);
      const left = await readdir(state, { recursive: true });
      assert.deepEqual(
        left.filter(name => name.endsWith('.tmp')),
        [],
        `temporary files after ${change}`,
      );
      assert.equal(left.filter(name => /^store\/g-\d+$/.test(name)).length, 1, `generations after ${change}`);
    });
  }

  #source(state: string): Source {
    return new Source({
      folder: path.join(state, 'store'),
      dialler: this.#server.dialler,
      clock: createSystemClock(),
      limits: { ...defaultSourceLimits, minRenewBytes: 10_000_000, maxPacks },
    });
  }

  #commit(number: number): Promise<string> {
    const files = { 'fleet.yaml': 'name: acme\n', 'devices/a/one.yaml': `${number}\n` };
    return this.#repository.commit({ files, ...(number === 0 ? { parents: [] } : {}) });
  }

  async #assertWhole(source: Source, commit: string, change: number): Promise<void> {
    assert.ok((await source.known(log)) !== undefined);
    const listed = await this.#repository.git(['rev-list', '--objects', '--no-object-names', commit]);
    await using objects = source.objects();
    for (const id of listed.split('\n'))
      assert.ok((await objects.read(id)) !== undefined, `${id} of ${commit} after ${change}`);
  }

  async #inCopy<Result>(work: (state: string) => Promise<Result>): Promise<Result> {
    const state = await mkdtemp(path.join(tmpdir(), 'towline-killed-'));
    try {
      await cp(this.#template, state, { recursive: true });
      return await work(state);
    } finally {
      await rm(state, { recursive: true });
    }
  }

  #fetch(stateDirectory: string, change?: number): Promise<Ended> {
    const child: FetchingChild = { stateDirectory, gateway: this.#server.gateway, maxPacks };
    const at = (name: string): string => path.join(this.#programs, `${name}.mjs`);
    const args = ['--import', at('deadly-disk'), at('fetching-child'), JSON.stringify(child)];
    const env = { ...process.env, ...(change === undefined ? {} : { TOWLINE_DIE_AT: String(change) }) };
    return new Promise((resolve, reject) => {
      execFile(process.execPath, args, { env }, (error, stdout, stderr) => {
        const signal = error?.signal ?? null;
        if (error !== null && signal === null) reject(new Error(`the fetch ended: ${stderr}`));
        else resolve({ signal, words: stdout.trim().split(' ') });
      });
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#cleanUp.disposeAsync();
  }
}
