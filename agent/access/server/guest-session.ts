/** A connection of the gateway for a guest: one session, one command, which is the link's token; nothing else is heard. */
import type { Connection, ServerChannel, Session } from 'ssh2';
import type { SshConnection } from '../../../core/io/ssh/ssh-connection.ts';
import type { GuestKeeper } from '../sessions/session-house.ts';

/** Between login and command, milliseconds. */
const graceMs = 10_000;
const longestToken = 64;

export function serveGuest(connection: SshConnection<Connection>, keeper: GuestKeeper): void {
  const { work, ssh } = connection;
  const gone = new AbortController();
  const late = setTimeout(() => connection.cut('no link was shown'), graceMs);
  ssh.once('close', () => {
    clearTimeout(late);
    gone.abort(new Error('the gateway is gone'));
  });
  let asked = false;
  const onSession = work.listener((accept: () => Session, reject: () => void) => {
    if (asked) return connection.refuse(reject, 'one session for a guest');
    asked = true;
    const session = accept();
    // Nothing else is listened for: a terminal, a shell, an environment are refused.
    session.on('exec', (yes: () => ServerChannel | undefined, _no, { command }) =>
      work.run(async () => {
        clearTimeout(late);
        const channel = yes();
        const stream = channel && connection.adopt(channel, { holdEndOfFile: true });
        if (stream === undefined) return;
        stream.on('error', () => {});
        const visit = { token: command.slice(0, longestToken), stream, signal: gone.signal };
        await stream.exit(await keeper.guest(visit));
      }),
    );
  });
  ssh.on('session', onSession);
}
