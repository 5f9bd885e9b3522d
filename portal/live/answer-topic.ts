/** An answer of the API that a page shows, told again whenever it is another. */
import type { LiveEvent, LiveTopic } from './live-topic.ts';

export interface AnswerQuestion {
  readonly event: LiveEvent['event'];
  /** As the API answers it, JSON. @throws TowlineError as it does */
  readonly ask: (signal: AbortSignal) => Promise<string>;
  /** @returns ends it */
  readonly onNews: (wake: () => void) => () => void;
  /** It is asked again after this, also if nothing is heard; milliseconds. */
  readonly everyMs: number;
}

export class AnswerTopic implements LiveTopic {
  readonly looked: readonly string[] = [];
  readonly #question: AnswerQuestion;
  #told: string | undefined;

  constructor(question: AnswerQuestion) {
    this.#question = question;
  }

  onNews(wake: () => void): () => void {
    const end = this.#question.onNews(wake);
    const timer = setInterval(wake, this.#question.everyMs);
    return () => {
      clearInterval(timer);
      end();
    };
  }

  async next(signal: AbortSignal): Promise<LiveEvent | undefined> {
    const { ask, event } = this.#question;
    const data = await ask(signal);
    if (data === this.#told) return undefined;
    this.#told = data;
    return { event, data };
  }
}
