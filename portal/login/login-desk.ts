/** Logging in at a gateway's page: what is shown, what comes of it, and what is written down of it. */
import { addressGroup } from '../../core/address-group.ts';
import { isTowlineError, TowlineError } from '../../core/errors.ts';
import type { Clock } from '../../core/io/clock.ts';
import { Challenges } from './challenges.ts';
import type { LoginSessions } from './login-sessions.ts';
import type { Proof } from './proof.ts';

/** Who somebody has shown to be. */
export interface ShownPerson {
  readonly name: string;
  readonly proof: Proof;
}

/** A line of the audit log. */
export interface LoginEvent {
  readonly action: string;
  readonly outcome: 'allowed' | 'refused' | 'ended';
  readonly who?: string;
  readonly from?: string;
  readonly code?: string;
  readonly message?: string;
  readonly details?: Readonly<Record<string, string | number | boolean>>;
}

export interface BegunLogin {
  readonly name: string;
  /** The cookie's value. */
  readonly token: string;
  readonly csrf: string;
}

export interface LoginDeskOptions {
  readonly sessions: LoginSessions;
  readonly audit: { write(event: LoginEvent): void };
  /** Tries of one address, or of all (''). @returns 0: it may go on; else the seconds to wait */
  readonly tries: (of: string) => number;
  readonly clock: Clock;
}

const action = 'login portal';

export class LoginDesk {
  readonly #options: LoginDeskOptions;
  /** One-time words, with which a page takes up what was shown elsewhere. */
  readonly #words: Challenges<ShownPerson>;
  #refused = 0;
  #allowed = 0;

  constructor(options: LoginDeskOptions) {
    this.#options = options;
    this.#words = new Challenges(options.clock);
  }

  /** Logins since the start. */
  get counts(): { readonly allowed: number; readonly refused: number } {
    return { allowed: this.#allowed, refused: this.#refused };
  }

  /** Every begin and every finish is a try. @throws TowlineError PORTAL_BUSY */
  admit(from: string): void {
    const { tries } = this.#options;
    // One who tries too often takes nothing of what all have.
    const retryAfterSec = tries(addressGroup(from)) || tries('');
    if (retryAfterSec > 0)
      throw new TowlineError('PORTAL_BUSY', 'too many logins from this address', {
        details: { retryAfterSec },
      });
  }

  /**
   * @param show throws where nothing is shown
   * @param former the cookie that the browser had: that login ends, and what is open for it in other tabs
   * @throws what `show` throws
   */
  async logIn(
    from: string,
    show: () => Promise<ShownPerson> | ShownPerson,
    former?: string,
  ): Promise<BegunLogin> {
    const { sessions, audit } = this.#options;
    const { name, proof } = await this.#shown(from, show);
    if (former !== undefined) sessions.leave(former);
    const { token, login } = sessions.begin(name, proof, from);
    this.#allowed += 1;
    audit.write({ action, outcome: 'allowed', who: name, from, details: { by: proof.by } });
    return { name, token, csrf: login.csrf };
  }

  /** Shown by a program: the person's page takes it up by a word that is good once. @throws what `show` throws */
  async giveWord(from: string, show: () => Promise<ShownPerson> | ShownPerson): Promise<string> {
    return this.#words.make(await this.#shown(from, show));
  }

  /**
   * As whom it would log in. Whoever sends somebody else an address of their own would have them act as another: they are asked.
   * @throws TowlineError PORTAL_LOGIN_REFUSED
   */
  lookAtWord(word: string): string {
    const shown = this.#words.peek(word);
    if (shown === undefined) throw tooOld();
    return shown.name;
  }

  /** @throws TowlineError PORTAL_LOGIN_REFUSED */
  takeWord(word: string): ShownPerson {
    const shown = this.#words.use(word);
    if (shown === undefined) throw tooOld();
    return shown;
  }

  /** @param token the cookie's value */
  leave(token: string, who: string, from: string): void {
    this.#options.sessions.leave(token);
    this.#options.audit.write({ action, outcome: 'ended', who, from, message: 'logged out' });
  }

  async #shown(from: string, show: () => Promise<ShownPerson> | ShownPerson): Promise<ShownPerson> {
    try {
      return await show();
    } catch (error) {
      this.#refused += 1;
      if (isTowlineError(error)) {
        const { code, message } = error;
        this.#options.audit.write({ action, outcome: 'refused', from, code, message });
      }
      throw error;
    }
  }
}

function tooOld(): TowlineError {
  return new TowlineError('PORTAL_LOGIN_REFUSED', 'the address is too old, or was used');
}
