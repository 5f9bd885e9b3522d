/** By an SSH key of the operator's file: the person signs a text of this page, at their own machine. */
import {
  portalChallengeText,
  portalLoginNamespace,
  signerOfChallenge,
} from '../../core/access/portal-login.ts';
import { TowlineError } from '../../core/errors.ts';
import type { Clock } from '../../core/io/clock.ts';
import { fieldsOf } from '../../core/json.ts';
import { Challenges, challengeMs } from './challenges.ts';
import type { ShownPerson } from './login-desk.ts';
import type { People } from './proof.ts';

export interface SshLoginOptions {
  readonly origin: string;
  readonly fleet: string;
  readonly people: People;
  readonly clock: Clock;
}

export interface SshLoginChallenge {
  readonly id: string;
  /** To sign, to the last newline. */
  readonly text: string;
  /** For a person who has the text in a file called so. */
  readonly command: string;
  /** ISO 8601, UTC. */
  readonly expires: string;
}

const maxSignatureLength = 8192;

export class SshLogin {
  readonly #options: SshLoginOptions;
  readonly #challenges: Challenges<(nonce: string) => string>;

  constructor(options: SshLoginOptions) {
    this.#options = options;
    this.#challenges = new Challenges(options.clock);
  }

  begin(): SshLoginChallenge {
    const { origin, fleet, clock } = this.#options;
    const untilMs = clock.now() + challengeMs;
    const text = (nonce: string) => portalChallengeText({ origin, fleet, nonce, untilMs });
    const id = this.#challenges.make(text);
    const command = `ssh-keygen -Y sign -n ${portalLoginNamespace} -f ~/.ssh/id_ed25519 login.txt`;
    return { id, text: text(id), command, expires: new Date(untilMs).toISOString() };
  }

  /** @param body `{id, signature}` @throws TowlineError PORTAL_MALFORMED, PORTAL_LOGIN_REFUSED */
  finish(body: unknown): ShownPerson {
    const { id, signature } = fieldsOf(body);
    if (typeof id !== 'string' || typeof signature !== 'string' || signature.length > maxSignatureLength)
      throw new TowlineError('PORTAL_MALFORMED', 'id and signature are wanted');
    const text = this.#challenges.use(id);
    if (text === undefined)
      throw new TowlineError('PORTAL_LOGIN_REFUSED', 'the challenge is too old, or was used');
    const { people } = this.#options;
    const lineOf = (key: string) =>
      people.withSshKey(key)?.file.sshKeys.find(line => line.split(' ')[1] === key);
    const key = signerOfChallenge(signature, text(id), lineOf);
    const person = people.withSshKey(key);
    if (person === undefined) throw new TowlineError('PORTAL_LOGIN_REFUSED', 'the key is nobody’s');
    return { name: person.name, proof: { by: 'ssh', key } };
  }
}
