/** A real Chromium, and pages of it that write down what they must not do. */
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core';
import { chromiumProgram } from '../../../../lab/machine/chromium.ts';
import { openThroughNetworkChanges } from './network-changes.ts';

const launchArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--no-first-run',
];

/** For one step, milliseconds. */
const longestMs = 120_000;

/** @param more arguments, as `--host-resolver-rules=…` */
export async function openBrowser(more: readonly string[] = []): Promise<Browser> {
  const args = [...launchArguments, ...more];
  return await chromium.launch({ executablePath: chromiumProgram(), args, headless: true });
}

/** What a page did that it must not do, one line each. */
export class Watched {
  readonly violations: string[] = [];
  /** Errors of scripts, and dialogs: something of a stranger was run. */
  readonly errors: string[] = [];
  /** Requests to another place than the page's own. */
  readonly elsewhere: string[] = [];

  /** All of it, which is forgotten with that. */
  take(): string[] {
    return [this.violations, this.errors, this.elsewhere].flatMap(list => list.splice(0));
  }
}

/** Runs in the page, before everything of it: asked for as text, for it is no code of this program. */
const listen = `
  document.addEventListener('securitypolicyviolation', event => {
    window.towlineSaw('violation ' + event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sample);
  });
  window.addEventListener('error', event => window.towlineSaw('error ' + event.message));
  window.addEventListener('unhandledrejection', event => window.towlineSaw('error ' + event.reason));
`;

export interface OpenedPage {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly watched: Watched;
}

/** A page in a context of its own. @param origin of the portal: all else is elsewhere */
export async function openPage(
  browser: Browser,
  origin: string,
  options: BrowserContextOptions = {},
): Promise<OpenedPage> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, ...options });
  // What is not there by then will not come: machines that carry all tests at once are slow.
  context.setDefaultTimeout(longestMs);
  const watched = new Watched();
  await context.exposeBinding('towlineSaw', (_source, word: unknown) => {
    const text = String(word);
    (text.startsWith('violation') ? watched.violations : watched.errors).push(text);
  });
  await context.addInitScript(listen);
  context.on('request', request => {
    const { origin: asked, protocol } = new URL(request.url());
    if (asked !== origin && protocol !== 'blob:' && protocol !== 'data:')
      watched.elsewhere.push(request.url());
  });
  context.on('dialog', dialog => {
    watched.errors.push(`dialog ${dialog.message()}`);
    dialog.dismiss().catch(() => undefined);
  });
  const page = await context.newPage();
  openThroughNetworkChanges(page);
  page.on('pageerror', error => watched.errors.push(`page error ${error.message}`));
  page.on('console', message => {
    // Chromium tells of what the policy has kept from happening here, too.
    if (/content security policy|trusted ?types?|TrustedHTML/i.test(message.text()))
      watched.violations.push(message.text());
  });
  return { page, context, watched };
}
