/** What strangers send to the desk of guests, what a device that was taken over sends through it, and how many there may be. */
import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { FleetViewHolder } from '../../../gateway/fleet/fleet-view-holder.ts';
import type { GuestDeskOptions } from '../../../gateway/guests/guest-desk.ts';
import { GuestDesk } from '../../../gateway/guests/guest-desk.ts';
import { nothingHere } from '../../../gateway/plain-port/internal-routes.ts';
import { PlainPort } from '../../../gateway/plain-port/plain-port.ts';
import { HandClock } from '../../agent/tunnel/hand-clock.ts';
import { fuzzed } from '../../fuzz/fuzzed.ts';
import { mutatedText } from '../../fuzz/mutation.ts';
import { sharingView } from '../../rig/guest-rig.ts';
import { comes } from '../../rig/recorded-device.ts';
import { testDevice } from '../rig/gateway.ts';

const token = 'A'.repeat(22);
const header = '{"version":2,"width":80,"height":24}';
const minute = 60_000;
/** What a terminal would answer, or take for its title, its clipboard, its printer. */
const escaped = String.fromCharCode(27);
const dangerous = new RegExp(`${escaped}[\\]PX^_]|${escaped}\\[[?>\\d;]*[ctn]`);

/** A device at which each guest gets these lines; undefined: it says nothing, and the session goes on. */
class FakeDevice {
  lines: string | undefined;
  readonly asked: string[] = [];
  readonly open = new Set<PassThrough>();

  /** The way to it: what the desk does with a connection is all that this one can. */
  get login(): GuestDeskOptions['login'] {
    const enter = async (device: string) => {
      this.asked.push(device);
      const channel = this.#channel();
      return {
        ssh: {
          once: () => {},
          exec: (_token: string, done: (error: undefined, channel: PassThrough) => void) =>
            done(undefined, channel),
        },
        adopt: (channel: PassThrough) => channel,
        cut: () => channel.destroy(),
      };
    };
    return { enter: enter as never };
  }

  #channel(): PassThrough {
    const channel = new PassThrough();
    if (this.lines !== undefined) channel.end(this.lines);
    else channel.write(`${header}\n`);
    this.open.add(channel);
    channel.once('close', () => this.open.delete(channel));
    return channel;
  }
}

describe('the desk of guests', { timeout: 120_000 }, () => {
  const clock = new HandClock();
  const device = new FakeDevice();
  const names = ['pump-17', 'a', 'pump-0', 'pump-1', 'pump-2', 'pump-3'];
  const devices = names.map(id => testDevice(id).view);
  const view = new FleetViewHolder(sharingView(devices));
  const quiet = { audit: { write() {} }, log: { debug() {} } };
  const desk = new GuestDesk({ login: device.login, view, clock, ...quiet });
  const port = new PlainPort(desk.routes, nothingHere);
  let url: string;
  before(async () => {
    url = `http://127.0.0.1:${(await port.listen('127.0.0.1', 0)).port}/guest`;
  });
  after(async () => {
    await desk.close();
    await port.close();
  });
  const ask = (body: string, headers: Record<string, string> = {}, signal?: AbortSignal) =>
    fetch(url, { method: 'POST', body, headers, ...(signal === undefined ? {} : { signal }) });

  test('whatever is sent, a device is asked by its name alone, and who asks learns nothing else', async () => {
    device.lines = '';
    const bodies = mutatedText(`pump-17.${token}`, `a.${token}\n`, '../x', 'x'.repeat(300));
    const said = fc.record({
      body: bodies,
      from: fc
        .oneof(mutatedText('203.0.113.9', '2001:db8::1, 10.0.0.1'), fc.string())
        .map(text => text.replace(/[^ -~]/g, '')),
      accept: fc.constantFrom('application/x-ndjson', '*/*'),
    });
    const property = fc.asyncProperty(said, async ({ body, from, accept }) => {
      clock.advance(minute);
      const answer = await ask(body, { 'x-forwarded-for': from, accept });
      assert.equal(answer.status, 404);
      assert.equal(await answer.text(), 'There is no such link, or not any more.\n');
    });
    await fuzzed('guests', property, { runs: 60 });
    for (const name of device.asked) assert.match(name, /^[a-z0-9][a-z0-9-]{0,62}$/);
  });

  test('whatever a device sends, its guests’ terminals and pages are told what a screen shows', async () => {
    const event = '[0.1,"o","text \\u001b[1mbold\\u001b[0m \\u001b[6n\\u001b]52;c;eA==\\u0007"]';
    const lines = mutatedText(
      `${header}\n${event}\n[0.2,"r","132x50"]\n${event}\n`,
      `${header}\n[1,"r","0x0"]\n`,
    );
    const property = fc.asyncProperty(lines, fc.boolean(), async (sent, isPage) => {
      clock.advance(minute);
      device.lines = sent;
      const answer = await ask(`pump-17.${token}`, { accept: isPage ? 'application/x-ndjson' : '*/*' });
      const text = await answer.text();
      if (answer.status === 404) return;
      assert.equal(answer.status, 200);
      if (!isPage) return assert.doesNotMatch(text, dangerous);
      for (const line of text.split('\n').slice(0, -1)) told(JSON.parse(line));
    });
    await fuzzed('shown to guests', property, { runs: 60 });
  });

  test('wrong links shut out no right one, however many come and from wherever; who has sent wrong ones waits', async () => {
    clock.advance(minute);
    const statuses = async (count: number, from: (at: number) => string) => {
      const all: number[] = [];
      for (let at = 0; at < count; at += 1)
        all.push((await ask(`pump-17.${token}`, { 'x-forwarded-for': from(at) })).status);
      return all;
    };
    device.lines = '';
    const wrong = await statuses(200, at => `192.0.2.${at % 20}`);
    assert.ok(wrong.includes(429));
    device.lines = `${header}\n`;
    const right = await statuses(15, () => '203.0.113.77');
    assert.deepEqual([...new Set(right)], [200]);
    assert.deepEqual(await statuses(1, () => '192.0.2.3'), [429]);
    clock.advance(minute);
    assert.deepEqual(await statuses(1, () => '192.0.2.3'), [200]);
  });

  test('where a device lets nobody share, or not any more, it is not asked, and guests are gone', async () => {
    clock.advance(minute);
    device.lines = undefined;
    const watching = await ask(`pump-17.${token}`);
    assert.equal(watching.status, 200);
    view.publish(sharingView(devices, false));
    await comes(async () => device.open.size === 0);
    await assert.rejects(watching.text());
    const asked = device.asked.length;
    assert.equal((await ask(`pump-17.${token}`)).status, 404);
    assert.equal(device.asked.length, asked);
    view.publish(sharingView(devices));
  });

  test('there are 32 of them over all devices, 16 at one, and one who leaves makes room', async () => {
    device.lines = undefined;
    const here = () => desk.metrics()[0]?.value;
    clock.advance(minute);
    const guests = Array.from({ length: 32 }, () => new AbortController());
    const asked = device.asked.length;
    const come = (at: number, signal: AbortSignal) =>
      ask(`pump-${at % 2}.${token}`, { 'x-forwarded-for': `198.51.100.${at}` }, signal);
    const answers = await Promise.all(guests.map(({ signal }, at) => come(at, signal)));
    assert.ok(answers.every(({ status }) => status === 200));
    assert.equal(here(), 32);
    const last = new AbortController();
    const full = await come(99, last.signal);
    assert.equal(device.asked.length, asked + 32);
    assert.deepEqual([full.status, await full.text()], [429, 'Too many tries.\n']);
    guests[0]?.abort();
    await comes(async () => here() === 31);
    assert.equal((await come(99, last.signal)).status, 404);
    assert.equal((await come(98, last.signal)).status, 200);
    for (const guest of [...guests, last]) guest.abort();
    await comes(async () => device.open.size === 0);
  });
});

function told(value: unknown): void {
  if (!Array.isArray(value)) {
    const { width, height } = value as { width: number; height: number };
    assert.ok([width, height].every(side => Number.isInteger(side) && side >= 1 && side <= 9999));
    return;
  }
  const [at, kind, data] = value;
  assert.equal(at, 0);
  if (kind === 'r') assert.match(data, /^[1-9]\d{0,3}x[1-9]\d{0,3}$/);
  else assert.doesNotMatch(`${kind} ${data}`, dangerous);
}
