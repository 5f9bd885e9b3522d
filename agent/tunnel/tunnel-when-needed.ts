/** The tunnel's controller, loaded when a tunnel is first opened: ssh2 is 15 MB that most devices rarely need. */
import type { EndingTunnel } from '../../core/fleet/tunnel.ts';
import type { ObservedTunnel, TunnelController } from './controller.ts';

const closed: ObservedTunnel = Object.freeze({ state: 'closed', desired: undefined, untilMs: undefined });

export class TunnelWhenNeeded implements TunnelController {
  readonly #load: () => Promise<TunnelController>;
  #controller: TunnelController | undefined;

  constructor(load: () => Promise<TunnelController>) {
    this.#load = load;
  }

  observe(): ObservedTunnel {
    return this.#controller?.observe() ?? closed;
  }

  async open(tunnel: EndingTunnel, signal: AbortSignal): Promise<void> {
    this.#controller ??= await this.#load();
    await this.#controller.open(tunnel, signal);
  }

  async close(reason: string): Promise<void> {
    await this.#controller?.close(reason);
  }

  async stop(): Promise<void> {
    await this.#controller?.stop();
  }
}
