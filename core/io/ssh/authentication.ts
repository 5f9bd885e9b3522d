import type { AuthContext } from 'ssh2';
import { type KeyAttempt, readKeyAttempt } from './key-login.ts';
import type { SshConnection } from './ssh-connection.ts';

type Shown = Extract<KeyAttempt, { key: string }>;

export interface LoginRules {
  /** Attempts, offers included, before the connection ends. */
  readonly maxTries: number;
  /** Whether certificates are shown to these rules, too. Without it, there are none. */
  readonly certificates?: boolean;
  /**
   * May this key, proven or only offered, log in with this user name?
   * @param certificate wire form of one for this key, which nobody has looked at yet
   */
  mayLogIn(key: string, user: string, certificate?: Buffer): boolean;
  /** The key was proven and may log in; called once, right before the client is told. */
  loggedIn(key: string, user: string, certificate?: Buffer): void;
  /** Somebody has signed with a key, and that does not fit. */
  unproven?(): void;
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
    const { username: user } = context;
    if (!mayLogIn(rules, attempt, user)) return context.reject(['publickey']);
    if (attempt.kind === 'proof') rules.loggedIn(attempt.key, user, attempt.certificate);
    context.accept();
  });
  const events: NodeJS.EventEmitter = ssh;
  events.on('authentication', judge);
}

function mayLogIn(rules: LoginRules, attempt: KeyAttempt, user: string): attempt is Shown {
  if (attempt.kind === 'unproven') rules.unproven?.();
  if (!('key' in attempt)) return false;
  const { key, certificate } = attempt;
  if (certificate !== undefined && rules.certificates !== true) return false;
  return rules.mayLogIn(key, user, certificate);
}
