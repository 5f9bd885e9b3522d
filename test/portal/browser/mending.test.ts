/** What mends itself on a page that has been open for long: a stream that died unheard, parts that an upgrade has renamed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage } from './rig/browser.ts';
import { MadeScreens } from './rig/made-screens.ts';
import { openScreen } from './rig/opened-screen.ts';

const made = new MadeScreens();

test('a stream of which nothing is heard, not even a sign of life, is asked for again', async () => {
  const { page, context } = await openPage(made.browser, made.origin);
  await page.clock.install();
  const isStream = (url: string) => url.includes('/live?device=');
  const first = page.waitForRequest(request => isStream(request.url()));
  await openScreen(page, made.origin, '/devices/name-1');
  await first;
  await page.locator('.connection').getByText('live', { exact: true }).waitFor();
  const again = page.waitForRequest(request => isStream(request.url()));
  // Its silence, and the pause before it is asked again.
  await page.clock.runFor(65_000);
  await page.locator('.connection').getByText('connecting again').waitFor();
  await page.clock.runFor(2000);
  await again;
  await page.locator('.connection').getByText('live', { exact: true }).waitFor();
  await context.close();
});

test('a screen whose part is no longer there under its name is loaded by a new page, once; else the page says so', async () => {
  const { page, context } = await openPage(made.browser, made.origin);
  await openScreen(page, made.origin, '/');
  // The first that is asked for from now on is the screen's.
  let part: string | undefined;
  let mostGone = 1;
  let gone = 0;
  await page.route('**/*.js', async route => {
    part ??= route.request().url();
    if (route.request().url() !== part || gone >= mostGone) return await route.continue();
    gone += 1;
    await route.fulfill({ status: 404, body: '' });
  });
  await page.getByRole('link', { name: 'Audit' }).click();
  await page.getByRole('heading', { level: 1, name: 'Audit' }).waitFor();
  assert.equal(gone, 1);
  await openScreen(page, made.origin, '/');
  mostGone = 100;
  await page.getByRole('link', { name: 'Audit' }).click();
  await page.getByRole('button', { name: 'Try again' }).waitFor();
  assert.equal(gone, 3);
  await context.close();
});

test('a server that cannot answer yet is asked until it does, and nobody is sent to log in for that', async () => {
  const { page, context } = await openPage(made.browser, made.origin);
  const asked = new Map<string, number>();
  const message = 'the fleet is being read';
  await page.route(/\/api\/v1\/(?:me|overview)$/, async route => {
    const { pathname } = new URL(route.request().url());
    const count = (asked.get(pathname) ?? 0) + 1;
    asked.set(pathname, count);
    if (count > 2) return await route.continue();
    await route.fulfill({ status: 503, json: { error: { code: 'PORTAL_NOT_READY', message } } });
  });
  await page.goto(made.origin);
  await page.getByRole('heading', { name: message }).waitFor();
  assert.equal(new URL(page.url()).pathname, '/');
  await page.getByText('PORTAL_NOT_READY').waitFor();
  await page.locator('.sentence, h1').filter({ hasText: 'devices' }).first().waitFor();
  assert.equal(new URL(page.url()).pathname, '/');
  assert.ok(
    [...asked.values()].every(count => count >= 3),
    JSON.stringify([...asked]),
  );
  await context.close();
});
