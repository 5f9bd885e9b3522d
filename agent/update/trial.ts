/** A version on trial: it shows that it may stay, or goes by itself before the launcher ends it. */
import { messageOf } from '../../core/errors/cause.ts';
import type { Clock } from '../../core/io/clock.ts';
import type { Log } from '../../core/log.ts';
import type { PassFacts } from '../pass/pass-facts.ts';
import { isWhole } from './readiness.ts';
import type { UpdateHome } from './update-home.ts';

export interface TrialOptions {
  readonly home: UpdateHome;
  readonly clock: Clock;
  readonly log: Pick<Log, 'info' | 'warn' | 'error'>;
  /** A trial lasts no longer, milliseconds, from now on. */
  readonly trialMs: number;
  /** Ends this process, so that another version is started. */
  readonly leave: (why: string) => void;
}

export class Trial {
  readonly #options: TrialOptions;
  /** It has shown all, and the disk does not let it stay: no fault of the version. */
  #isHindered = false;

  constructor(options: TrialOptions) {
    this.#options = options;
  }

  /** @returns whether it stays @throws what the disk throws: it is tried with the next pass */
  async passed(facts: PassFacts, isHeard: boolean): Promise<boolean> {
    const { home } = this.#options;
    const { whole, reported } = home.asked;
    if ((whole && !isWhole(facts)) || (reported && !isHeard)) return false;
    this.#isHindered = true;
    await home.commit();
    return true;
  }

  /** Until it is aborted, or its time is over. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, trialMs, home, log, leave } = this.#options;
    await clock.sleep(trialMs, signal).catch(() => undefined);
    if (signal.aborted || !home.isOnTrial) return;
    const code = 'AGENT_UPDATE_SILENT';
    log.error({ code }, 'it could not show that it may stay: the version before is started');
    await home.goBack(this.#isHindered ? 'cut' : 'silent').catch((error: unknown) => {
      log.error({ error: messageOf(error) }, 'the trial cannot be ended here: the launcher ends it');
    });
    leave('the version before this one is started again');
  }
}
