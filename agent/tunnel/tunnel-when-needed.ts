/** The tunnel's controller, loaded when a tunnel is first opened: ssh2 is 15 MB that most devices rarely need. */
import type { DesiredTunnel } from '../../core/fleet/tunnel.ts';
import type { ObservedTunnel, TunnelController } from './controller.ts';
import type { OpeningTimes } from './opening-times.ts';

const closed: ObservedTunnel = Object.freeze({ state: 'closed', desired: undefined, untilMs: undefined });

export class TunnelWhenNeeded implements TunnelController {
  readonly #load: () => Promise<TunnelController>;
  readonly #openings: OpeningTimes;
  #controller: TunnelController | undefined;

  constructor(load: () => Promise<TunnelController>, openings: OpeningTimes) {
    this.#load = load;
    this.#openings = openings;
  }

  observe(): ObservedTunnel {
    return this.#controller?.observe() ?? closed;
  }

  async open(tunnel: DesiredTunnel, signal: AbortSignal): Promise<void> {
    this.#controller ??= await this.#load();
    await this.#controller.open(tunnel, signal);
  }

  async close(reason: string): Promise<void> {
    if (this.#controller === undefined) await this.#openings.forget();
    else await this.#controller.close(reason);
  }

  async stop(): Promise<void> {
    await this.#controller?.stop();
  }
}
