import type { AuthContext } from 'ssh2';
import { readKeyAttempt } from './key-login.ts';
import type { SshConnection } from './ssh-connection.ts';

export interface LoginRules {
  /** Attempts, offers included, before the connection ends. */
  readonly maxTries: number;
  /** May this key, proven or only offered, log in with this user name? */
  mayLogIn(key: string, user: string): boolean;
  /** The key was proven and may log in; called once, right before the client is told. */
  loggedIn(key: string): void;
  /** Too many attempts. */
  tooMany(): void;
}

/** Public keys only, a few tries, identity only from a verified signature. */
export function authenticate({ ssh, work }: SshConnection, rules: LoginRules): void {
  let tries = 0;
  let askedForMethods = false;
  const judge = work.listener((context: AuthContext) => {
    // Every client asks once with `none` which methods there are.
    if (context.method !== 'none' || askedForMethods) tries += 1;
    askedForMethods = true;
    if (tries > rules.maxTries) return rules.tooMany();
    const attempt = readKeyAttempt(context);
    if (attempt.kind === 'none' || !rules.mayLogIn(attempt.key, context.username)) {
      return context.reject(['publickey']);
    }
    if (attempt.kind === 'proof') rules.loggedIn(attempt.key);
    context.accept();
  });
  const events: NodeJS.EventEmitter = ssh;
  events.on('authentication', judge);
}
