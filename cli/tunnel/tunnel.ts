/** `towline tunnel`: who can come in to which device, and until when. */
import type { Command } from 'commander';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { registerTunnelClose } from './close.ts';
import { registerTunnelGrant } from './grant.ts';
import { registerTunnelList } from './list.ts';
import { registerTunnelOpen } from './open.ts';
import { registerTunnelRequest } from './request.ts';
import { registerTunnelRequests } from './requests.ts';

export function registerTunnel(tunnel: Command, stop: Stop): void {
  registerTunnelOpen(tunnel, stop);
  registerTunnelClose(tunnel, stop);
  registerTunnelList(tunnel, stop);
  registerTunnelRequest(tunnel, stop);
  registerTunnelRequests(tunnel, stop);
  registerTunnelGrant(tunnel, stop);
  tunnel.addHelpText(
    'after',
    examples([
      ['towline tunnel open pump-17 --for 1h --reason INC-42', 'an hour, and why'],
      ['towline tunnel close pump-17', 'before that'],
      ['towline tunnel list', 'what is open, and who is in'],
      ['towline tunnel request pump-17 --reason INC-42', 'whoever may not open it asks'],
      ['towline tunnel list', 'what is open, and who is in'],
      ['towline tunnel requests', 'who asks; then: towline tunnel grant BRANCH'],
    ]),
  );
}
