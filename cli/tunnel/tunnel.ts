/** `towline tunnel`: who can come in to which device, and until when. */
import type { Command } from 'commander';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { registerTunnelClose } from './close.ts';
import { registerTunnelOpen } from './open.ts';

export function registerTunnel(tunnel: Command, stop: Stop): void {
  registerTunnelOpen(tunnel, stop);
  registerTunnelClose(tunnel, stop);
  tunnel.addHelpText(
    'after',
    examples([
      ['towline tunnel open pump-17 --for 1h --reason INC-42', 'an hour, and why'],
      ['towline tunnel close pump-17', 'before that'],
    ]),
  );
}
