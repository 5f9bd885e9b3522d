/** The tunnel follows what is trusted, whatever runs the apps does: it is planned and carried out apart from them. */

import { messageOf } from '../../core/errors/cause.ts';
import type { DesiredTunnel } from '../../core/fleet/tunnel.ts';
import type { Log } from '../../core/log.ts';
import type { ProjectMemory } from '../../core/plan/memory.ts';
import type { TunnelStep } from '../../core/plan/step.ts';
import { planTunnel } from '../../core/plan/tunnel-steps.ts';
import type { TunnelController } from './controller.ts';

/** What is wanted of the tunnel, and what stood in the way when it was last tried. */
export interface TunnelWish {
  readonly wanted: DesiredTunnel;
  readonly error?: string;
}

export interface Following {
  readonly wanted: DesiredTunnel;
  /** Of the pass. */
  readonly memory: ProjectMemory;
  readonly log: Pick<Log, 'info' | 'warn'>;
}

/** One object for the life of the agent. What is wanted last counts: a try that is under way for something older ends. */
export class TunnelKeeper {
  readonly #tunnel: TunnelController;
  #last: Promise<unknown> = Promise.resolve();
  #trying = new AbortController();
  #wish: TunnelWish | undefined;

  constructor(tunnel: TunnelController) {
    this.#tunnel = tunnel;
  }

  /** Undefined before the first one is followed. */
  get wish(): TunnelWish | undefined {
    return this.#wish;
  }

  /** @returns how many steps were begun; what went wrong stands in the wish */
  follow(following: Following, signal: AbortSignal): Promise<number> {
    this.#trying.abort(new Error('something newer is wanted'));
    const trying = new AbortController();
    this.#trying = trying;
    const next = this.#last.then(() => this.#carryOut(following, AbortSignal.any([signal, trying.signal])));
    this.#last = next.catch(() => undefined);
    return next;
  }

  async #carryOut({ wanted, memory, log }: Following, signal: AbortSignal): Promise<number> {
    this.#wish = { wanted };
    const steps = planTunnel(wanted, this.#tunnel.observe(), memory);
    for (const step of steps) {
      const { needs: _needs, ...fields } = step;
      log.info({ step: fields }, 'step');
      try {
        await this.#execute(step, signal);
      } catch (error) {
        if (signal.aborted) break;
        log.warn({ step: step.kind, error: messageOf(error) }, 'step failed');
        this.#wish = { wanted, error: messageOf(error) };
      }
    }
    return steps.length;
  }

  #execute(step: TunnelStep, signal: AbortSignal): Promise<void> {
    if (step.kind === 'open-tunnel') return this.#tunnel.open(step.tunnel, signal);
    return this.#tunnel.close(step.reason);
  }
}
