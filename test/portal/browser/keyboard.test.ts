/** The page by the keyboard alone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { openPage } from './rig/browser.ts';
import { MadeScreens } from './rig/made-screens.ts';
import { atRest, openScreen } from './rig/opened-screen.ts';
import { screens } from './rig/screens.ts';

const made = new MadeScreens();

/** A screen has fewer places than that. */
const mostSteps = 400;

interface Place {
  readonly words: string;
  readonly isSeen: boolean;
  readonly hasRing: boolean;
}

/** Where the focus is; undefined: nowhere on the page. */
const focused = (page: Page): Promise<Place | undefined> =>
  page.evaluate<Place | undefined>(`(() => {
    const one = document.activeElement;
    if (one === null || one === document.body) return undefined;
    one.dataset.walked = 'yes';
    const box = one.getBoundingClientRect();
    const style = getComputedStyle(one);
    return {
      words: one.outerHTML.slice(0, 160),
      isSeen: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight,
      hasRing: style.outlineStyle !== 'none' && style.outlineWidth !== '0px',
    };
  })()`);

/** What can be reached by a pointer and was not reached by the keyboard. */
const leftOut = `[...document.querySelectorAll('a[href], button:not(:disabled), input:not(:disabled), select, textarea, summary, [tabindex="0"]')]
  .filter(one => one.checkVisibility() && one.dataset.walked === undefined && one.closest('.xterm') === null)
  .map(one => one.outerHTML.slice(0, 160))`;

async function walk(page: Page, name: string): Promise<string[]> {
  const found: string[] = [];
  for (let step = 0; step < mostSteps; step += 1) {
    await page.keyboard.press('Tab');
    const place = await focused(page);
    if (place === undefined) break;
    if (!place.isSeen) found.push(`${name}: the focus is not seen: ${place.words}`);
    if (!place.hasRing) found.push(`${name}: no ring around ${place.words}`);
  }
  found.push(...(await page.evaluate<string[]>(leftOut)).map(words => `${name}: not reached: ${words}`));
  return found;
}

test('every control of every screen is reached by the tab key, seen, and left again', async () => {
  const { page, context } = await openPage(made.browser, made.origin, {
    viewport: { width: 1280, height: 800 },
  });
  const found: string[] = [];
  for (const [name, path] of Object.entries(screens)) {
    await openScreen(page, made.origin, path);
    found.push(...(await walk(page, name)));
  }
  await context.close();
  assert.deepEqual(found, []);
});

test('the first key leads past the menu; a screen that is gone to has the focus, and says its name', async () => {
  const { page, context } = await openPage(made.browser, made.origin);
  await openScreen(page, made.origin, '/');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate('document.activeElement.id'), 'content');
  await page.getByRole('link', { name: 'Apps', exact: true }).focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/apps$/);
  await atRest(page);
  assert.equal(await page.evaluate('document.activeElement.id'), 'content');
  assert.match((await page.locator('.unseen[role=status]').textContent()) ?? '', /Apps/);
  await context.close();
});

test('/ leads into the jump box from every screen, arrows choose, Enter goes, Escape leaves', async () => {
  const { page, context } = await openPage(made.browser, made.origin);
  await openScreen(page, made.origin, '/people');
  await page.keyboard.press('/');
  await page.keyboard.type('pump');
  await page.locator('[role=option][aria-selected=true]').waitFor();
  await page.keyboard.press('ArrowDown');
  assert.equal(await page.locator('[role=option]').nth(1).getAttribute('aria-selected'), 'true');
  await page.keyboard.press('Escape');
  assert.equal(await page.locator('[role=option]').count(), 0);
  await page.keyboard.press('/');
  await page.keyboard.type('pump');
  await page.locator('[role=option]').first().waitFor();
  const before = page.url();
  await page.keyboard.press('Enter');
  await page.waitForURL(url => url.href !== before);
  await context.close();
});

test('a change is begun, typed and shown by the keyboard; a dialog gives the focus back where it was', async () => {
  const { page, context } = await openPage(made.browser, made.origin);
  await openScreen(page, made.origin, '/devices/name-1');
  const button = page.getByRole('button', { name: 'Pin a release' });
  await button.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  assert.equal(await page.evaluate('document.activeElement.textContent'), await button.textContent());
  await page.keyboard.press('Enter');
  const release = page.getByRole('dialog').getByLabel('Release');
  await release.focus();
  await page.keyboard.type('1.2.3');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/changes\//);
  await page.locator('h1').waitFor();
  await context.close();
});
