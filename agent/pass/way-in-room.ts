/** Who comes in, and by what tunnel: brought to what a commit says, apart from the apps. */
import { notedOpening } from '../../core/access/tunnel-end.ts';
import type { DesiredWayIn } from '../../core/desired/state.ts';
import type { Clock } from '../../core/io/clock.ts';
import type { Log } from '../../core/log.ts';
import { openAccess } from '../access/open-access.ts';
import type { WayIn } from '../access/way-in.ts';
import type { ProjectStore } from '../projects/project-store.ts';
import type { TunnelController } from '../tunnel/controller.ts';
import { TunnelKeeper, type TunnelWish } from '../tunnel/tunnel-keeper.ts';

export interface WayInParts {
  readonly tunnel: TunnelController;
  readonly logins: Pick<WayIn, 'use'>;
  readonly store: Pick<ProjectStore, 'noteTunnel' | 'memory'>;
  readonly time: Pick<Clock, 'now'>;
}

/** Of the pass. */
interface Passing {
  readonly log: Log;
  readonly signal: AbortSignal;
}

export class WayInRoom {
  readonly #parts: WayInParts;
  readonly #keeper: TunnelKeeper;

  constructor(parts: WayInParts) {
    this.#parts = parts;
    this.#keeper = new TunnelKeeper(parts.tunnel);
  }

  /** Undefined before the first one is followed. */
  get wish(): TunnelWish | undefined {
    return this.#keeper.wish;
  }

  /**
   * @param wished before the circumstances of this pass: what a wrong clock holds back is still wished for
   * @returns how many steps that took
   */
  async follow(
    { tunnel: wanted, access }: DesiredWayIn,
    wished: DesiredWayIn['tunnel'] | undefined,
    { log, signal }: Passing,
  ): Promise<number> {
    const { logins, store, time } = this.#parts;
    const nowMs = time.now();
    const { tunnel: before } = await store.memory(nowMs);
    // First of all: whoever is shut out does not wait for a disk.
    const { firstOpenMs: openedMs } = notedOpening(wanted, before, nowMs);
    await logins.use(openAccess({ wanted, access, openedMs }));
    // Noted before the plan is made, at the plan's own time: else its end moves and the tunnel is opened anew.
    await store.noteTunnel(wished ?? wanted, nowMs);
    return await this.#keeper.follow({ wanted, memory: await store.memory(nowMs), log }, signal);
  }

  /** Of a commit whose apps have problems: whoever it shuts out is shut out, and nothing is opened by it. */
  async narrow(wayIn: DesiredWayIn, passing: Passing): Promise<number> {
    if (this.#parts.tunnel.observe().state === 'closed') return 0;
    return await this.follow(wayIn, wayIn.tunnel, passing);
  }
}
