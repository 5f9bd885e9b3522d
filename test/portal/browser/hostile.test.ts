/** Strings of strangers in every field of every screen: nothing runs, nothing breaks the policy, nothing is hidden. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { openBrowser, openPage } from './rig/browser.ts';
import { MadeAnswers } from './rig/made-answer.ts';
import { MadePortal } from './rig/made-portal.ts';
import { openScreen, overflow } from './rig/opened-screen.ts';
import { screens } from './rig/screens.ts';
import { hostileText } from './rig/texts.ts';

let browser: Browser;

/** As many as there are attacks: each list has each of them. */
const items = 5;

before(async () => {
  browser = await openBrowser();
});

after(() => browser?.close());

const portalOf = () =>
  MadePortal.open({
    answers: new MadeAnswers({ text: hostileText(), items, nowMs: Date.now() }),
    instead: { 'GET /sessions/{device}/{session}/recording': recording },
  });

/** Titles, links, clipboards, other screens: what a terminal can be told. */
const recording = [
  { version: 2, width: 80, height: 24 },
  [0.1, 'o', '\u001b]0;<script>towlineSaw("error title")</script>\u0007'],
  [0.2, 'o', '\u001b]8;;javascript:towlineSaw("error link")\u0007link\u001b]8;;\u0007'],
  [0.3, 'o', '\u001b]52;c;PHNjcmlwdD4=\u0007<img src=x onerror=towlineSaw("error")>'],
]
  .map(line => JSON.stringify(line))
  .join('\n');

/** Elements that no screen of ours has, handlers written in markup, addresses that are code. */
const foreign = `[...document.querySelectorAll('script:not([src^="/assets/"]), iframe, object, embed, base, form[action], img, [onerror], [onmouseover], [onclick], a[href^="javascript:"], a[href^="data:"], meta[http-equiv]')].map(one => one.outerHTML.slice(0, 200))`;

/** What is not seen, or steers what is, in any text or attribute that is read out. */
const unseen = `(() => {
  const bad = /[\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\u200b-\\u200f\\u202a-\\u202e\\u2066-\\u2069\\ud800-\\udfff]/;
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (node.nodeType === 3) { if (bad.test(node.data)) found.push(node.data.slice(0, 80)); continue; }
    for (const { name, value } of node.attributes) if (bad.test(value)) found.push(name + '=' + value.slice(0, 80));
  }
  return found;
})()`;

test('no string of a stranger runs, breaks the policy, asks elsewhere or hides, in any field of any screen', async () => {
  await using portal = await portalOf();
  const { page, context, watched } = await openPage(browser, portal.origin);
  const found: string[] = [];
  for (const [name, path] of Object.entries(screens)) {
    await openScreen(page, portal.origin, path);
    for (const script of [foreign, unseen]) {
      found.push(...(await page.evaluate<string[]>(script)).map(what => `${name}: ${what}`));
    }
    found.push(...watched.take().map(what => `${name}: ${what}`));
  }
  await context.close();
  assert.deepEqual(found, []);
});

test('what steers the direction of a text, or is not seen, stands there as its escape', async () => {
  await using portal = await portalOf();
  const { page, context } = await openPage(browser, portal.origin);
  await openScreen(page, portal.origin, '/audit');
  const text = await page.locator('main').innerText();
  for (const word of ['\\u202e', '\\u2066', '\\u200b', '\\u0000', '\\u001b[2J', '\\u009b', '\\ud800']) {
    assert.ok(text.includes(word), `${word} is not shown`);
  }
  await context.close();
});

test('words without a place to break make no screen wider than 320 pixels', async () => {
  await using portal = await portalOf();
  const { page, context } = await openPage(browser, portal.origin, { viewport: { width: 320, height: 640 } });
  const wide: string[] = [];
  for (const [name, path] of Object.entries(screens)) {
    await openScreen(page, portal.origin, path);
    const pixels = await overflow(page);
    if (pixels > 0) wide.push(`${name}: ${pixels} pixels`);
  }
  await context.close();
  assert.deepEqual(wide, []);
});

test('a button that is pressed with strings of strangers around it runs none of them', async () => {
  await using portal = await portalOf();
  const { page, context, watched } = await openPage(browser, portal.origin);
  await openScreen(page, portal.origin, '/devices/name-1');
  await page
    .getByRole('button', { name: 'Open the tunnel' })
    .or(page.getByRole('button', { name: 'Close the tunnel' }))
    .first()
    .click();
  await page.getByRole('button', { name: 'Show the change' }).click();
  await page.waitForURL(/\/changes\//);
  await page.locator('h1').waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('pump');
  await page.locator('[role=option]').first().waitFor();
  assert.deepEqual(watched.take(), []);
  await context.close();
});
