/** A screen that has come to rest: what it asked for is there. */
import type { Page } from 'playwright-core';

const loading = '[role=status]:text-is("Loading …")';

export async function openScreen(page: Page, origin: string, path: string): Promise<void> {
  await page.goto(origin + path);
  await atRest(page);
}

export async function atRest(page: Page): Promise<void> {
  await page.locator('main > *').first().waitFor({ state: 'attached' });
  await page.locator(loading).first().waitFor({ state: 'detached' });
}

/** Pixels by which the page is wider than its window. */
export async function overflow(page: Page): Promise<number> {
  return await page.evaluate<number>(
    'document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth',
  );
}

/** The innermost elements that stand out of the window, for a person who reads the failure. */
export async function widest(page: Page): Promise<string> {
  return await page.evaluate<string>(`[...document.querySelectorAll('main *, header *')]
    .filter(one => one.getBoundingClientRect().right > innerWidth && !one.closest('.table, .listing, .diff, .log'))
    .slice(-3).map(one => one.outerHTML.slice(0, 120)).join(' | ')`);
}
