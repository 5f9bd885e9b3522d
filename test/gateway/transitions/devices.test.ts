/** What devices say, as transitions: by what differs, in whatever words, however often it is said. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NumberedTransition } from '../../../gateway/transitions/transition.ts';
import type { StatusFile } from '../../../schemas/types.generated.ts';
import { ownFolder, reportOf, SetClock, Telling, viewDevice, viewOf } from '../notify/rig.ts';

type Project = StatusFile['projects'][number];
const app = (state: Project['state'], more: Partial<Project> = {}): Project => ({
  ...{
    app: 'web',
    project: 'web',
    state,
    services: [],
    digest: 'old',
    wanted: { release: '1.5.0', digest: 'new' },
  },
  ...more,
});
const device = 'pump-1';

async function telling(folder: string, clock = new SetClock()) {
  const told = await Telling.open({ folder, view: viewOf([viewDevice(device)]), clock, receivers: [] });
  let word = 0;
  const said: NumberedTransition[] = [];
  const short = () =>
    said
      .splice(0)
      .map(
        ({ key, state, code }) =>
          `${state} ${key.subject} ${key.type}${code === undefined ? '' : ` ${code}`}`,
      );
  /** What is new after a report. */
  const say = async (more: Partial<StatusFile>) => {
    word += 1;
    const { last } = told.ledger;
    await told.hear(reportOf(device, `${word}`, more));
    said.push(...told.ledger.after(last, 100));
    return short();
  };
  return { told, say, clock };
}

test('a condition opens once, whatever words it is said in, and is resolved once', async () => {
  using folder = ownFolder();
  const { told, say } = await telling(folder.path);
  await say({});
  assert.deepEqual(await say({ projects: [app('failed', { message: 'IMAGE_PULL for 3 s' })] }), [
    'open device/pump-1/web device.failed IMAGE_PULL',
  ]);
  assert.deepEqual(await say({ projects: [app('failed', { message: 'IMAGE_PULL for 4 s' })] }), []);
  assert.deepEqual(await say({ projects: [app('progressing')] }), [
    'happened device/pump-1/web release.began',
  ]);
  assert.deepEqual(
    await say({ projects: [app('failed', { message: 'another' })] }),
    [],
    'a try between says nothing',
  );
  assert.deepEqual(await say({ projects: [app('healthy', { digest: 'new' })] }), [
    'resolved device/pump-1/web device.failed IMAGE_PULL',
    'happened device/pump-1/web release.healthy',
  ]);
  assert.deepEqual(await say({ projects: [app('healthy', { digest: 'new' })] }), []);
  await told.close();
});

test('of one that went back the gravest alone is said, and that the release did', async () => {
  using folder = ownFolder();
  const { told, say } = await telling(folder.path);
  await say({ projects: [app('progressing')] });
  assert.deepEqual(
    await say({ outcome: 'rolled-back', projects: [app('rolled-back', { setAside: 'new' })] }),
    ['open device/pump-1/web device.rolled-back', 'happened device/pump-1/web release.went-back'],
  );
  assert.deepEqual(await say({ projects: [app('healthy', { setAside: 'new' })] }), [
    'resolved device/pump-1/web device.rolled-back',
    'open device/pump-1/web device.set-aside',
  ]);
  await told.close();
});

test('disk, clock, freshness, trust and tunnel are conditions of the device', async () => {
  using folder = ownFolder();
  const { told, say } = await telling(folder.path);
  const condition = (type: string, reason: string) => ({ type, reason, status: false, message: 'words' });
  const all = {
    conditions: [
      condition('Fetched', 'AGENT_DISK_FULL'),
      condition('ClockSynchronised', 'AGENT_CLOCK'),
      condition('Fresh', 'AGENT_STALE'),
    ],
    stopped: { code: 'TRUST_THRESHOLD', message: 'two of three' },
    tunnel: { state: 'open' as const, reason: 'ticket 4711' },
  };
  await say({});
  assert.deepEqual((await say(all)).sort(), [
    'open device/pump-1 device.clock AGENT_CLOCK',
    'open device/pump-1 device.disk AGENT_DISK_FULL',
    'open device/pump-1 device.stale AGENT_STALE',
    'open device/pump-1 device.stopped TRUST_THRESHOLD',
    'open device/pump-1 tunnel.open',
  ]);
  assert.deepEqual(await say({ ...all, tunnel: { state: 'connecting' } }), []);
  assert.equal((await say({})).length, 5);
  await told.close();
});

test('what another key has signed is told, opens nothing else, and does not count as heard', async () => {
  using folder = ownFolder();
  const { told, say } = await telling(folder.path);
  await say({});
  await told.silence(40);
  const tip = 'e'.repeat(40);
  const report = { kind: 'doubtful', doubt: 'forged', why: 'signed by another' } as const;
  await told.hear({ kind: 'report', device, revoked: false, tip, report });
  await told.silence(6);
  const open = () => [...told.ledger.conditions].map(({ key }) => key.type).sort();
  assert.deepEqual(open(), ['device.dark', 'device.doubtful']);
  await say({});
  assert.deepEqual(open(), []);
  await told.close();
});

test('who is retired, carried by hand, revoked or gone is not dark, and what was open of them is over', async () => {
  using folder = ownFolder();
  const { told, say } = await telling(folder.path);
  const carried = { type: 'Carried', status: true, reason: 'Bundle', message: 'by hand' };
  for (const more of [{ outcome: 'retired' as const }, { conditions: [carried] }]) {
    await say(more);
    await told.silence(100);
    assert.equal(told.ledger.openCount, 0);
  }
  await say({ outcome: 'stale' });
  assert.equal(told.ledger.openCount, 1);
  await told.hear({ kind: 'gone', device });
  assert.equal(told.ledger.openCount, 0);
  await told.silence(100);
  assert.equal(told.ledger.openCount, 0);
  await told.close();
});

test('the first look is how things were: no release is told of, and what is open is', async () => {
  using folder = ownFolder();
  const { told, say } = await telling(folder.path);
  assert.deepEqual(await say({ projects: [app('healthy', { digest: 'new' })], outcome: 'stale' }), [
    'open device/pump-1 device.stale AGENT_STALE',
  ]);
  await told.close();
});

test('after a restart nothing is said again, and what changed meanwhile is said', async () => {
  using folder = ownFolder();
  const first = await telling(folder.path);
  await first.say({ projects: [app('failed')], outcome: 'stale' });
  await first.told.close();
  const second = await telling(folder.path);
  assert.deepEqual(await second.say({ projects: [app('failed')], outcome: 'stale' }), []);
  await second.told.close();
  const third = await telling(folder.path);
  assert.deepEqual(await third.say({ projects: [app('failed')] }), [
    'resolved device/pump-1 device.stale AGENT_STALE',
  ]);
  await third.told.close();
});
