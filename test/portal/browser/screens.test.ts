/** Every screen in a real browser, of answers that have every field: rules of axe, widths, zoom, policy. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axeFindings } from './rig/axe.ts';
import { openPage } from './rig/browser.ts';
import { MadeScreens } from './rig/made-screens.ts';
import { openScreen, overflow, widest } from './rig/opened-screen.ts';
import { screens } from './rig/screens.ts';

const made = new MadeScreens();

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing wrong on any screen, and no screen breaks the policy or asks elsewhere: ${colorScheme}`, async () => {
    const { page, context, watched } = await openPage(made.browser, made.origin, { colorScheme });
    const found: string[] = [];
    for (const [name, path] of Object.entries(screens)) {
      await openScreen(page, made.origin, path);
      found.push(...(await axeFindings(page)).map(finding => `${name}: ${finding}`));
      // A word of the catalogue whose place for a value was left empty.
      const places = (await page.locator('body').innerText()).match(/\{\w+\}/g) ?? [];
      found.push(...places.map(place => `${name}: ${place}`));
      found.push(...watched.take().map(finding => `${name}: ${finding}`));
      assert.notEqual(
        (await page.locator('h1').count()) + (await page.locator('[role=alert]').count()),
        0,
        name,
      );
    }
    await context.close();
    assert.deepEqual(found, []);
  });
}

test('no screen scrolls sideways at 320 pixels, nor at 1280 zoomed to twice its size', async () => {
  const wide: string[] = [];
  // Zoom makes the window half as wide, as the page sees it.
  for (const viewport of [
    { width: 320, height: 640 },
    { width: 640, height: 400 },
  ]) {
    const { page, context } = await openPage(made.browser, made.origin, { viewport });
    for (const [name, path] of Object.entries(screens)) {
      await openScreen(page, made.origin, path);
      const pixels = await overflow(page);
      if (pixels > 0) wide.push(`${name} at ${viewport.width}: ${pixels} pixels, ${await widest(page)}`);
    }
    await context.close();
  }
  assert.deepEqual(wide, []);
});
