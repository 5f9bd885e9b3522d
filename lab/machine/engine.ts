/** Makes sure of a Docker Engine: the one that answers, else a daemon of our own that leaves nothing behind. */

import { type EngineKind, OwnEngine, removeAbandonedEngines } from './own-engine.ts';
import { requireCommands } from './packages.ts';
import { pingEngine } from './ping-engine.ts';

const defaultSocket = '/var/run/docker.sock';

export interface Engine {
  /** Path of the Unix socket on which the Engine API answers. */
  readonly socket: string;
  /** Whether we started it; then `stop` ends it and removes what it kept. */
  readonly own: boolean;
  stop(): Promise<void>;
}

/** Sockets to try, in order: the one a person names is the only one then. */
function candidates(): string[] {
  const named = process.env.TOWLINE_ENGINE_SOCKET;
  if (named !== undefined && named !== '') return [named];
  const host = process.env.DOCKER_HOST ?? '';
  return host.startsWith('unix://') ? [host.slice('unix://'.length)] : [defaultSocket];
}

/**
 * An engine that answers, as root on Debian or Ubuntu a new one of our own if none does.
 * @throws Error with one line that says what to do, where there is none and none can be started.
 */
export async function ensureEngine(): Promise<Engine> {
  const reasons: string[] = [];
  for (const socket of candidates()) {
    const answer = await pingEngine(socket);
    if (answer === 'answers') return { socket, own: false, stop: async () => {} };
    reasons.push(`${socket}: ${answer}`);
    if (answer === 'EACCES') {
      throw new Error(`${socket} is there and this user may not use it: join its group, or run this as root`);
    }
  }
  if (process.getuid?.() !== 0) {
    throw new Error(
      `no Docker Engine answers (${reasons.join(', ')}): start one, set DOCKER_HOST=unix://…, or run this as root and it starts one of its own`,
    );
  }
  return startOwnEngine();
}

/**
 * Starts an engine of our own, also beside another one: its own socket, folders and bridge, no rule in the firewall.
 * @throws Error with the daemon's last words where it does not come up.
 */
export async function startOwnEngine(kind?: EngineKind): Promise<OwnEngine> {
  requireCommands(['dockerd', 'busybox']);
  await removeAbandonedEngines();
  return OwnEngine.start(kind);
}
