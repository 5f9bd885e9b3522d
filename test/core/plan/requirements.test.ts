/** What a release requires is judged before anything of it starts; what runs is kept up. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { DesiredProject, Requirements } from '../../../core/desired/state.ts';
import { emptyMemory } from '../../../core/plan/memory.ts';
import type { Capability } from '../../../core/plan/observed.ts';
import { observedAsApplied } from '../../../core/plan/observed-as-applied.ts';
import { planDevice } from '../../../core/plan/plan.ts';
import { makeDesired, makeProject } from '../../../lab/rig/desired.ts';

const mib = 1024 * 1024;
const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const image = (letter: string) => `registry.example.com/app@${digest(letter)}`;

function project(letter: string, requirements: Partial<Requirements>, service = {}): DesiredProject {
  const made = makeProject('shop', { services: { app: { image: image(letter), ...service } } });
  return { ...made, release: letter, requirements: { requires: {}, images: {}, ...requirements } };
}

/** On a device where nothing runs, or `before` does. */
function planOn(next: DesiredProject, capability: Capability, before?: DesiredProject) {
  const desired = makeDesired('pump', [next]);
  const state = makeDesired('pump', before === undefined ? [] : [before]);
  const { observed, memory } = observedAsApplied(state, 0);
  return planDevice({
    desired,
    observed: { ...observed, capability },
    memory: before === undefined ? emptyMemory(0) : memory,
  });
}

const sizes = { download: 100 * mib, unpacked: 300 * mib };
const cases: Record<string, [Partial<Requirements>, Capability, Capability, string, RegExp]> = {
  'a newer agent': [
    { requires: { agent: '0.3' } },
    { agent: '0.2.9' },
    { agent: '0.3.0' },
    'RELEASE_REQUIRES',
    /^release a: the agent is 0\.2\.9, at least 0\.3 is wanted$/,
  ],
  'a newer engine': [
    { requires: { engine: '24.0' } },
    { engine: '20.10.24+dfsg1' },
    { engine: '24.0.1' },
    'RELEASE_REQUIRES',
    /the engine is 20\.10\.24\+dfsg1/,
  ],
  'another platform': [
    { requires: { platforms: ['linux/arm64/v8'] } },
    { platform: 'linux/amd64' },
    { platform: 'linux/arm64' },
    'RELEASE_REQUIRES',
    /it is for linux\/arm64\/v8, not for linux\/amd64/,
  ],
  'more memory': [
    { requires: { memory: '512MiB' } },
    { memory: 256 * mib },
    { memory: 512 * mib },
    'RELEASE_REQUIRES',
    /the machine has 256 MiB of memory, 512MiB is wanted/,
  ],
  'an image of its platform': [
    { images: { app: { 'linux/amd64': sizes } } },
    { platform: 'linux/arm64' },
    { platform: 'linux/amd64' },
    'IMAGE_PLATFORM_MISSING',
    /the image of app is for linux\/amd64, not for linux\/arm64/,
  ],
  'room for its images': [
    { images: { app: { 'linux/amd64': sizes } } },
    { platform: 'linux/amd64', diskFree: 399 * mib },
    { platform: 'linux/amd64', diskFree: 400 * mib },
    'ENGINE_DISK_FULL',
    /needs 400 MiB on the disk of the images .* 399 MiB are free/,
  ],
  'room for data': [
    { requires: { disk: '1GiB' } },
    { diskFree: 1023 * mib },
    { diskFree: 1024 * mib },
    'ENGINE_DISK_FULL',
    /needs 1 GiB/,
  ],
};

describe('a release that requires what a device does not have', () => {
  for (const [what, [asked, lacks, has, code, message]] of Object.entries(cases)) {
    test(`${what}: nothing starts, with the reason; what ran goes on; one that has it gets it`, () => {
      const next = project('a', asked);
      const alone = planOn(next, lacks);
      assert.deepEqual([alone.steps, alone.skipped[0]?.code], [[], code]);
      assert.match(alone.skipped[0]?.reason ?? '', message);
      const old = project('b', {});
      const update = planOn(next, lacks, old);
      assert.deepEqual([update.steps, update.skipped[0]?.code], [[], code]);
      assert.equal(update.targets.get('shop')?.digest, old.digest);
      for (const capability of [has, {}]) {
        const plan = planOn(next, capability, old);
        assert.deepEqual(plan.skipped, []);
        assert.ok(plan.steps.some(({ kind }) => kind === 'pull-image'));
      }
    });
  }

  test('what was good here is not asked again: a container that was removed comes back on a full disk', () => {
    const proven = project('a', { requires: { disk: '1GiB', agent: '9.0' } });
    const { observed, memory } = observedAsApplied(makeDesired('pump', [proven]), 0);
    const capability = { agent: '0.1', diskFree: 0 };
    const plan = planDevice({
      ...{ desired: makeDesired('pump', [proven]), memory },
      observed: { ...observed, containers: [], capability },
    });
    assert.deepEqual(plan.skipped, []);
    assert.ok(plan.steps.some(({ kind }) => kind === 'create-container'));
  });

  test('images that are there take no room again, and one that two services share takes it once', () => {
    const shared = makeProject('shop', {
      services: { one: { image: image('a') }, two: { image: image('a') } },
    });
    const images = { one: { 'linux/amd64': sizes }, two: { 'linux/amd64': sizes } };
    const next = { ...shared, release: 'a', requirements: { requires: {}, images } };
    const once = planOn(next, { platform: 'linux/amd64', diskFree: 400 * mib });
    assert.deepEqual(once.skipped, []);
    const { observed, memory } = observedAsApplied(makeDesired('pump', [next]), 0);
    const there = planDevice({
      desired: makeDesired('pump', [{ ...next, digest: digest('f') }]),
      memory,
      observed: { ...observed, containers: [], capability: { platform: 'linux/amd64', diskFree: 0 } },
    });
    assert.deepEqual(there.skipped, []);
  });

  test('a service that names its platform is judged by that one: the engine emulates', () => {
    const images = { app: { 'linux/arm64': sizes } };
    const next = project('a', { images }, { platform: 'linux/arm64' });
    assert.deepEqual(planOn(next, { platform: 'linux/amd64' }).skipped, []);
  });
});
