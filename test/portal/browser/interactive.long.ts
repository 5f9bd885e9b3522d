/** How long a slow machine's browser works until the first screen can be used: the best of some, for this machine has other work. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CDPSession } from 'playwright-core';
import { openBrowser, openPage } from './rig/browser.ts';
import { MadeAnswers } from './rig/made-answer.ts';
import { MadePortal } from './rig/made-portal.ts';
import { usualText } from './rig/texts.ts';

const slowdown = 4;
const mostMs = 1000;
const rounds = 9;
/** Of the list's first page. */
const devices = 100;

/** By the debugger alone: what finds elements for a test is more code than the page. @returns milliseconds of the browser's clock */
async function usableAfter(debug: CDPSession): Promise<number> {
  const expression = `document.querySelector('[data-device]') && document.querySelector('input[name=q]') ? performance.now() : 0`;
  for (;;) {
    const { result } = await debug.send('Runtime.evaluate', { expression });
    if (typeof result.value === 'number' && result.value > 0) return result.value;
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}

test('the first screen can be used within a second on a processor that is four times slower', async () => {
  const answers = new MadeAnswers({ text: usualText(), items: 3, nowMs: Date.now() });
  const row = (index: number) => ({
    id: `pump-${index}`,
    s: 'unchanged',
    r: 1_790_000_000,
    w: 'hello 1.0.0',
    b: 0,
  });
  const rows = Array.from({ length: devices }, (_, index) => row(index));
  const list = { total: 10_000, offset: 0, version: 1, reading: false, rows };
  await using portal = await MadePortal.open({ answers, instead: { 'GET /devices': list } });
  const browser = await openBrowser();
  try {
    const taken: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const { page, context } = await openPage(browser, portal.origin);
      const debug = await context.newCDPSession(page);
      await debug.send('Emulation.setCPUThrottlingRate', { rate: slowdown });
      await debug.send('Performance.enable', { timeDomain: 'threadTicks' });
      await page.goto(portal.origin, { waitUntil: 'commit' });
      const whole = await usableAfter(debug);
      const { metrics } = await debug.send('Performance.getMetrics');
      const busy = (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Infinity) * 1000;
      taken.push(busy);
      console.log(
        `can be used after ${Math.round(whole)} ms, ${Math.round(busy)} of them the page's own work`,
      );
      await context.close();
    }
    taken.sort((left, right) => left - right);
    assert.ok((taken[0] ?? Infinity) <= mostMs, `${taken.join(', ')} ms`);
  } finally {
    await browser.close();
  }
});
