/** How people come to this device: the tunnel, the server behind it, the device's own sshd. Loaded when first needed. */
import type { DeviceAccess } from '../../core/access/device-access.ts';
import type { DesiredState } from '../../core/desired/state.ts';
import type { Dialler } from '../../core/io/https/dialler.ts';
import type { TunnelController } from '../tunnel/controller.ts';
import { TunnelWhenNeeded } from '../tunnel/tunnel-when-needed.ts';
import { type AccessNeeds, AccessWhenNeeded } from './access-when-needed.ts';
import { HostLogins } from './logins/host-logins.ts';
import { type RecordingsNeeds, RecordingsWhenNeeded } from './recording/recordings-when-needed.ts';

export interface WayInNeeds extends Omit<AccessNeeds, 'recordings'>, Omit<RecordingsNeeds, 'device'> {
  readonly runtimeDirectory: string;
  readonly dialler: Pick<Dialler, 'request' | 'upgrade'>;
  /** The machine's clock, which sshd goes by, milliseconds since the epoch. */
  readonly wallMs: () => number;
  /** 0 ≤ random < 1. */
  readonly random: () => number;
  /** Much is about to be loaded. */
  readonly onMuch: () => void;
}

export class WayIn {
  readonly tunnel: TunnelController;
  readonly recordings: RecordingsWhenNeeded;
  readonly #server: AccessWhenNeeded;
  readonly #logins: HostLogins;

  constructor(needs: WayInNeeds) {
    const { hostKey, onMuch } = needs;
    const recordings = new RecordingsWhenNeeded(needs);
    const server = new AccessWhenNeeded({ ...needs, recordings: () => recordings.open() });
    this.recordings = recordings;
    this.#server = server;
    this.#logins = new HostLogins(needs);
    this.tunnel = new TunnelWhenNeeded(async () => {
      onMuch();
      const { SshTunnelController } = await import('../tunnel/tunnel-controller.ts');
      return new SshTunnelController({ ...needs, sshKey: hostKey, server });
    });
  }

  get leftRunning(): readonly string[] {
    return this.#server.leftRunning;
  }

  /** What the device should be, for who asks what there is. */
  read(desired: DesiredState): void {
    this.#server.read(desired);
  }

  /** Who may do what now: whoever is in and may not is cut before this returns. Never rejects. */
  use(access: DeviceAccess | undefined): Promise<void> {
    this.#server.use(access);
    return this.#logins.use(access);
  }

  async stop(): Promise<void> {
    await Promise.all([this.tunnel.stop(), this.#logins.close(), this.#server.close('the agent stops')]);
    await this.recordings.close();
  }
}
