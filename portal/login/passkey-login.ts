/** By a passkey of the operator's file, and the registration of one: nothing of it is kept here, its line is for the repository. */
import { messageOf } from '../../core/errors/cause.ts';
import { TowlineError } from '../../core/errors.ts';
import type { Clock } from '../../core/io/clock.ts';
import { fieldsOf } from '../../core/json.ts';
import { assertionProblem } from '../../core/webauthn/assertion.ts';
import { readBrowserAssertion } from '../../core/webauthn/browser-assertion.ts';
import { passkeyLine, readPasskey } from '../../core/webauthn/passkey.ts';
import { type PasskeyUser, passkeyUser } from '../../core/webauthn/passkey-user.ts';
import { Challenges, challengeMs } from './challenges.ts';
import type { ShownPerson } from './login-desk.ts';
import type { People } from './proof.ts';

export interface PasskeyLoginOptions {
  readonly origin: string;
  readonly rpId: string;
  readonly fleet: string;
  readonly people: People;
  readonly clock: Clock;
}

export interface PasskeyLoginChallenge {
  /** 32 bytes, base64url: the challenge. */
  readonly id: string;
  /** For `navigator.credentials.get()`. No passkey is named: who asks is told nobody's. */
  readonly options: {
    readonly challenge: string;
    readonly rpId: string;
    readonly timeout: number;
    readonly userVerification: 'required';
  };
  /** ISO 8601, UTC. */
  readonly expires: string;
}

export interface RegisteredPasskey {
  /** For `passkeys` of the operator's file, or of a principal in the policy. */
  readonly line: string;
  /** Where it belongs. */
  readonly file: string;
}

const maxFieldLength = 2048;

export class PasskeyLogin {
  readonly #options: PasskeyLoginOptions;
  readonly #challenges: Challenges<true>;

  constructor(options: PasskeyLoginOptions) {
    this.#options = options;
    this.#challenges = new Challenges(options.clock);
  }

  begin(): PasskeyLoginChallenge {
    const { rpId, clock } = this.#options;
    const challenge = this.#challenges.make(true);
    const expires = new Date(clock.now() + challengeMs).toISOString();
    return {
      ...{ id: challenge, expires },
      options: { challenge, rpId, timeout: challengeMs, userVerification: 'required' },
    };
  }

  /** @param body `{id, assertion}` @throws TowlineError PORTAL_MALFORMED, PORTAL_LOGIN_REFUSED */
  finish(body: unknown): ShownPerson {
    const { id, assertion: sent } = fieldsOf(body);
    if (typeof id !== 'string') throw malformed('id is wanted');
    if (this.#challenges.use(id) === undefined) throw refused('the challenge is too old, or was used');
    const { clientDataJson: clientDataJSON, ...others } = fieldsOf(sent);
    const { credentialId, assertion } = readable(() => readBrowserAssertion({ ...others, clientDataJSON }));
    const rules = {
      challenge: Buffer.from(id, 'base64url'),
      origins: [this.#options.origin],
      verification: 'required',
    } as const;
    const problemOf = (line: string): string | undefined => {
      try {
        return assertionProblem(assertion, readPasskey(line).key, rules);
      } catch (error) {
        // Another's line that cannot be read keeps nobody out either.
        return messageOf(error);
      }
    };
    const tried = this.#passkeysOf(credentialId).map(one => ({ ...one, problem: problemOf(one.line) }));
    const [found, another] = tried.filter(({ problem }) => problem === undefined);
    if (found !== undefined && another === undefined)
      return { name: found.name, proof: { by: 'passkey', line: found.line } };
    const problem = tried.find(each => each.problem !== undefined)?.problem;
    throw refused(
      problem === undefined ? 'no operator of this fleet has this passkey' : `the passkey: ${problem}`,
    );
  }

  /** As whom an authenticator is to show a new one. */
  users(name: string): Readonly<Record<'login' | 'signing', PasskeyUser>> {
    const { fleet } = this.#options;
    return { login: passkeyUser('login', fleet, name), signing: passkeyUser('signing', fleet, name) };
  }

  /** @param body `{for, credentialId, publicKey}`, of `navigator.credentials.create()` @throws TowlineError PORTAL_MALFORMED */
  register(name: string, body: unknown): RegisteredPasskey {
    const { for: purpose, credentialId, publicKey } = fieldsOf(body);
    const isWhole = [credentialId, publicKey].every(
      each => typeof each === 'string' && each.length <= maxFieldLength && /^[A-Za-z0-9_-]+$/.test(each),
    );
    if (!isWhole || (purpose !== 'login' && purpose !== 'signing'))
      throw malformed('for, credentialId and publicKey are wanted');
    const bytes = (each: unknown) => Buffer.from(String(each), 'base64url');
    const { rpId } = this.#options;
    const line = readable(() =>
      passkeyLine({ publicKey: bytes(publicKey), credentialId: bytes(credentialId), rpId }),
    );
    return { line, file: purpose === 'login' ? `operators/${name}.yaml` : 'trust/policy.yaml' };
  }

  /** A credential id is no secret: others may write it beside keys of their own. A key of two people is nobody's. */
  #passkeysOf(credentialId: string): { readonly name: string; readonly line: string }[] {
    return [...this.#options.people.all()].flatMap(({ name, file }) =>
      (file.passkeys ?? []).filter(line => line.endsWith(` ${credentialId}`)).map(line => ({ name, line })),
    );
  }
}

/** What cannot be read proves nothing. */
function readable<Value>(read: () => Value): Value {
  try {
    return read();
  } catch (cause) {
    throw new TowlineError('PORTAL_MALFORMED', messageOf(cause), { cause });
  }
}

function malformed(why: string): TowlineError {
  return new TowlineError('PORTAL_MALFORMED', why);
}

function refused(why: string): TowlineError {
  return new TowlineError('PORTAL_LOGIN_REFUSED', why);
}
