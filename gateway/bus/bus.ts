/** What gateways of one fleet tell each other. Nothing in it is trusted: who hears something looks for itself. */
import type { Duplex } from 'node:stream';
import type { TunnelTarget } from '../../core/fleet/tunnel.ts';

/** `main`: main of fleet.git moved. `tunnels`: that of a device came, or went. */
export type Subject = 'main' | 'tunnels';

/** The tunnel of a device, wherever it is. */
export interface HeldTunnel {
  /** @throws TowlineError TUNNEL_TARGET_REFUSED, TUNNEL_TOO_MANY_CHANNELS */
  open(target: Pick<TunnelTarget, 'name' | 'port'>, signal: AbortSignal): Promise<Duplex>;
}

export interface Bus {
  /** Carries no data. */
  announce(subject: Subject): void;
  /** @returns a function that ends it. */
  listen(subject: Subject, listener: () => void): () => void;
  /** From now on this device's tunnel is here. @returns a function that ends it. */
  hold(device: string, tunnel: HeldTunnel): () => void;
  /** Undefined: the device has no tunnel connection now. */
  holder(device: string): HeldTunnel | undefined;
}
