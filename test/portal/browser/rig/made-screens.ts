/** A browser and a portal of usual answers, for all tests of a file. */
import { after, before } from 'node:test';
import type { Browser } from 'playwright-core';
import { openBrowser } from './browser.ts';
import { MadeAnswers } from './made-answer.ts';
import { MadePortal } from './made-portal.ts';
import { usualText } from './texts.ts';

/** What was opened before the first test of a file, and is closed after its last. */
export class MadeScreens {
  #browser: Browser | undefined;
  #portal: MadePortal | undefined;

  constructor() {
    before(async () => {
      this.#browser = await openBrowser();
      this.#portal = await MadePortal.open({
        answers: new MadeAnswers({ text: usualText(), items: 2, nowMs: Date.now() }),
      });
    });
    after(async () => {
      await this.#browser?.close();
      await this.#portal?.[Symbol.asyncDispose]();
    });
  }

  get browser(): Browser {
    return opened(this.#browser);
  }

  get origin(): string {
    return opened(this.#portal).origin;
  }
}

function opened<Thing>(thing: Thing | undefined): Thing {
  if (thing === undefined) throw new Error('it is there within tests alone');
  return thing;
}
