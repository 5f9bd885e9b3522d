/**
 * Changes that a page has shown and nobody has signed yet, as refs of fleet.git: whoever may read it can look at one by
 * `towline show pending/<id>`, and needs to believe no page. Devices are served none of them.
 */
import type { UnsignedCommit } from '../../core/change/commit-of.ts';
import { TowlineError } from '../../core/errors.ts';
import type { Clock } from '../../core/io/clock.ts';
import { buildPack } from '../../core/io/git/object-write.ts';
import { readRefs } from '../git/bare-refs.ts';
import type { GitRunner } from '../git/git-runner.ts';
import { PushRoom } from './push-room.ts';

const pendingRefs = 'refs/towline/pending/';
const refOf = (id: string): string => `${pendingRefs}${id}`;

export interface PendingRefsOptions {
  readonly runner: GitRunner;
  readonly fleetGit: string;
  readonly clock: Clock;
}

export class PendingRefs {
  readonly #options: PendingRefsOptions;
  readonly #room: PushRoom;

  constructor(options: PendingRefsOptions) {
    this.#options = options;
    this.#room = new PushRoom(options.clock);
  }

  /**
   * @param who whose change it is: one may have neither all places of git nor all of the disk. Where they have had their share,
   *   nothing is kept; the patch has the same bytes.
   * @throws TowlineError GATEWAY_BUSY, GATEWAY_GIT_FAILED
   */
  async keep(id: string, commit: UnsignedCommit, who: string, signal: AbortSignal): Promise<void> {
    const own = { type: 'commit' as const, bytes: commit.payload, id: commit.id };
    const pack = buildPack([...commit.objects, own]);
    if (!this.#room.take(who, pack.length)) return;
    await this.#git(['unpack-objects', '-q', '--strict'], { input: pack, who }, signal);
    await this.#git(['update-ref', refOf(id), commit.id, '0'.repeat(40)], { who }, signal);
  }

  async forget(id: string, signal: AbortSignal): Promise<void> {
    await this.#git(['update-ref', '-d', refOf(id)], {}, signal);
  }

  /** Of a run before: what it had shown is not known any more. */
  async sweep(signal: AbortSignal): Promise<void> {
    for (const name of (await readRefs(this.#options.fleetGit, pendingRefs)).keys())
      await this.#git(['update-ref', '-d', name], {}, signal);
  }

  async #git(
    args: readonly string[],
    { input, who }: { readonly input?: Uint8Array; readonly who?: string },
    signal: AbortSignal,
  ): Promise<void> {
    const { runner, fleetGit } = this.#options;
    const result = await runner.run(
      {
        lane: who === undefined ? 'own' : 'pushes',
        ...(who === undefined ? {} : { who }),
        arguments: ['--git-dir', fleetGit, ...args],
        ...(input === undefined ? {} : { input }),
        onOutput: () => undefined,
      },
      signal,
    );
    if (result.code !== 0)
      throw new TowlineError('GATEWAY_GIT_FAILED', `git ${args[0]} failed: ${result.stderr.trim()}`);
  }
}
