/** A signal that a client sends: to what runs in its session. */
import type { Terminal } from '../sessions/live-session.ts';
import type { ExecEngine } from './container-exec.ts';
import { type HangUp, signalSession } from './hang-up.ts';

/** What a terminal turns into signals by itself. */
const keys: Readonly<Record<string, number>> = { INT: 0x03, QUIT: 0x1c, TSTP: 0x1a };
/** Names of RFC 4254. */
const names = new Set(['ABRT', 'ALRM', 'HUP', 'INT', 'KILL', 'PIPE', 'QUIT', 'TERM', 'USR1', 'USR2']);
const signalMs = 10_000;

export async function sendSignal(
  engine: ExecEngine,
  to: HangUp,
  { name, terminal }: { readonly name: string; readonly terminal: Terminal | undefined },
): Promise<void> {
  const key = keys[name];
  if (terminal !== undefined && key !== undefined) to.exec.typed(Uint8Array.of(key));
  else if (names.has(name))
    await signalSession(engine, to, name, AbortSignal.timeout(signalMs)).catch(() => undefined);
}
