/** The page of a guest in a real browser: what it shows, what cannot be done there, what it asks for and leaves behind. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { GuestRig } from '../../rig/guest-rig.ts';
import { comes } from '../../rig/recorded-device.ts';
import { Browser } from './browser.ts';

describe('the page of a guest', { timeout: 300_000 }, () => {
  let guests: GuestRig;
  let browser: Browser;
  let token: string;
  before(async () => {
    [guests, browser] = await Promise.all([GuestRig.start(), Browser.start()]);
    token = guests.link(240_000);
  });
  after(async () => {
    await browser?.[Symbol.asyncDispose]();
    await guests?.[Symbol.asyncDispose]();
  });
  const shows = (text: string) =>
    comes(async () =>
      String(await browser.value('document.querySelector("pre").textContent')).includes(text),
    );
  const notes = (text: string) =>
    comes(async () => String(await browser.value('document.querySelector("p").textContent')).includes(text));
  const show = (text: string) => guests.live.output(Buffer.from(text));

  test('shows the screen so far and as it goes on: places, erased lines, scrolling, another size', async () => {
    await show('before\r\n\u001b[1mhello\u001b[0m\u001b]52;c;eA==\u0007');
    await browser.visit(`${guests.url}/guest#pump.${token}`);
    await notes('You look on');
    await shows('before\nhello');
    await show('\u001b[2J\u001b[Hone\r\ntwo\u001b[3;5Hplaced\u001b[1;1H\u001b[K');
    await shows('\ntwo\n    placed');
    assert.equal(await browser.value('document.querySelector("pre").textContent.split("\\n").length'), 24);
    guests.live.resized(132, 50);
    await show(`\u001b[50;120Hcorner`);
    await shows(`${' '.repeat(119)}corner`);
    assert.equal(await browser.value('document.querySelector("pre").textContent.split("\\n").length'), 50);
    await show('\u001b[2J\u001b[H\u001b[?1049hanother screen');
    await shows('another screen');
  });

  test('what is typed goes nowhere, and nothing of it is asked of anybody', async () => {
    const requests = () =>
      browser.events.filter(({ method }) => method === 'Network.requestWillBeSent').length;
    const before = requests();
    await browser.type('echo typed');
    await show(' and on');
    await shows('another screen and on');
    assert.equal(requests(), before);
    assert.equal(guests.typed.length, 0);
    assert.equal(await browser.value('document.querySelectorAll("input,textarea,form,a").length'), 0);
  });

  test('the policy holds: no script, style, frame or connection beside its own', async () => {
    const elsewhere = 'fetch("http://127.0.0.1:9/").then(() => "went", () => "held")';
    assert.equal(await browser.value(elsewhere), 'held');
    const added = (tag: string, fields: string) =>
      `new Promise(told => { const one = document.createElement(${JSON.stringify(tag)}); window.ran = false;
        addEventListener("securitypolicyviolation", () => told("held"), { once: true });
        Object.assign(one, ${fields}); document.body.append(one); setTimeout(() => told("went"), 5000); })`;
    assert.equal(await browser.value(added('script', '{ textContent: "window.ran = true" }')), 'held');
    assert.equal(await browser.value(added('img', '{ src: "http://127.0.0.1:9/x" }')), 'held');
    assert.equal(await browser.value(added('iframe', '{ src: "/guest" }')), 'held');
    assert.equal(await browser.value('window.ran'), false);
  });

  test('markup on the screen is text', async () => {
    await show('\u001b[2J\u001b[H<img src=x onerror="window.ran=true"><b>');
    await shows('<img src=x onerror="window.ran=true"><b>');
    assert.deepEqual(await browser.value('[document.querySelectorAll("pre *").length, window.ran]'), [
      0,
      false,
    ]);
  });

  test('the link stands in no request’s address or referrer, no log and no audit, and no more in the address bar', async () => {
    const asked = browser.events.filter(({ method }) => method === 'Network.requestWillBeSent');
    const requests = asked.map(({ params }) => params?.request as { url: string; headers: object });
    assert.ok(requests.length >= 2);
    for (const { url, headers } of requests) assert.ok(!`${url}${JSON.stringify(headers)}`.includes(token));
    assert.ok(!(JSON.stringify(guests.audits) + guests.logged.join()).includes(token));
    assert.equal(await browser.value('location.href'), `${guests.url}/guest`);
    assert.equal(await browser.value('document.referrer'), '');
    const { entries } = await browser.ask('Page.getNavigationHistory');
    const visited = (Array.isArray(entries) ? entries : []).map(({ url }: { url: string }) => url);
    assert.deepEqual(visited, ['about:blank', `${guests.url}/guest`]);
  });

  test('says that it is over when the session is, and what is wrong where the link is none', async () => {
    await guests.live.ended({ endedMs: Date.now(), exitCode: 0, bytesIn: 0, bytesOut: 0 });
    await notes('It is over.');
    await browser.visit('about:blank');
    await browser.visit(`${guests.url}/guest#pump.${token}`);
    await notes('There is no such link');
    await browser.visit('about:blank');
    await browser.visit(`${guests.url}/guest`);
    await notes('This address needs a link');
  });
});
