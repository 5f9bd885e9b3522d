/** The list of log lines, as somebody reads it: it follows the end for who looks there, and moves nobody else. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { openPage } from './rig/browser.ts';
import { MadeScreens } from './rig/made-screens.ts';
import { openScreen } from './rig/opened-screen.ts';

const made = new MadeScreens();

/** Lines that come one after the other, of a page that holds a hundred. */
const page = (from: number, before?: string) => ({
  services: [{ app: 'web', service: 'http' }],
  lines: Array.from({ length: 100 }, (_, index) => ({
    ...{ id: `line-${from + index}`, time: new Date(from * 1000).toISOString(), app: 'web', service: 'http' },
    ...{ stream: 'stdout', text: `line ${from + index}` },
  })),
  doubtful: [],
  ...(before === undefined ? {} : { before }),
});

const list = `document.querySelector('.log')`;

/** Where this line is drawn, pixels from the top of the list. */
const topOf = (shown: Page, words: string): Promise<number> =>
  shown.evaluate<number>(`[...document.querySelectorAll('.log li')].find(line => line.textContent.endsWith('${words}'))
    .getBoundingClientRect().top - ${list}.getBoundingClientRect().top`);

test('opens at the newest line; older ones come above, and leave what is read where it is', async () => {
  const { page: shown, context } = await openPage(made.browser, made.origin);
  await shown.route('**/api/v1/devices/*/logs*', async route => {
    const isOlder = new URL(route.request().url()).searchParams.has('before');
    await route.fulfill({ json: isOlder ? page(1100) : page(1200, 'older') });
  });
  await openScreen(shown, made.origin, '/devices/name-1/logs');
  const toEnd = () =>
    shown.evaluate<number>(`${list}.scrollHeight - ${list}.scrollTop - ${list}.clientHeight`);
  await shown.getByText('line 1299').waitFor();
  assert.ok((await toEnd()) < 2, `${await toEnd()} pixels from the end`);
  // The browser tells the page of it with the next picture.
  await shown.evaluate(
    `new Promise(done => { ${list}.scrollTop = 300; requestAnimationFrame(() => requestAnimationFrame(done)); })`,
  );
  const at = await topOf(shown, 'line 1220');
  await shown.getByRole('button', { name: 'Show older lines' }).click();
  await shown.getByText('line 1100').waitFor({ state: 'attached' });
  assert.ok(Math.abs((await topOf(shown, 'line 1220')) - at) < 2);
  await context.close();
});
