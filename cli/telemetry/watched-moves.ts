/** Tells when a branch of telemetry.git has moved, by a session at the gateway that has the devices asked to send meanwhile. */
import { setTimeout as wait } from 'node:timers/promises';
import { gatewaySession, type SshAddress, sshAddress, sshCommand } from '../desk/gateway-session.ts';

export interface MovesOptions {
  /** As git has it: `ssh://user@host:port/telemetry.git`, `user@host:telemetry.git`. */
  readonly place: string;
  readonly devices: readonly string[];
  readonly repo: string;
  readonly moved: (device: string) => void;
  /** What is in the way of it, once. */
  readonly trouble: (words: string) => void;
}

/** Between two sessions, milliseconds. */
const pauseMs = 2000;
const mostWatched = 50;

/** Until it is aborted. Where nobody can be asked it ends: who reads looks for itself then. */
export async function watchMoves(options: MovesOptions, signal: AbortSignal): Promise<void> {
  const { place, devices, trouble } = options;
  const address = sshAddress(place);
  if (address === undefined || devices.length > mostWatched) return;
  const command = await sshCommand(options.repo);
  let said: string | undefined;
  while (!signal.aborted) {
    const { worked, complaint } = await session({ ...options, address, command }, signal);
    if (signal.aborted) return;
    if (complaint !== '' && complaint !== said) trouble(complaint);
    said = complaint;
    // An older gateway, or a person who reads none of these: asked again it says the same.
    if (!worked && /towline: /.test(complaint)) return;
    await wait(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}

interface Session extends MovesOptions {
  readonly address: SshAddress;
  readonly command: string;
}

async function session(
  { address, command, devices, moved }: Session,
  signal: AbortSignal,
): Promise<{ worked: boolean; complaint: string }> {
  let worked = false;
  const onLine = (line: string) => {
    worked = true;
    const device = /^moved (\S{1,63})$/.exec(line)?.[1];
    if (device !== undefined && devices.includes(device)) moved(device);
  };
  const run = `towline-watch ${devices.join(' ')}`;
  const { complaint } = await gatewaySession({ address, command, run, onLine }, signal);
  return { worked, complaint };
}
