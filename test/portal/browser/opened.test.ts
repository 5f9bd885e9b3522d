/** What opens on a screen when somebody does something: dialogs, hits, ways to sign, challenges, recordings. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { axeFindings } from './rig/axe.ts';
import { openBrowser, openPage, type Watched } from './rig/browser.ts';
import { MadeAnswers } from './rig/made-answer.ts';
import { MadePortal } from './rig/made-portal.ts';
import { openScreen, overflow } from './rig/opened-screen.ts';
import { picturedAnswers } from './rig/pictured-answers.ts';
import { usualText } from './rig/texts.ts';

let browser: Browser;
let portal: MadePortal;
let page: Page;
let watched: Watched;

const proposal = {
  ...{
    id: 'abc',
    state: 'shown',
    base: 'f3a9c21d',
    commit: '9b1784d6',
    fingerprint: '7K2M-XWQ0-3FHA-9DRT-B6NE',
  },
  intent: { intent: 'pause-device', devices: ['name-1'] },
  ...{ message: 'Pause name-1', command: 'towline device pause name-1', needs: ['1 more of root (alice)'] },
  files: [
    { path: 'devices/name-1.yaml', diff: '--- a\n+++ b\n@@ -1 +1 @@\n-paused: false\n+paused: true\n' },
  ],
  devices: { count: 1, plans: [{ device: 'name-1', lines: ['nothing to do'], plan: {} }] },
  ways: ['local', 'passkey', 'patch', 'request', 'forge'].map((way, index) =>
    index % 2 === 0 ? { way, open: true } : { way, open: false, why: 'a reason that is told' },
  ),
};

before(async () => {
  const nowMs = Date.now();
  browser = await openBrowser();
  portal = await MadePortal.open({
    answers: new MadeAnswers({ text: usualText(), items: 2, nowMs }),
    instead: { ...picturedAnswers(nowMs), 'GET /changes/{change}': proposal },
  });
  ({ page, watched } = await openPage(browser, portal.origin));
});

after(async () => {
  await browser?.close();
  await portal?.[Symbol.asyncDispose]();
});

/** By axe in both colours, and at 320 pixels. */
async function isWell(): Promise<void> {
  const found: string[] = [];
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    found.push(...(await axeFindings(page)));
  }
  const size = page.viewportSize() ?? { width: 1280, height: 720 };
  await page.setViewportSize({ width: 320, height: 640 });
  if ((await overflow(page)) > 0) found.push(`${await overflow(page)} pixels too wide`);
  await page.setViewportSize(size);
  assert.deepEqual([...found, ...watched.take()], []);
}

test('a dialog that asks for what a change needs', async () => {
  await openScreen(page, portal.origin, '/devices/name-1');
  await page.getByRole('button', { name: 'Pin a release' }).click();
  await page.getByRole('dialog').waitFor();
  await isWell();
});

test('the hits of the jump box', async () => {
  await openScreen(page, portal.origin, '/devices');
  await page.keyboard.press('/');
  await page.keyboard.type('pump');
  await page.locator('[role=option]').first().waitFor();
  await isWell();
});

test('a change with its ways: each that is closed says why', async () => {
  await openScreen(page, portal.origin, '/changes/abc');
  assert.equal(await page.locator('.way').count(), 5);
  assert.equal(await page.getByText('Not here: a reason that is told').count(), 2);
  await isWell();
});

test('a challenge for an SSH key', async () => {
  await openScreen(page, portal.origin, '/login');
  await page.getByRole('button', { name: 'Get a challenge' }).click();
  await page.getByLabel('Signature').waitFor();
  await isWell();
});

test('an enrolment: its command is there once what was typed is what the device shows, and not before', async () => {
  await openScreen(page, portal.origin, '/enrolments');
  const field = page.getByLabel('What the device shows');
  const command = page.getByText('towline device accept tower-6', { exact: true });
  assert.equal(await command.count(), 0);
  await field.fill('7k2m xwq0 3fha 9drt b6nf');
  await page.getByText('Not the same: do not accept it.').waitFor();
  assert.equal(await command.count(), 0);
  await field.fill('7k2m xwq0 3fha 9drt b6ne');
  await command.waitFor();
  await isWell();
});

test('a recording: any place of it can be gone to, forth and back', async () => {
  await openScreen(page, portal.origin, '/sessions/basin-north-1/k3j9x2ab');
  const screen = page.locator('.xterm-accessibility-tree');
  const position = page.getByRole('slider', { name: 'Position' });
  await position.fill('9');
  await screen.getByText('7: { open: 100% }').waitFor();
  await position.fill('2');
  await screen.getByText('levels.db').waitFor();
  await screen.getByText('7: { open: 100% }').waitFor({ state: 'detached' });
  await page.getByLabel('Speed').selectOption('16');
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  await screen.getByText('7: { open: 100% }').waitFor();
  await isWell();
});

test('no state is said by a colour alone: each has its word, and a shape', async () => {
  await openScreen(page, portal.origin, '/');
  const bare = await page.evaluate<string[]>(
    `[...document.querySelectorAll('.badge')].filter(one => one.textContent.trim() === '' || one.querySelector('svg path') === null).map(one => one.outerHTML)`,
  );
  assert.ok((await page.locator('.badge').count()) > 5);
  assert.deepEqual(bare, []);
});
