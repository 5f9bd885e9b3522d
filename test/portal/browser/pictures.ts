/**
 * `npm run pictures`: each screen of the portal's page as a picture in docs/pictures, of a fleet that is made for it, in both
 * colours where one says more. What a device sends over weeks (logs, metrics, sessions) is made.
 */
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { openBrowser, openPage } from './rig/browser.ts';
import { DeskPortal } from './rig/desk-portal.ts';
import { MadeAnswers } from './rig/made-answer.ts';
import { MadePortal } from './rig/made-portal.ts';
import { atRest, openScreen } from './rig/opened-screen.ts';
import { picturedAnswers } from './rig/pictured-answers.ts';
import { addPictured, tellPictured } from './rig/pictured-fleet.ts';

const folder = path.resolve(import.meta.dirname, '../../../docs/pictures');
const viewport = { width: 1280, height: 800 };

/** Of the fleet: name of the picture → address. */
const real = {
  overview: '/',
  devices: '/devices?sort=outcome',
  device: '/devices/basin-north-2',
  'device-plan': '/devices/basin-north-1/plan',
  'device-timeline': '/devices/basin-north-1/timeline',
  'device-services': '/devices/basin-north-1/services',
  'device-values': '/devices/basin-north-1/values',
  apps: '/apps',
  app: '/apps/hello',
  release: '/apps/hello/releases/1.1.0?from=1.0.0',
  rollouts: '/rollouts',
  upgrades: '/upgrades?device=basin-north-1',
  people: '/people',
} as const;

const made = {
  'device-logs': '/devices/basin-north-1/logs',
  'device-metrics': '/devices/basin-north-1/metrics',
  terminal: '/devices/basin-north-1/terminal',
  sessions: '/sessions',
  session: '/sessions/basin-north-1/k3j9x2ab',
  enrolments: '/enrolments',
  audit: '/audit',
  login: '/login',
} as const;

async function shoot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: path.join(folder, `${name}.png`), scale: 'css' });
  console.log(`docs/pictures/${name}.png`);
}

async function realPictures(browser: Browser): Promise<void> {
  await using portal = await DeskPortal.open();
  const { desk } = portal;
  await addPictured(desk);
  await desk.says('rollout', 'start', 'hello', '1.1.0', '--from', '1.0.0', '--yes');
  await tellPictured(desk, 'tower-2');
  const { page } = await openPage(browser, portal.origin, { viewport });
  await page.goto(portal.address());
  await page.locator('[data-state=failed]').first().waitFor();
  for (const [name, address] of Object.entries(real)) {
    await openScreen(page, portal.origin, address);
    if (name === 'devices') await page.getByText('live', { exact: true }).waitFor();
    await shoot(page, name);
  }
  await openScreen(page, portal.origin, '/rollouts');
  await page.locator('article h2 a').first().click();
  await page.locator('#devices').waitFor();
  await shoot(page, 'rollout');
  await openScreen(page, portal.origin, '/devices/basin-south-1');
  await page.getByRole('button', { name: 'Pause …' }).click();
  await page.getByRole('dialog').getByLabel('Reason').fill('the basin is cleaned');
  await page.getByRole('button', { name: 'Show the change' }).click();
  await page.locator('.way').first().waitFor();
  await shoot(page, 'change');
  await page.emulateMedia({ colorScheme: 'dark' });
  await openScreen(page, portal.origin, '/');
  await page.locator('[data-row]').first().waitFor();
  await shoot(page, 'overview-dark');
  await page.setViewportSize({ width: 390, height: 800 });
  await shoot(page, 'overview-narrow');
}

async function madePictures(browser: Browser): Promise<void> {
  const answers = new MadeAnswers({ text: () => '', items: 0, nowMs: Date.now() });
  await using portal = await MadePortal.open({ answers, instead: picturedAnswers(Date.now()) });
  const { page } = await openPage(browser, portal.origin, { viewport });
  for (const [name, address] of Object.entries(made)) {
    await openScreen(page, portal.origin, address);
    if (name === 'session') await page.getByRole('slider').fill('9');
    await atRest(page);
    await shoot(page, name);
  }
}

mkdirSync(folder, { recursive: true });
for (const name of [...Object.keys(real), ...Object.keys(made)])
  rmSync(path.join(folder, `${name}.png`), { force: true });
const browser = await openBrowser();
try {
  await realPictures(browser);
  await madePictures(browser);
} finally {
  await browser.close();
}
process.exit(0);
