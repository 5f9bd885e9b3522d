/** Why the audit log is not committed, if it is not. */
import type { Logger } from 'pino';
import { messageOf } from '../../core/errors/cause.ts';
import { isTowlineError } from '../../core/errors.ts';
import type { Clock } from '../../core/io/clock.ts';

/** What is over by then is nobody's concern. */
const lastsMs = 60_000;

export class AuditTrouble {
  readonly #clock: Clock;
  readonly #log: Logger;
  #sinceMs = 0;
  /** Undefined: there is none. */
  words: string | undefined;

  constructor({ clock, log }: { readonly clock: Clock; readonly log: Logger }) {
    this.#clock = clock;
    this.#log = log;
  }

  get lasts(): boolean {
    return this.words !== undefined && this.#clock.monotonic() - this.#sinceMs >= lastsMs;
  }

  /** Is logged where it was not the last one, too. */
  took(error: unknown): void {
    const message = messageOf(error);
    const code = isTowlineError(error) ? { code: error.code } : {};
    if (message !== this.words)
      this.#log.error({ ...code, error: message }, 'the audit log is not committed');
    if (this.words === undefined) this.#sinceMs = this.#clock.monotonic();
    this.words = message;
  }

  over(): void {
    if (this.words !== undefined) this.#log.info('the audit log is committed again');
    this.words = undefined;
  }
}
