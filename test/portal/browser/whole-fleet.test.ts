/** A gateway's page, a browser, a device with an engine: each change from the click to the container, and all that leads there. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { runAgent } from '../../../lab/rig/agent-run.ts';
import { portalOrigin } from '../rig/portal-gateway.ts';
import { openBrowser, openPage, type Watched } from './rig/browser.ts';
import { FleetVisitor } from './rig/fleet-visitor.ts';
import { addPasskeys } from './rig/passkeys.ts';
import { device, WholeFleet } from './rig/whole-fleet.ts';

/** What a device does takes its schedule, an image, a container. */
const deviceMs = 300_000;

describe('the page of a gateway, with a device', () => {
  let browser: Browser;
  let fleet: WholeFleet;
  let page: Page;
  let watched: Watched;
  let visitor: FleetVisitor;
  let line = '';

  before(async () => {
    fleet = await WholeFleet.start();
    browser = await openBrowser([`--host-resolver-rules=MAP portal.example.com:443 127.0.0.1:${fleet.port}`]);
    ({ page, watched } = await openPage(browser, portalOrigin, { acceptDownloads: true }));
    page.setDefaultTimeout(deviceMs);
    await addPasskeys(page);
    visitor = new FleetVisitor(page, fleet);
    await fleet.runs('1');
  });

  after(async () => {
    await browser?.close();
    await fleet?.[Symbol.asyncDispose]();
  });

  const open = (tab = '') => page.goto(`${portalOrigin}/devices/${device}${tab}`);

  test('its person logs in, and sees what the device says it runs', async () => {
    await open();
    await visitor.logIn();
    await page.locator('td [data-state=healthy]').waitFor();
  });

  test('a passkey for signing is made, and a commit from a clone puts it into the policy', async () => {
    line = await visitor.makePasskey();
  });

  test('a tunnel is opened by a passkey: stock git verifies the commit, and the device obeys it', async () => {
    await open();
    await page.getByRole('button', { name: 'Open the tunnel …' }).click();
    await page.getByRole('dialog').getByLabel('Reason').fill('INC-42');
    await page.getByRole('button', { name: 'Show the change' }).click();
    const shown = await visitor.fingerprint();
    const told = await fleet.alice.does('show', `pending/${new URL(page.url()).pathname.split('/').at(-1)}`);
    assert.ok(told.output.includes(shown), `${told.output}${told.errors}`);
    await page.getByRole('button', { name: 'Sign with a passkey' }).click();
    await page.locator('[data-step=healthy] [data-state=done]').waitFor();
    await fleet.alice.git('fetch', '-q', 'origin');
    const signers = path.join(fleet.alice.directory, '../signers');
    await writeFile(signers, `alice namespaces="git" ${line.split(' ').slice(0, 2).join(' ')}\n`);
    await fleet.alice.git(
      ...['-c', 'gpg.format=ssh', '-c', `gpg.ssh.allowedSignersFile=${signers}`],
      ...['verify-commit', 'origin/main'],
    );
    await open();
    await page.getByText('connected now').waitFor();
  });

  test('a terminal leads into the container: vi writes a file there', async () => {
    await open('/terminal');
    await page.getByLabel('Where').selectOption('shop.web');
    await page.getByRole('button', { name: 'Open a terminal' }).click();
    await page.locator('[data-state=open]').waitFor();
    const screen = page.locator('.xterm-accessibility-tree');
    const type = async (text: string) => await page.keyboard.type(text);
    await type('busybox vi /note\r');
    // Its status line says the mode: an Escape that is followed at once begins a key of the terminal's.
    await screen.getByText(/^- \/note/).waitFor();
    await type('i');
    await screen.getByText(/^I \/note/).waitFor();
    await type('hello from the portal');
    await page.keyboard.press('Escape');
    await screen.getByText(/^- \/note/).waitFor();
    await type(':wq\r');
    await type('echo it says $(cat /note)\r');
    await screen.getByText('it says hello from the portal').first().waitFor();
    const { containerId } = await fleet.runs('1');
    assert.equal(await fleet.view.execute(containerId, ['cat', '/note']), 'hello from the portal');
    await type('exit\r');
    await page.locator('p[data-state=over]').waitFor();
  });

  test('logs come as they are written, while somebody looks', async () => {
    await open('/logs');
    await page.getByLabel('Follow live').check();
    await page.getByText('working at 1').first().waitFor();
    const count = await page.locator('.log li').count();
    await page.locator('.log li').nth(count).waitFor();
  });

  test('a release is assigned by a patch that is taken away: the container runs it, and the page follows', async () => {
    await page.goto(`${portalOrigin}/upgrades`);
    await page.getByRole('button', { name: 'Propose it as a change' }).first().click();
    await page.getByRole('dialog').getByRole('button', { name: 'Show the change' }).click();
    assert.match(
      await page.locator('[data-way=passkey]').innerText(),
      /Not here: your passkey is not enough/,
    );
    await visitor.signAway();
    await fleet.runs('2');
    await open();
    await page.locator('td').getByText('2', { exact: true }).nth(1).waitFor();
  });

  test('a bundle is made, downloaded with its digest, and is what the command verifies, and the device takes in', async () => {
    await page.goto(`${portalOrigin}/upgrades`);
    await page.getByRole('button', { name: 'Make a bundle to carry there' }).first().click();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: /^Download / }).click();
    const file = await (await download).path();
    await page.getByText('It is what the server has made.').waitFor();
    const verified = await fleet.alice.does('bundle', 'verify', file);
    assert.equal(verified.code, 0, verified.errors);
    const settings = fleet.agent.child.spawnargs.slice(-2);
    const imported = await runAgent(['import', file, ...settings]).ended;
    assert.equal(imported.code, 0, imported.stderr);
    assert.match(imported.stdout, /^The bundle of .* is here: .* 1 image/);
  });

  test('a change that nobody signs here is pushed as a request, with a name to find it by', async () => {
    await open();
    await page.getByRole('button', { name: 'Pause …' }).click();
    await page.getByRole('button', { name: 'Show the change' }).click();
    await page.getByRole('button', { name: 'Push the request' }).click();
    const branch = (await page.locator('.trouble code').first().textContent()) ?? 'none';
    await fleet.alice.git('fetch', '-q', 'origin', branch.replace(/^refs\/heads\//, ''));
  });

  test('all of that broke no policy, ran nothing of others and asked nobody else', () => {
    assert.deepEqual(watched.take(), []);
  });
});
