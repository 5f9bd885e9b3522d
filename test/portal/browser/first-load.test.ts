/** What a browser fetches before the first screen is there, and what it does not fetch then. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBrowser, openPage } from './rig/browser.ts';
import { MadeAnswers } from './rig/made-answer.ts';
import { MadePortal } from './rig/made-portal.ts';
import { openScreen } from './rig/opened-screen.ts';
import { usualText } from './rig/texts.ts';

const mostBytes = 40_000;

test('the first screen needs at most 40 kB of the page, packed; charts and terminals come on their own screens', async () => {
  await using portal = await MadePortal.open({
    answers: new MadeAnswers({ text: usualText(), items: 2, nowMs: Date.now() }),
  });
  const browser = await openBrowser();
  try {
    const { page } = await openPage(browser, portal.origin);
    const sizes = new Map<string, number>();
    page.on('response', async response => {
      const { pathname } = new URL(response.url());
      if (pathname.startsWith('/api/')) return;
      sizes.set(pathname, Number(response.headers()['content-length'] ?? 0));
    });
    await openScreen(page, portal.origin, '/');
    await page.locator('[data-row]').first().waitFor();
    const bytes = [...sizes.values()].reduce((sum, size) => sum + size, 0);
    assert.ok(bytes > 10_000 && bytes <= mostBytes, `${bytes} bytes: ${JSON.stringify([...sizes])}`);
    const before = new Set(sizes.keys());
    await page.getByRole('link', { name: 'Devices', exact: true }).click();
    await openScreen(page, portal.origin, '/devices/name-1/metrics');
    await page.locator('canvas').first().waitFor();
    const later = [...sizes.keys()].filter(name => !before.has(name));
    assert.ok(
      later.some(name => /^\/assets\/chart-/.test(name)),
      `no styles of charts: ${later.join(' ')}`,
    );
  } finally {
    await browser.close();
  }
});
