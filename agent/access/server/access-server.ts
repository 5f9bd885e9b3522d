/** The agent's own SSH server, as the rest of the agent sees it: loaded when a tunnel is first open. */
import type { Duplex } from 'node:stream';
import type { DeviceAccess } from '../../../core/access/device-access.ts';

export interface AccessServer {
  /** A connection to `towline:22` of the tunnel. Never throws. */
  accept(stream: Duplex): void;
  /** What is trusted now; undefined: nobody may be in. Whoever may no longer is cut before this returns. */
  use(access: DeviceAccess | undefined): void;
  /** Cuts everybody, and waits until what ran for them is hung up. */
  close(reason: string): Promise<void>;
}
