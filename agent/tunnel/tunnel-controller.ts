/** Keeps the tunnel as the verified repository wants it: open and connected, or closed. */

import { asError, messageOf } from '../../core/errors/cause.ts';
import { isTowlineError, TowlineError } from '../../core/errors.ts';
import type { EndingTunnel } from '../../core/fleet/tunnel.ts';
import type { Clock } from '../../core/io/clock.ts';
import type { Dialler } from '../../core/io/https/dialler.ts';
import { PeerWork } from '../../core/io/peer-work.ts';
import { sleepUntil } from '../../core/io/sleep-until.ts';
import type { Log } from '../../core/log.ts';
import { backoffMs } from './backoff.ts';
import type { ObservedTunnel, TunnelController } from './controller.ts';
import { Opening } from './opening.ts';
import { TunnelConnection, type TunnelConnectionOptions } from './tunnel-connection.ts';

export interface TunnelControllerOptions {
  readonly dialler: Pick<Dialler, 'upgrade'>;
  readonly device: string;
  /** Ed25519, OpenSSH's private key format. */
  readonly sshKey: string;
  /** What answers at `towline:22`; absent: nothing is offered there. */
  readonly server?: TunnelConnectionOptions['server'];
  readonly clock: Clock;
  readonly log: Pick<Log, 'debug' | 'info' | 'warn'>;
  /** 0 ≤ random < 1, for the jitter of the backoff. */
  readonly random: () => number;
  readonly keepaliveMs?: number;
}

/** A connection that is lost sooner is one more try that failed, milliseconds. */
const steadyMs = 10_000;

export class SshTunnelController implements TunnelController {
  readonly #options: TunnelControllerOptions;
  #opening: Opening | undefined;

  constructor(options: TunnelControllerOptions) {
    this.#options = options;
  }

  observe(): ObservedTunnel {
    const opening = this.#opening;
    if (opening !== undefined) {
      const { connection, desired, untilMs } = opening;
      const { channels = 0 } = connection ?? {};
      return { state: connection === undefined ? 'connecting' : 'open', desired, untilMs, channels };
    }
    return { state: 'closed', desired: undefined, untilMs: undefined };
  }

  async open(tunnel: EndingTunnel, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const { untilMs } = tunnel;
    if (this.#options.clock.now() >= untilMs) {
      await this.#end('its time is over');
      throw new TowlineError('TUNNEL_EXPIRED', `the tunnel ended at ${new Date(untilMs).toISOString()}`);
    }
    const opening = await this.#opened(tunnel);
    if (opening.connection !== undefined) return opening.connection.offer(tunnel.targets, signal);
    await opening.nextOutcome(signal);
  }

  close(reason: string): Promise<void> {
    return this.#end(reason);
  }

  async stop(): Promise<void> {
    await this.#end('the agent stops');
  }

  /** The present opening when only targets differ (they take effect at once), else a new one. */
  async #opened(tunnel: EndingTunnel): Promise<Opening> {
    const present = this.#opening;
    if (present?.serves(tunnel)) {
      present.desired = tunnel;
      return present;
    }
    // A target that is gone or leads elsewhere, or somebody who may no longer: live channels go, too.
    await this.#end('the tunnel was changed');
    const opening = new Opening(tunnel, one => this.#run(one));
    this.#opening = opening;
    return opening;
  }

  async #end(reason: string): Promise<void> {
    const opening = this.#opening;
    if (opening === undefined) return;
    this.#opening = undefined;
    opening.cut(reason);
    opening.settle(new TowlineError('TUNNEL_CONNECT', `the tunnel was closed: ${reason}`));
    await opening.running;
    this.#options.log.info({ reason }, 'tunnel closed');
  }

  /** An end that can no longer be watched is now. */
  #workOf(opening: Opening): PeerWork {
    return new PeerWork({
      cut: reason => {
        if (this.#opening === opening) this.#opening = undefined;
        opening.cut(reason);
      },
      failed: error => this.#options.log.warn({ err: error }, 'tunnel closed by a fault of the agent'),
    });
  }

  async #run(opening: Opening): Promise<void> {
    const { signal } = opening;
    this.#workOf(opening).run(() => this.#watchEnd(opening));
    let failures = 0;
    while (!signal.aborted) {
      try {
        await this.#connect(opening, signal);
        const sinceMs = this.#options.clock.monotonic();
        this.#options.log.info({ gateway: opening.connection?.gateway }, 'tunnel open');
        opening.settle();
        const reason = await opening.connection?.closed;
        // Two agents with one device's keys would replace each other's connection each second.
        if (this.#options.clock.monotonic() - sinceMs >= steadyMs) failures = 0;
        if (!signal.aborted) this.#options.log.warn({ reason }, 'tunnel lost, connecting again');
      } catch (error) {
        if (signal.aborted) break;
        opening.settle(asError(error));
        this.#notConnected(error, failures + 1);
      }
      opening.connection = undefined;
      failures += 1;
      await this.#options.clock.sleep(backoffMs(failures, this.#options.random()), signal).catch(() => {});
    }
    opening.connection?.cut('the tunnel is closed');
  }

  /** At the first failure in a row, the 2nd, 4th, 8th: a gateway that is away, or admits nobody, is tried for ever. */
  #notConnected(error: unknown, failures: number): void {
    const code = isTowlineError(error) ? error.code : undefined;
    const level = Number.isInteger(Math.log2(failures)) ? 'warn' : 'debug';
    this.#options.log[level]({ code, error: messageOf(error), failures }, 'tunnel not connected');
  }

  async #connect(opening: Opening, signal: AbortSignal): Promise<void> {
    const { dialler, device, sshKey, server, keepaliveMs = 20_000 } = this.#options;
    const { stream, gateway } = await dialler.upgrade('/v1/tunnel', 'towline-ssh', signal);
    const connection = await TunnelConnection.connect(
      {
        ...{ stream, gateway, device, sshKey, server, keepaliveMs },
        failed: error => this.#options.log.warn({ err: error, gateway: gateway.address }, 'tunnel cut'),
      },
      signal,
    );
    try {
      await connection.offer(opening.desired.targets, signal);
      signal.throwIfAborted();
    } catch (error) {
      connection.cut('not offered');
      throw error;
    }
    opening.connection = connection;
  }

  /** Closes by itself, whatever the gateway does or the network withholds. */
  async #watchEnd(opening: Opening): Promise<void> {
    const { signal } = opening;
    await sleepUntil(this.#options.clock, opening.untilMs, signal).catch(() => {});
    if (signal.aborted || this.#opening !== opening) return;
    await this.#end('its time is over');
  }
}
