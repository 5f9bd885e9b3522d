/** Ten thousand devices in the list: asked for in pages, drawn where somebody looks. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBrowser, openPage } from './rig/browser.ts';
import { MadeAnswers } from './rig/made-answer.ts';
import { MadePortal } from './rig/made-portal.ts';
import { openScreen } from './rig/opened-screen.ts';
import { usualText } from './rig/texts.ts';

const total = 10_000;

test('a list of ten thousand devices is drawn as far as it is seen, and its end is as near as its begin', async () => {
  const asked: number[] = [];
  const list = (query: ReadonlyMap<string, string>) => {
    const offset = Number(query.get('offset'));
    const limit = Number(query.get('limit'));
    asked.push(offset);
    const rows = Array.from({ length: Math.min(limit, total - offset) }, (_, index) => ({
      ...{ id: `pump-${offset + index}`, s: 'unchanged', r: 1_790_000_000, w: 'hello 1.0.0' },
    }));
    return { total, offset, version: 1, reading: false, rows };
  };
  const answers = new MadeAnswers({ text: usualText(), items: 1, nowMs: Date.now() });
  await using portal = await MadePortal.open({ answers, instead: { 'GET /devices': list } });
  const browser = await openBrowser();
  try {
    const { page, watched } = await openPage(browser, portal.origin);
    await openScreen(page, portal.origin, '/devices');
    await page.locator('[data-device=pump-0]').waitFor();
    await page.locator('main').getByText('10,000 devices').waitFor();
    assert.deepEqual(asked, [0]);
    const box = page.locator('.windowed');
    await box.focus();
    await page.keyboard.press('End');
    await page.locator('[data-device=pump-9999]').waitFor();
    assert.equal(await page.locator('[data-device=pump-9999]').getAttribute('aria-rowindex'), '10001');
    assert.ok((await page.locator('[data-row]').count()) < 100);
    assert.ok(asked.length < 6, `pages asked for: ${asked.join(', ')}`);
    await page.keyboard.press('Home');
    await page.locator('[data-device=pump-0]').waitFor();
    await page.getByRole('button', { name: 'Reported' }).click();
    await page.waitForURL(/sort=reported/);
    await page.locator('th[aria-sort=ascending]').getByText('Reported').waitFor();
    assert.deepEqual(watched.take(), []);
  } finally {
    await browser.close();
  }
});
