/** By an OpenID provider in a real browser: over to another site and back, which cookies of a page do not all survive. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { portalClient, RealProvider } from '../../gateway/certificates/provider.ts';
import { testDevice } from '../../gateway/rig/gateway.ts';
import { PortalGateway, portalOrigin } from '../rig/portal-gateway.ts';
import { openBrowser, openPage } from './rig/browser.ts';

const sub = '248289761001';
const secret = join(tmpdir(), `towline-oidc-browser-${process.pid}`);

describe('the page of a gateway with a provider', () => {
  let browser: Browser;
  let provider: RealProvider;
  let made: PortalGateway;

  before(async () => {
    provider = await RealProvider.start();
    writeFileSync(secret, `${portalClient.secret}\n`, { mode: 0o600 });
    made = await PortalGateway.start(
      [testDevice('pump-1')],
      [
        ...['loginsPerMinute: 1000', 'oidc:', `  issuer: ${provider.issuer}`],
        ...[`  clientId: ${portalClient.id}`, `  clientSecretFile: ${secret}`],
      ],
    );
    await made.commitOperator([`oidc: [{ iss: "${provider.issuer}", sub: "${sub}" }]`]);
    browser = await openBrowser([`--host-resolver-rules=MAP portal.example.com:443 127.0.0.1:${made.port}`]);
  });

  after(async () => {
    await browser?.close();
    await made?.[Symbol.asyncDispose]();
    await provider?.[Symbol.asyncDispose]();
    await rm(secret, { force: true });
  });

  const comeBy = async (login: string, to = '/') => {
    const { page } = await openPage(browser, portalOrigin);
    await page.goto(`${portalOrigin}${to}`);
    await page.getByRole('link', { name: /^Go to / }).click();
    await page.locator('input[name=login]').fill(login);
    await page.locator('input[name=password]').fill('anything');
    await page.locator('button[type=submit]').click();
    await page.getByText('Authorize').first().waitFor();
    await page.locator('button[type=submit]').click();
    return page;
  };

  test('lets in who their operator file says, for reading', async () => {
    const page = await comeBy(sub);
    await page.getByText('alice, by OpenID Connect').waitFor();
    await page.locator('[data-device=pump-1]').waitFor();
  });

  test('leads back to where they wanted to be, with what stood behind the question mark', async () => {
    const page = await comeBy(sub, '/devices?q=pump&sort=outcome');
    await page.waitForURL(`${portalOrigin}/devices?q=pump&sort=outcome`);
    await page.locator('[data-device=pump-1]').waitFor();
    assert.equal(await page.getByLabel('Words').inputValue(), 'pump');
  });

  test('says to anybody else that it was refused, and why', async () => {
    const page = await comeBy('somebody-else');
    await page.getByText('The login was refused.').waitFor();
    await page.getByText('LOGIN_UNKNOWN').waitFor();
    assert.equal(await page.getByText('pump-1').count(), 0);
  });
});
