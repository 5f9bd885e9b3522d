/** The page of a gateway in a real browser: each way in, and out again; a real gateway, a really signed fleet. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { testDevice } from '../../gateway/rig/gateway.ts';
import { PortalGateway, portalOrigin, signedText } from '../rig/portal-gateway.ts';
import { openBrowser, openPage, type Watched } from './rig/browser.ts';
import { addPasskeys } from './rig/passkeys.ts';

describe('the page of a gateway', () => {
  let browser: Browser;
  let made: PortalGateway;
  let page: Page;
  let watched: Watched;
  let passkey = '';

  before(async () => {
    made = await PortalGateway.start([testDevice('pump-1')], ['loginsPerMinute: 1000']);
    browser = await openBrowser([`--host-resolver-rules=MAP portal.example.com:443 127.0.0.1:${made.port}`]);
    ({ page, watched } = await openPage(browser, portalOrigin));
    await addPasskeys(page);
  });

  after(async () => {
    await browser?.close();
    await made?.[Symbol.asyncDispose]();
  });

  const logInBySsh = async () => {
    await page.getByRole('button', { name: 'Get a challenge' }).click();
    const text = await page.locator('pre.listing').textContent();
    const signature = await signedText(text ?? '', made.fleet.operator, 'towline-login');
    await page.getByLabel('Signature').fill(signature);
    await page.getByRole('button', { name: 'Log in', exact: true }).click();
  };

  test('leads to the login, and by a signature of stock ssh-keygen back to where somebody wanted to be', async () => {
    await page.goto(`${portalOrigin}/devices`);
    await page.waitForURL(/\/login\?to=%2Fdevices$/);
    await logInBySsh();
    await page.waitForURL(`${portalOrigin}/devices`);
    await page.locator('[data-device=pump-1]').waitFor();
    await page.getByText('alice, by SSH key').waitFor();
    const cookies = await page.context().cookies();
    assert.deepEqual(
      cookies.map(({ name, httpOnly, secure, sameSite }) => [name, httpOnly, secure, sameSite]),
      [['__Host-towline', true, true, 'Strict']],
    );
  });

  test('makes a passkey whose line goes into the operator’s file by a commit', async () => {
    await page.goto(`${portalOrigin}/people`);
    await page.getByRole('button', { name: 'A passkey to log in' }).click();
    passkey = (await page.locator('pre.listing').textContent()) ?? '';
    assert.match(passkey, /^sk-ecdsa-sha2-nistp256@openssh\.com /);
    await page.getByText('This line goes into operators/alice.yaml').waitFor();
    await made.commitOperator([`passkeys: ["${passkey}"]`]);
  });

  test('logs out: the cookie is gone, and the way back shows nothing', async () => {
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.waitForURL(/\/login/);
    assert.deepEqual(await page.context().cookies(), []);
    await page.goto(`${portalOrigin}/devices`);
    await page.waitForURL(/\/login/);
    assert.equal(await page.getByText('pump-1').count(), 0);
  });

  test('logs in by that passkey', async () => {
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await page.waitForURL(`${portalOrigin}/devices`);
    await page.getByText('alice, by passkey').waitFor();
  });

  test('sends whoever looks away as soon as the commit that takes their passkey is trusted', async () => {
    await page.getByLabel('Words').fill('pump');
    await page.waitForURL(/\?q=pump$/);
    await page.locator('[data-device=pump-1]').waitFor();
    await made.commitOperator([]);
    await page.waitForURL(/\/login\?over=1&to=%2Fdevices%3Fq%3Dpump$/);
    await page.getByText('Your login is over').waitFor();
    assert.equal(await page.getByText('pump-1').count(), 0);
  });

  test('all of that broke no policy, ran nothing of others and asked nobody else', () => {
    assert.deepEqual(watched.take(), []);
  });
});
