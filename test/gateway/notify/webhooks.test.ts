/** Webhooks: what stands in them, who signed them, and what a receiver may answer. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { NotifyReceiver, NotifyWebhook } from '../../../schemas/types.generated.ts';
import { startAlertmanager } from '../sinks/receivers/debian-server.ts';
import { Hooks, isSigned } from './hooks.ts';
import { minutes, never, ownFolder, reportOf, SetClock, Telling, viewDevice, viewOf } from './rig.ts';

const view = viewOf([viewDevice('pump-1'), viewDevice('pump-2')]);
const secret = `whsec_${randomBytes(32).toString('base64')}`;

async function telling(folder: string, webhook: NotifyWebhook, more: Partial<NotifyReceiver> = {}) {
  const clock = new SetClock(Date.now());
  const told = await Telling.open({ folder, view, clock, receivers: [{ name: 'ops', webhook, ...more }] });
  let count = 0;
  const tell = async (outcome: 'stale' | 'unchanged') => {
    count += 1;
    await told.hear(reportOf('pump-1', `${count}`, { outcome }));
    clock.pass(minutes(1.1));
    await told.send();
  };
  return { told, clock, tell };
}

test('a CloudEvent is signed as Standard Webhooks has it, with an id that stays the same in each try', async () => {
  using folder = ownFolder();
  const secretFile = path.join(folder.path, 'secret');
  writeFileSync(secretFile, `${secret}\n`);
  const clock = { ms: 0 };
  await using hooks = await new Hooks(secret, () => clock.ms).listen();
  const {
    told,
    clock: time,
    tell,
  } = await telling(folder.path, { url: `${hooks.url}/in`, format: 'cloudevents', secretFile });
  hooks.faults.push({ status: 503 }, 'cut');
  clock.ms = time.now() + minutes(1.1);
  await tell('stale');
  for (let tries = 0; tries < 3; tries += 1) {
    time.pass(minutes(1));
    clock.ms = time.now();
    await told.send();
  }
  assert.equal(hooks.badSignatures, 0);
  assert.equal(hooks.received.length, 3);
  assert.deepEqual(new Set(hooks.received.map(({ headers }) => headers['webhook-id'])).size, 1);
  const [first, , last] = hooks.received;
  assert.ok(first && last);
  assert.notEqual(first.headers['webhook-timestamp'], last.headers['webhook-timestamp']);
  assert.ok(!isSigned({ ...last, body: Buffer.from('{}') }, secret, clock.ms), 'of another body');
  assert.ok(!isSigned(last, `whsec_${randomBytes(32).toString('base64')}`, clock.ms), 'by another secret');
  assert.equal(last.headers['content-type'], 'application/cloudevents+json; charset=utf-8');
  const { time: at, id, ...event } = JSON.parse(last.body.toString('utf8'));
  assert.ok(!Number.isNaN(Date.parse(at)) && id === last.headers['webhook-id']);
  assert.deepEqual(event, {
    specversion: '1.0',
    source: 'urn:towline:acme',
    type: 'io.towline.device.stale.v1',
    subject: 'device/pump-1',
    datacontenttype: 'application/json',
    data: {
      ...{
        state: 'open',
        severity: 'warning',
        title: 'pump-1: stale',
        code: 'AGENT_STALE',
        device: 'pump-1',
      },
      ...{ evidence: event.data.evidence, words: 'it is stale', count: 1, devices: ['pump-1'] },
    },
  });
  await told.close();
});

test('no for good is a dead letter at once; no for now is tried again for a day, and then one', async () => {
  for (const [status, triesLeast, triesMost] of [
    [400, 1, 1],
    [422, 1, 1],
    [404, 20, 200],
    [301, 20, 200],
    [429, 20, 200],
    [500, 20, 200],
  ] as const) {
    using folder = ownFolder();
    await using hooks = await new Hooks().listen();
    hooks.fault = () => ({ status, headers: { location: `${hooks.url}/elsewhere` }, body: 'no' });
    const { told, clock, tell } = await telling(folder.path, { url: hooks.url, format: 'cloudevents' });
    await tell('stale');
    for (let minute = 0; minute < 24 * 60 + 30 && hooks.received.length < 200; minute += 5) {
      clock.pass(minutes(5));
      await told.send();
    }
    const tries = hooks.received.filter(({ body }) => body.includes('"open"')).length;
    assert.ok(tries >= triesLeast && tries <= triesMost, `${status}: ${tries} tries`);
    assert.ok(
      hooks.received.every(({ path: at }) => at === '/'),
      'no redirect is followed',
    );
    const dead = path.join(folder.path, 'notify/ops/dead-letters.ndjson');
    assert.ok(existsSync(dead), `${status}`);
    assert.match(readFileSync(dead, 'utf8'), /"type":"device\.stale"/);
    await told.close();
  }
});

test('one message that a receiver cannot take holds up no other kind', async () => {
  using folder = ownFolder();
  await using hooks = await new Hooks().listen();
  const { told, clock } = await telling(folder.path, { url: hooks.url, format: 'cloudevents' });
  hooks.fault = () => (hooks.received.at(-1)?.body.includes('device.stale') ? { status: 500 } : undefined);
  await told.hear(reportOf('pump-1', 'a', { outcome: 'stale' }));
  clock.pass(minutes(0.1));
  await told.hear(reportOf('pump-2', 'a', { outcome: 'failed' }));
  clock.pass(minutes(1.1));
  await told.send();
  assert.deepEqual(
    [...hooks.events.values()].map(({ type }) => type),
    ['io.towline.device.failed.v1'],
  );
  await told.close();
});

test('an answer without end, and one that never comes, end after their bound', async () => {
  using folder = ownFolder();
  await using hooks = await new Hooks().listen();
  const { told, tell } = await telling(folder.path, { url: hooks.url, format: 'slack', timeout: '300ms' });
  hooks.faults.push('endless');
  await tell('stale');
  hooks.faults.push('never');
  await tell('unchanged');
  assert.equal(hooks.received.length, 2);
  assert.match(told.receivers[0]?.error ?? '', /no answer within 300 ms/);
  await told.close();
});

test('the address of a chat is a secret: it comes from a file, and stands in no error', async () => {
  using folder = ownFolder();
  await using hooks = await new Hooks().listen();
  const urlFile = path.join(folder.path, 'url');
  writeFileSync(urlFile, `${hooks.url}/services/T00/B00/planted\n`);
  const { told, tell } = await telling(folder.path, { urlFile, format: 'slack' });
  hooks.faults.push({ status: 500, body: 'x' });
  await tell('stale');
  assert.equal(hooks.received[0]?.path, '/services/T00/B00/planted');
  assert.match(told.receivers[0]?.error ?? '', /answered 500/);
  assert.doesNotMatch(`${told.receivers[0]?.error} ${told.receivers[0]?.where}`, /planted/);
  const { text, blocks } = JSON.parse(hooks.received[0]?.body.toString('utf8') ?? '');
  assert.match(text, /^🟠 pump-1: stale\nWhy: AGENT_STALE\n/);
  assert.deepEqual(
    blocks.map(({ type }: { type: string }) => type),
    ['header', 'section'],
  );
  await told.close();
});

test('a sign of life comes as often as it is wished, once over a restart, and is not tried again', async () => {
  using folder = ownFolder();
  await using hooks = await new Hooks().listen();
  const open = (clock: SetClock) => {
    const webhook = { url: hooks.url, format: 'cloudevents' } as const;
    return Telling.open({
      ...{ folder: folder.path, view, clock },
      receivers: [{ name: 'ops', webhook, deadMan: { every: '1h' } }],
    });
  };
  const clock = new SetClock();
  const first = await open(clock);
  for (let minute = 0; minute < 150; minute += 1) {
    if (minute === 60) hooks.fault = () => ({ status: 503 });
    await first.send();
    hooks.fault = () => undefined;
    clock.pass(minutes(1));
  }
  await first.close();
  const second = await open(clock);
  await second.send();
  assert.deepEqual(
    hooks.received.map(({ body }) => JSON.parse(body.toString('utf8')).type),
    Array.from({ length: 3 }, () => 'io.towline.gateway.alive.v1'),
  );
  assert.equal(hooks.events.size, 2);
  assert.equal(JSON.parse(hooks.received[0]?.body.toString('utf8') ?? '').data.audit, 'head');
  await second.close();
});

test('a real Alertmanager has each device as an alert, once, as long as it lasts, and sees it resolved', async () => {
  using folder = ownFolder();
  await using manager = await startAlertmanager();
  const { told, clock, tell } = await telling(folder.path, { url: manager.origin, format: 'alertmanager' });
  interface Alert {
    readonly labels: Readonly<Record<string, string>>;
    readonly startsAt: string;
    readonly annotations: Readonly<Record<string, string>>;
  }
  const alerts = async (): Promise<Alert[]> =>
    JSON.parse(await (await fetch(`${manager.origin}/api/v2/alerts?active=true`)).text());
  clock.wallMs -= minutes(24);
  await tell('stale');
  await told.hear(reportOf('pump-2', 'a', { outcome: 'stale' }));
  for (let minute = 0; minute < 20; minute += 1) {
    clock.pass(minutes(1));
    await told.send();
  }
  // Its clock is this machine's: an alert that was not sent again ended long ago.
  const open = await alerts();
  assert.deepEqual(open.map(({ labels }) => labels.device).sort(), ['pump-1', 'pump-2']);
  assert.deepEqual(open[0]?.labels, {
    ...{ alertname: 'TowlineDeviceStale', fleet: 'acme', severity: 'warning', type: 'device.stale' },
    ...{ subject: `device/${open[0]?.labels.device}`, device: open[0]?.labels.device },
  });
  assert.match(open[0]?.annotations.summary ?? '', /^pump-\d: stale$/);
  await tell('unchanged');
  assert.deepEqual(
    (await alerts()).map(({ labels }) => labels.device),
    ['pump-2'],
  );
  assert.match((await told.receivers[0]?.test(never)) ?? '', /^200/);
  await told.close();
});
