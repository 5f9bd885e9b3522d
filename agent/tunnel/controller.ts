import type { DesiredTunnel, EndingTunnel } from '../../core/fleet/tunnel.ts';

/** The tunnel as it is: what `observe` reads and the status reports. */
export interface ObservedTunnel {
  readonly state: 'open' | 'closed' | 'connecting';
  /** What is open, as it was asked for; undefined when closed. */
  readonly desired: DesiredTunnel | undefined;
  /** When it closes by itself, milliseconds since the epoch. */
  readonly untilMs: number | undefined;
  /** Of people who are in now; absent: none. */
  readonly channels?: number;
}

/** Opens and closes this device's tunnel. It reconnects by itself while open and closes by itself at its end. */
export interface TunnelController {
  observe(): ObservedTunnel;
  /** Resolves once the gateway has the connection, rejects when it cannot be had in time; keeps trying either way. */
  open(tunnel: EndingTunnel, signal: AbortSignal): Promise<void>;
  /** Cuts live channels too. */
  close(reason: string): Promise<void>;
  stop(): Promise<void>;
}
