/** Each change that the page proposes, clicked once to its end: to the container where it changes one, else to what the device says of it. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { portalOrigin } from '../rig/portal-gateway.ts';
import { openBrowser, openPage, type Watched } from './rig/browser.ts';
import { FleetVisitor } from './rig/fleet-visitor.ts';
import { addPasskeys } from './rig/passkeys.ts';
import { device, WholeFleet } from './rig/whole-fleet.ts';

/** What a device does takes its schedule, and a container. */
const deviceMs = 300_000;

describe('each change of the page', () => {
  let browser: Browser;
  let fleet: WholeFleet;
  let page: Page;
  let watched: Watched;
  let visitor: FleetVisitor;

  before(async () => {
    fleet = await WholeFleet.start();
    browser = await openBrowser([`--host-resolver-rules=MAP portal.example.com:443 127.0.0.1:${fleet.port}`]);
    ({ page, watched } = await openPage(browser, portalOrigin, { acceptDownloads: true }));
    page.setDefaultTimeout(deviceMs);
    await addPasskeys(page);
    await fleet.runs('1');
    visitor = new FleetVisitor(page, fleet);
    await page.goto(`${portalOrigin}/devices/${device}`);
    await visitor.logIn();
    await page.locator('td [data-state=healthy]').waitFor();
    await visitor.makePasskey();
  });

  after(async () => {
    await browser?.close();
    await fleet?.[Symbol.asyncDispose]();
  });

  /** Opens the address, clicks the change, fills its fields, and has it shown. */
  const propose = async (place: string, button: string, fields: Readonly<Record<string, string>> = {}) => {
    await page.goto(`${portalOrigin}${place}`);
    await page.getByRole('button', { name: button, exact: true }).first().click();
    const dialog = page.getByRole('dialog');
    for (const [label, value] of Object.entries(fields)) {
      const field = dialog.getByLabel(label).first();
      const isChoice = await field.evaluate(element => element.tagName === 'SELECT');
      await (isChoice ? field.selectOption(value) : field.fill(value));
    }
    await dialog.getByRole('button', { name: 'Show the change' }).click();
    const shown = page.locator('.fingerprint, dialog .trouble').first();
    await shown.waitFor();
    assert.equal(await shown.getAttribute('class'), 'fingerprint', await shown.innerText());
  };
  const atDevice = (button: string, fields?: Readonly<Record<string, string>>) =>
    propose(`/devices/${device}`, button, fields);
  const atRollout = (button: string, fields?: Readonly<Record<string, string>>) =>
    propose('/rollouts/shop/second', button, fields);
  /** What all devices of the change have said. */
  const done = (step: 'seen' | 'healthy') => page.locator(`[data-step=${step}] [data-state=done]`).waitFor();
  const shows = async (place: string, selector: string) => {
    await page.goto(`${portalOrigin}${place}`);
    await page.locator(selector).first().waitFor();
  };

  test('an app is paused and resumed by files that are taken away: the device says so each time', async () => {
    await atDevice('Pause …', { App: 'shop', Reason: 'the basin is cleaned' });
    await visitor.signAway();
    await done('seen');
    await shows(`/devices/${device}`, 'td [data-state=paused]');
    await atDevice('Resume …', { App: 'shop' });
    await visitor.signAway();
    await done('healthy');
    await shows(`/devices/${device}`, 'td [data-state=healthy]');
  });

  test('a device is paused and resumed by a passkey: the device says so each time', async () => {
    await atDevice('Pause …');
    await visitor.signByPasskey();
    await done('seen');
    await shows(`/devices/${device}`, '[data-state=paused]');
    await atDevice('Resume …');
    await visitor.signByPasskey();
    await done('healthy');
    await shows(`/devices/${device}`, 'td [data-state=healthy]');
  });

  test('a tunnel is opened and closed by a passkey: the gateway sees the device come and go', async () => {
    await atDevice('Open the tunnel …');
    await visitor.signByPasskey();
    await page.goto(`${portalOrigin}/devices/${device}`);
    await page.getByText('connected now', { exact: true }).waitFor();
    await atDevice('Close the tunnel …');
    await visitor.signByPasskey();
    await page.goto(`${portalOrigin}/devices/${device}`);
    await page.getByText('connected now', { exact: true }).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Open the tunnel …' }).waitFor();
  });

  test('a release is pinned and unpinned: the container follows, there and back', async () => {
    await atDevice('Pin a release …', { App: 'shop', Release: '2', Reason: 'tried at one site' });
    await visitor.signAway();
    await fleet.runs('2');
    await done('healthy');
    await atDevice('Unpin …');
    await visitor.signAway();
    await fleet.runs('1');
    await done('healthy');
  });

  test('a rollout is promoted: the container runs what it brings', async () => {
    await atRollout('Promote …');
    await visitor.signAway();
    await fleet.runs('2');
    await done('healthy');
    await shows('/rollouts/shop/second', 'td [data-state=done]');
  });

  test('a rollout is paused by a passkey, resumed and aborted: the container goes back', async () => {
    await atRollout('Pause …', { Reason: 'INC-7' });
    await visitor.signByPasskey();
    await shows('/rollouts/shop/second', 'h1 [data-state=paused]');
    await atRollout('Resume …');
    await visitor.signAway();
    await page.locator('[data-step=trusted]').waitFor();
    await page.goto(`${portalOrigin}/rollouts/shop/second`);
    await page.locator('h1 [data-state=paused]').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Pause …' }).waitFor();
    await atRollout('Abort …', { Reason: 'it is too slow' });
    await visitor.signAway();
    await fleet.runs('1');
    await shows('/rollouts/shop/second', 'h1 [data-state=aborted]');
  });

  test('a release is assigned to a group: the container of its device runs it', async () => {
    await propose('/apps/shop', 'Assign a release …', { Release: '2', Name: 'shops' });
    await visitor.signAway();
    await fleet.runs('2');
    await done('healthy');
  });

  test('all of that broke no policy, ran nothing of others and asked nobody else', () => {
    assert.deepEqual(watched.take(), []);
  });
});
