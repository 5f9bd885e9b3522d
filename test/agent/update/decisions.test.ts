/** What is done about a version that is wanted, when it is put on trial, and whose fault it was that one came back. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { beginFacts, type PassFacts } from '../../../agent/pass/pass-facts.ts';
import { openHome } from '../../../agent/update/open-home.ts';
import { nextTryMs, pauseMs } from '../../../agent/update/pause.ts';
import { isWhole, waitsFor } from '../../../agent/update/readiness.ts';
import { writeSlotFile } from '../../../agent/update/slot-file.ts';
import { Slots } from '../../../agent/update/slots.ts';
import { StateFormat } from '../../../agent/update/state-format.ts';
import type { UpdateHome } from '../../../agent/update/update-home.ts';
import { type Here, wishOf } from '../../../agent/update/wanted.ts';
import { agentDigest } from '../../../core/agents/agent-version.ts';
import type { DesiredAgent } from '../../../core/desired/agent.ts';
import { TowlineError } from '../../../core/errors.ts';
import { makeDesired } from '../../../lab/rig/desired.ts';

const parts = [{ name: 'agent', sha256: '1'.repeat(64), bytes: 7 }] as const;
const digest = agentDigest(parts);
const minuteMs = 60_000;

const wanted = (change: Partial<DesiredAgent> = {}): DesiredAgent => ({
  version: '2.0.0',
  stateFormat: 1,
  platforms: { 'linux/amd64': { parts } },
  problems: [],
  ...change,
});
const here = (change: Partial<Here> = {}): Here => ({
  ...{ platform: 'linux/amd64', slot: '0', version: '1.0.0', digest: undefined },
  ...{ package: undefined, stateFormat: 1 },
  ...change,
});
const kindOf = (agent: DesiredAgent | undefined, change: Partial<Here> = {}) => {
  const wish = wishOf(agent, here(change), []);
  return 'code' in wish ? wish.code : wish.kind;
};

test('what is wanted of a device: nothing, a version, the package’s, or trouble with its code', () => {
  assert.equal(kindOf(undefined), 'nothing');
  assert.equal(kindOf(wanted()), 'version');
  assert.equal(kindOf(wanted(), { version: '2.0.0' }), 'nothing', 'equal to slot 0: it needs no slot');
  assert.equal(
    kindOf(wanted(), { version: '2.0.0', digest: 'sha256:other' }),
    'version',
    'another of that name',
  );
  assert.equal(kindOf(wanted(), { slot: '2.0.0-1', version: '2.0.0', digest }), 'nothing');
  const brought = { slot: '3.0.0-1', version: '3.0.0', digest: 'sha256:3' };
  assert.equal(kindOf(wanted(), { ...brought, package: { version: '2.0.0', digest: undefined } }), 'package');
  assert.equal(kindOf(wanted(), { ...brought, package: { version: '1.0.0', digest: undefined } }), 'version');
  assert.equal(kindOf(wanted(), { platform: 'linux/arm64' }), 'AGENT_UPDATE_PLATFORM');
  assert.equal(kindOf(wanted(), { platform: undefined }), 'AGENT_UPDATE_PLATFORM');
  assert.equal(
    kindOf(wanted(), { stateFormat: 2 }),
    'AGENT_UPDATE_STATE',
    'it could not read what lies here',
  );
  const problem = { code: 'AGENT_VERSION_UNLISTED', message: 'x', position: { file: 'y' } } as const;
  assert.equal(kindOf(wanted({ problems: [problem] })), 'AGENT_VERSION_UNLISTED');
});

test('what is set aside stays so by its digest, whatever it is called', () => {
  const aside = { digest, code: 'AGENT_UPDATE_HUNG', reason: 'x', atMs: 0 };
  assert.equal(wishOf(wanted({ version: '7.0.0' }), here(), [aside]).kind, 'refused');
  assert.equal(wishOf(wanted(), here(), [{ ...aside, digest: 'sha256:other' }]).kind, 'version');
});

test('it waits for its time, and a person at the device for neither windows nor visitors', () => {
  const facts: PassFacts = beginFacts('p');
  const { settings } = makeDesired('pump', []);
  const now = {
    facts,
    settings,
    urgent: false,
    nowMs: Date.UTC(2030, 0, 1, 12),
    isVisited: false,
    waitedMs: 0,
  };
  const windows = [{ start: '0 2 * * *', durationMs: 60 * minuteMs, timeZone: 'UTC' }];
  const away = { fetchError: new TowlineError('AGENT_GATEWAY_UNREACHABLE', 'x') };
  const byBundle = { carried: { byBundle: { created: 'x' } } };
  assert.equal(waitsFor(now), undefined);
  assert.match(waitsFor({ ...now, settings: { ...settings, paused: true }, urgent: true }) ?? '', /paused/);
  assert.match(waitsFor({ ...now, facts: { ...facts, heldUntilMs: 1 }, urgent: true }) ?? '', /held/);
  assert.match(waitsFor({ ...now, facts: { ...facts, ...away } }) ?? '', /gateway/);
  assert.equal(waitsFor({ ...now, facts: { ...facts, ...away, ...byBundle } }), undefined);
  const inWindows = { ...now, settings: { ...settings, windows } };
  assert.match(waitsFor(inWindows) ?? '', /window/);
  assert.equal(waitsFor({ ...inWindows, urgent: true }), undefined);
  assert.equal(waitsFor({ ...inWindows, nowMs: Date.UTC(2030, 0, 1, 2, 30) }), undefined);
  assert.match(waitsFor({ ...now, isVisited: true }) ?? '', /tunnel/);
  assert.equal(waitsFor({ ...now, isVisited: true, waitedMs: 5 * 60 * minuteMs }), undefined);
  assert.equal(isWhole(facts), false);
});

test('pauses grow, end at a day, and a clock that jumps makes none longer', () => {
  assert.deepEqual(
    [1, 2, 3, 9].map(tries => pauseMs(tries, 'AGENT_UPDATE_CUT') / minuteMs),
    [10, 30, 90, 1440],
  );
  // Whoever has made room does not wait until tomorrow.
  assert.equal(pauseMs(9, 'AGENT_DISK_FULL'), 10 * minuteMs);
  assert.deepEqual(
    [1, 2, 9].map(tries => pauseMs(tries, 'AGENT_UPDATE_MISSING') / minuteMs),
    [1, 2, 10],
  );
  const tried = { attempts: 2, code: 'AGENT_UPDATE_CUT', triedAtMs: 1000 * minuteMs };
  assert.equal(nextTryMs(tried, 1001 * minuteMs), 1030 * minuteMs);
  assert.equal(nextTryMs(tried, 500 * minuteMs), 500 * minuteMs, 'set back');
  assert.equal(nextTryMs({ ...tried, attempts: 0 }, 7), 7);
});

describe('after a start', () => {
  let state = '';
  let slots: Slots;
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const named = { version: '2.0.0', digest };
  const to = '2.0.0-x';
  const asked = { whole: true, reported: true };

  beforeEach(() => {
    state = mkdtempSync(path.join(tmpdir(), 'towline-home-'));
    slots = new Slots(state);
  });
  afterEach(() => rmSync(state, { recursive: true, force: true }));

  function open(slot: string, format?: StateFormat): Promise<UpdateHome> {
    const more = format === undefined ? {} : { format };
    return openHome({
      stateDirectory: state,
      slot,
      clock: { now: () => 5 },
      log,
      uptimeSec: () => 100,
      ...more,
    });
  }

  async function bring(home: UpdateHome): Promise<void> {
    mkdirSync(slots.folderOf(to), { recursive: true });
    const file = { version: '2.0.0', digest, stateFormat: 1, parts: {}, files: {} };
    await writeSlotFile(slots.folderOf(to), file);
    await home.staged(to, named);
  }

  async function tried(): Promise<void> {
    const home = await open('0');
    await bring(home);
    await home.beginTrial(to, named, asked);
  }

  test('a version that crashed or hung is set aside, with its code, and nothing of it is left', async () => {
    for (const [why, code] of [
      ['crashed', 'AGENT_UPDATE_CRASHED'],
      ['hung', 'AGENT_UPDATE_HUNG'],
    ] as const) {
      await tried();
      await slots.endTrial();
      await slots.noteFallen(to, why);
      const { memory } = await open('0');
      assert.deepEqual([memory.phase, memory.setAside.at(-1)?.code], ['refused', code]);
      assert.equal(await slots.fallen(), undefined);
    }
    assert.ok(!existsSync(slots.folderOf(to)));
  });

  test('one that could not report is to blame where the one before can, else it is tried again later', async () => {
    for (const [isHeard, phase] of [
      [false, 'none'],
      [true, 'refused'],
    ] as const) {
      await tried();
      await (await open(to)).goBack('silent');
      const first = await open('0');
      assert.ok(first.unjudged);
      const again = await open('0');
      assert.ok(again.unjudged, 'also after one more start');
      await again.judge(isHeard);
      assert.equal((await open('0')).memory.phase, phase);
    }
  });

  test('what was cut off, or is damaged, is tried again, and not fetched again where it is whole', async () => {
    await tried();
    await slots.endTrial();
    const { memory } = await open('0');
    assert.deepEqual([memory.phase, memory.code, memory.attempts], ['none', 'AGENT_UPDATE_CUT', 1]);
    assert.ok(existsSync(slots.folderOf(to)));
    await tried();
    await slots.endTrial();
    assert.equal((await open('0')).memory.attempts, 2);
  });

  test('one that stays is what counts from then on; it and the one before are kept', async () => {
    mkdirSync(slots.folderOf('1.0.0-x'), { recursive: true });
    await slots.use('1.0.0-x');
    const home = await open('1.0.0-x');
    mkdirSync(slots.folderOf('0.9.0-x'));
    await bring(home);
    await home.beginTrial(to, named, asked);
    const trial = await open(to);
    assert.ok(trial.isOnTrial);
    assert.ok(existsSync(slots.folderOf('1.0.0-x')));
    await trial.commit();
    assert.ok(!trial.isOnTrial);
    assert.equal(await slots.current(), to);
    assert.equal(await slots.trial(), undefined);
    const left = readdirSync(slots.folder).filter(name => name.endsWith('-x'));
    assert.deepEqual(left.sort(), ['1.0.0-x', to]);
  });

  test('state that was lost or damaged keeps nobody from starting, and a trial from being one', async () => {
    await tried();
    for (const name of ['update.json', 'update.json.copy']) writeFileSync(path.join(slots.folder, name), '{');
    const trial = await open(to);
    assert.ok(trial.isOnTrial);
    assert.deepEqual(trial.asked, asked);
    assert.equal(trial.memory.digest, digest);
  });

  test('the state is brought to another form when a version stays, not before, and each step once', async () => {
    const steps: number[] = [];
    const step = (form: number) => [form, async () => void steps.push(form)] as const;
    const format = new StateFormat(state, 3, new Map([step(1), step(2)]));
    await tried();
    const trial = await open(to, format);
    assert.equal(await format.written(), 1);
    await trial.commit();
    assert.deepEqual([steps, await format.written()], [[1, 2], 3]);
    await format.migrate();
    assert.deepEqual(steps, [1, 2]);
    const older = new StateFormat(state, 1);
    assert.equal(await older.written(), 3, 'an older version sees that it is of a newer form');
  });
});
