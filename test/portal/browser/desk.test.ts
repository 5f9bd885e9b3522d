/** The page of a desk in a real browser: from the address in the terminal to a signed commit on main. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { git } from '../../cli/towline.ts';
import { openBrowser, openPage, type Watched } from './rig/browser.ts';
import { DeskPortal } from './rig/desk-portal.ts';

describe('the page of a desk', () => {
  let browser: Browser;
  let portal: DeskPortal;
  let page: Page;
  let watched: Watched;

  before(async () => {
    [browser, portal] = await Promise.all([openBrowser(), DeskPortal.open()]);
    ({ page, watched } = await openPage(browser, portal.origin, { acceptDownloads: true }));
  });

  after(async () => {
    await browser?.close();
    await portal?.[Symbol.asyncDispose]();
  });

  test('opens by the address of the terminal, once; its word stays neither in the address nor in the history', async () => {
    const address = portal.address();
    await page.goto(address);
    await page.getByRole('heading', { level: 1, name: '5 devices' }).waitFor();
    assert.equal(page.url(), `${portal.origin}/`);
    const { page: other, context } = await openPage(browser, portal.origin);
    await other.goto(address);
    await other.getByText('PORTAL_LOGIN_REFUSED').waitFor();
    await other.goto(`${portal.origin}/devices`);
    await other.getByText('towline portal').waitFor();
    await context.close();
  });

  test('shows a device that has reported, without being asked again; filters at the server; / leads anywhere', async () => {
    await portal.desk.reports('pump-3', '1.0.0');
    await page
      .locator('[data-device=pump-3] [data-state=applied], [data-device=pump-3] [data-state=unchanged]')
      .waitFor();
    await page.getByLabel('Words').fill('pump-4');
    await page.locator('[data-device=pump-3]').waitFor({ state: 'detached' });
    assert.match(page.url(), /\?q=pump-4$/);
    assert.deepEqual(await page.locator('tr[data-device] th').allTextContents(), ['pump-4']);
    await page.getByRole('button', { name: 'Clear' }).click();
    await page.locator('[data-device=pump-3]').waitFor();
  });

  test('a change is shown as files and plan, refused in the terminal, then signed there: the shown commit is on main', async () => {
    await page.getByLabel('Choose pump-3').check();
    await page.getByRole('button', { name: 'Pause …' }).click();
    await page.getByLabel('Reason').fill('the basin is cleaned');
    await page.getByRole('button', { name: 'Show the change' }).click();
    await page.getByRole('heading', { level: 1, name: 'Pause pump-3' }).waitFor();
    assert.equal(await page.title(), 'Pause pump-3 · Change · Towline');
    await page.getByText('Who must sign').waitFor();
    const fingerprint = await page.locator('.fingerprint').textContent();
    assert.match(await page.locator('.diff').innerText(), /^\+paused: true$/m);
    assert.match(
      await page.getByLabel('pump-3', { exact: true }).innerText(),
      /hello is left as it is: the device is paused/,
    );
    portal.person.answer = 'n';
    await page.getByRole('button', { name: 'Sign here' }).click();
    await page.getByText('PORTAL_NOT_SIGNED').waitFor();
    portal.person.answer = 'y';
    await page.getByRole('button', { name: 'Sign here' }).click();
    await page.locator('[data-step=trusted]').waitFor();
    assert.equal(await page.getByText('Who must sign').count(), 0);
    assert.ok(
      portal.person.asked.at(-1)?.includes(fingerprint ?? 'none'),
      'the terminal shows the same fingerprint',
    );
    const head = (await portal.desk.head()).trim();
    assert.match(await page.locator('main').innerText(), new RegExp(head));
    assert.match(await git(portal.desk.origin, 'show', 'main'), /^\+paused: true$/m);
    assert.match(await git(portal.desk.origin, 'log', '-1', '--format=%B', 'main'), /the basin is cleaned/);
    await git(portal.desk.fleet.directory, 'fetch', '-q', 'origin');
    await portal.desk.says('trust', 'walk').catch(() => undefined);
  });

  test('the change is followed until its device has done it', async () => {
    await portal.desk.reports('pump-3', '1.0.0', { state: 'paused' });
    await page.locator('[data-step=seen] [data-state=done]').waitFor();
  });

  test('what is taken away as a file is the very commit that was shown', async () => {
    await page.goto(`${portal.origin}/devices`);
    await page.getByLabel('Choose pump-5').check();
    await page.getByRole('button', { name: 'Pause …' }).click();
    await page.getByRole('button', { name: 'Show the change' }).click();
    await page.getByRole('heading', { level: 1, name: 'Pause pump-5' }).waitFor();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download the file' }).click();
    const file = await (await download).path();
    const fingerprint = (await page.locator('.fingerprint').textContent()) ?? 'none';
    const said = await portal.desk.says('sign', file, '--yes');
    assert.ok(said.includes(fingerprint), said);
  });

  test('for a forge the branch is pushed with its approval, and the page names where the request is opened', async () => {
    const { desk, person } = portal;
    const address = 'https://forge.acme.example/acme/fleet/pull/new';
    const hook = path.join(desk.origin, 'hooks/post-receive');
    await writeFile(hook, `#!/bin/sh\necho 'Open a pull request:'\necho '  ${address}'\n`, { mode: 0o755 });
    const before = await desk.head();
    await page.goto(`${portal.origin}/devices`);
    await page.getByLabel('Choose pump-4').check();
    await page.getByRole('button', { name: 'Pause …' }).click();
    await page.getByRole('button', { name: 'Show the change' }).click();
    await page.getByRole('heading', { level: 1, name: 'Pause pump-4' }).waitFor();
    person.answer = 'y';
    await page.getByRole('button', { name: 'Push the branch' }).click();
    await page.getByRole('link', { name: address }).waitFor();
    const branches = await git(desk.origin, 'for-each-ref', '--format=%(refname)', 'refs/heads/changes');
    const [branch = 'none'] = branches.trim().split('\n');
    const files = await git(desk.origin, 'diff', '--name-only', 'main', branch);
    assert.match(files, /^approvals\/[0-9a-f]{64}\.alice\.asc\ndevices\/.*pump-4\.yaml$/);
    assert.equal(await desk.head(), before, 'main waits for the forge');
  });

  test('all of that broke no policy, ran nothing of others and asked nobody else', () => {
    assert.deepEqual(watched.take(), []);
  });
});
