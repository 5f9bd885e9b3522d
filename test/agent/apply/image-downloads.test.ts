/** What comes ahead beside the passes: what begins, what goes on, what ends. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AskedAhead, ImageDownloads } from '../../../agent/apply/image-downloads.ts';
import type { Run } from '../../../agent/runtime/runtime.ts';
import { TowlineError } from '../../../core/errors.ts';
import { type Download, planDownloads } from '../../../core/plan/downloads.ts';
import { observedAsApplied } from '../../../core/plan/observed-as-applied.ts';
import { makeDesired, makeProject } from '../../../lab/rig/desired.ts';

const image = (letter: string) => `registry.example.com/app@sha256:${letter.repeat(64)}`;
const mib = 1024 * 1024;
const silent = { debug() {}, info() {}, warn() {}, error() {} };

interface Pull {
  readonly image: string;
  readonly signal: AbortSignal;
  readonly onPull: Run['onPull'];
  readonly end: (error?: unknown) => void;
}

/** Pulls that end when the test says so. */
function rig() {
  const pulls: Pull[] = [];
  const noted: ReadonlyMap<string, number>[] = [];
  let nowMs = 0;
  let rings = 0;
  let wake = () => {};
  const sleep = () => new Promise<void>(resolve => (wake = resolve));
  const begin =
    ({ onPull }: Run) =>
    (step: { image?: string }, signal: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        const end = (error?: unknown) => (error === undefined ? resolve() : reject(error));
        signal.addEventListener('abort', () => reject(signal.reason));
        pulls.push({ image: step.image ?? '', signal, onPull, end });
      });
  const downloads = new ImageDownloads({
    runtime: { begin: begin as never },
    store: { noteDownloads: async seen => void noted.push(seen) },
    secrets: undefined,
    clock: { now: () => nowMs, sleep } as never,
    log: silent as never,
  });
  const over = new AbortController();
  downloads.watch(() => rings++, over.signal).catch(() => undefined);
  return {
    ...{ downloads, pulls, noted },
    get rings() {
      return rings;
    },
    later: (ms: number) => {
      nowMs += ms;
    },
    minute: () => wake(),
    images: () => pulls.map(pull => pull.image.slice(-1)),
    settle: () => new Promise(resolve => setImmediate(resolve)),
  };
}

/** An app on 1, whose next release has these images. */
function asking(letters: string, windows: AskedAhead['desired']['settings']['windows'] = []): AskedAhead {
  const services = Object.fromEntries([...letters].map(letter => [`s${letter}`, { image: image(letter) }]));
  const sizes = { 'linux/amd64': { download: 100 * mib, unpacked: 0 } };
  const images = Object.fromEntries([...letters].map(letter => [`s${letter}`, sizes]));
  const would = {
    ...makeProject('shop', { services }),
    release: '2',
    requirements: { requires: {}, images },
  };
  const running = { ...makeProject('shop', { services: { s: { image: image('0') } } }), release: '1' };
  const made = makeDesired('pump', [running]);
  const next = letters === '' ? [] : [{ app: 'shop', project: 'shop', release: '2', would, problems: [] }];
  const desired = { ...made, next, settings: { ...made.settings, windows } };
  const { observed, memory } = observedAsApplied(makeDesired('pump', [running]), 0);
  const seen = { ...observed, capability: { platform: 'linux/amd64' } };
  return { desired, observed: seen, downloads: planDownloads({ desired, observed: seen, memory }) };
}

test('one image at a time, none while a pass carries out its steps; when all are there somebody is told', async () => {
  const made = rig();
  await made.downloads.ask(asking('ab'));
  assert.deepEqual(made.images(), []);
  assert.deepEqual([...(made.noted[0] ?? [])], [['shop@2', 0]]);
  made.downloads.begin();
  assert.deepEqual([made.images(), made.downloads.leftOf(3), made.downloads.leftOf(1)], [['a'], 2, 1]);
  await made.downloads.ask(asking('ab'));
  made.pulls[0]?.end();
  await made.settle();
  assert.deepEqual([made.images(), made.rings], [['a'], 1]);
  made.downloads.begin();
  assert.deepEqual(made.images(), ['a', 'b']);
  made.pulls[1]?.end();
  await made.settle();
  assert.equal(made.downloads.now?.[0]?.state, 'there');
  assert.deepEqual([await made.downloads.settled(), made.downloads.leftOf(3)], [true, 3]);
});

test('how far it is, is told of the whole release', async () => {
  const made = rig();
  await made.downloads.ask(asking('ab'));
  made.downloads.begin();
  const progress = { project: 'shop', image: image('a'), layers: 1, bytes: 50 * mib, totalBytes: 100 * mib };
  made.pulls[0]?.onPull(progress);
  const { state, bytes, totalBytes } = made.downloads.now?.[0] ?? {};
  assert.deepEqual([state, bytes, totalBytes], ['downloading', 50 * mib, 200 * mib]);
  await made.downloads.stop();
});

test('a pull goes on as long as anything wants its image, and ends when nothing does', async () => {
  const made = rig();
  await made.downloads.ask(asking('a'));
  made.downloads.begin();
  const { signal } = made.pulls[0] ?? {};
  // The release is what runs from now on: the pass pulls the same image, and the engine brings it once.
  const { desired, observed } = asking('a');
  const switched = { ...desired, projects: [desired.next?.[0]?.would ?? assert.fail()], next: [] };
  await made.downloads.ask({ desired: switched, observed, downloads: [] });
  assert.equal(signal?.aborted, false);
  await made.downloads.ask(asking(''));
  assert.equal(signal?.aborted, true);
  await made.downloads.settled();
  made.downloads.begin();
  assert.deepEqual(made.images(), ['a']);
});

test('a failure is said, and tried again after a pause that grows; another image does not wait for it', async () => {
  const made = rig();
  const again = async () => {
    await made.downloads.ask(asking('ab'));
    made.downloads.begin();
  };
  await again();
  made.pulls[0]?.end(new TowlineError('ENGINE_REGISTRY_UNREACHABLE', 'nobody answers'));
  await made.settle();
  assert.deepEqual(made.images(), ['a', 'b']);
  made.pulls[1]?.end();
  await made.settle();
  await again();
  // Its snapshot was made before: b is asked for once more.
  made.pulls[2]?.end();
  await made.settle();
  const { state, code, reason } = made.downloads.now?.[0] ?? {};
  assert.deepEqual([state, code], ['waiting', 'ENGINE_REGISTRY_UNREACHABLE']);
  assert.equal(reason, 'nobody answers; next try at 1970-01-01T00:00:30Z');
  // Without a pass: a device may ask its gateway once a day.
  const before = made.images().length;
  for (const more of [0, 1]) {
    made.later(15_000);
    made.minute();
    await made.settle();
    assert.deepEqual(made.images().slice(before), Array(more).fill('a'));
  }
  await made.downloads.stop();
});

test('a failure of a clock that ran ahead keeps nothing waiting once it is put right', async () => {
  const made = rig();
  const yearMs = 365 * 86_400_000;
  made.later(yearMs);
  await made.downloads.ask(asking('a'));
  made.downloads.begin();
  made.pulls[0]?.end(new TowlineError('ENGINE_REGISTRY_UNREACHABLE', 'nobody answers'));
  await made.settle();
  made.later(-yearMs);
  await made.downloads.ask(asking('a'));
  made.downloads.begin();
  assert.deepEqual(made.images(), ['a', 'a']);
  await made.downloads.stop();
});

test('one whose time comes between two passes has somebody look, once', async () => {
  const made = rig();
  const { downloads, ...asked } = asking('a');
  const [first] = downloads;
  assert.ok(first);
  await made.downloads.ask({ ...asked, downloads: [{ ...first, state: 'waiting', againMs: 90_000 }] });
  for (const rings of [0, 1, 1]) {
    made.later(60_000);
    made.minute();
    await made.settle();
    assert.equal(made.rings, rings);
  }
});

test('what is not followed any more, as its commit is stale, begins no further image', async () => {
  const made = rig();
  await made.downloads.ask(asking('ab'));
  made.downloads.begin();
  made.downloads.wait();
  made.pulls[0]?.end();
  await made.settle();
  assert.deepEqual(made.images(), ['a']);
});

test('a window is asked before each image: one that has begun goes on to its end', async () => {
  const made = rig();
  const windows = [{ kind: 'download', start: '0 0 * * *', durationMs: 3_600_000, timeZone: 'UTC' }] as const;
  await made.downloads.ask(asking('ab', windows));
  made.downloads.begin();
  made.later(3_600_000);
  made.pulls[0]?.end();
  await made.settle();
  assert.deepEqual(made.images(), ['a']);
});

test('what is refused or waits never begins; an agent that stops leaves nothing under way', async () => {
  const made = rig();
  const { downloads, ...asked } = asking('a');
  for (const state of ['refused', 'waiting', 'there'] as const) {
    const [first] = downloads;
    const told = { ...first, state, reason: 'why', code: 'ENGINE_DISK_FULL' } as Download;
    await made.downloads.ask({ ...asked, downloads: [told] });
    made.downloads.begin();
    assert.equal(made.downloads.now?.[0]?.state, state);
  }
  assert.deepEqual(made.images(), []);
  await made.downloads.ask(asking('a'));
  made.downloads.begin();
  await made.downloads.stop();
  assert.equal(made.pulls[0]?.signal.aborted, true);
  made.downloads.begin();
  assert.equal(made.pulls.length, 1);
});
