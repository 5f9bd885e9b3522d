/** Session channels as a server takes them: how many, and what of a terminal's words is believed. */
import type { Connection, Session } from 'ssh2';
import type { SshConnection } from './ssh-connection.ts';

/** Session channels that a connection may open and drop unused: ssh2 keeps each until the connection ends. */
const maxUnusedSessions = 64;
const longestSide = 1000;

interface SessionTaker {
  readonly connection: SshConnection<Connection>;
  isFull(): boolean;
  refuseFull(reject: () => void): void;
}

/** @param take `used` is called when something is asked for in the session */
export function takeSessions(taker: SessionTaker, take: (session: Session, used: () => void) => void): void {
  let unused = 0;
  const { connection } = taker;
  const onSession = connection.work.listener((accept: () => Session, reject: () => void) => {
    if (taker.isFull()) return taker.refuseFull(reject);
    unused += 1;
    if (unused > maxUnusedSessions) return connection.cut('sessions opened and never used');
    take(accept(), () => {
      unused -= 1;
    });
  });
  connection.ssh.on('session', onSession);
}

/** Columns or rows. */
export function terminalSide(asked: number, otherwise: number): number {
  return asked >= 1 && asked <= longestSide ? asked : otherwise;
}

export function terminalName(asked: unknown): string {
  return typeof asked === 'string' && /^[\w.+-]{1,64}$/.test(asked) ? asked : 'dumb';
}
