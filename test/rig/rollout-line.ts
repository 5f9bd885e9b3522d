/** A fleet of app `web` with a policy that lets a bot walk a release through it: signed commits, the walk, and what devices take. */
import assert from 'node:assert/strict';
import { type DesiredResult, desiredState } from '../../core/desired/desired-state.ts';
import { layersOf } from '../../core/fleet/fleet.ts';
import { loadFleet } from '../../core/fleet/load.ts';
import { type RolledApp, rolledOut } from '../../core/rollout/rolled-out.ts';
import { byCommit, type When } from '../../core/rollout/when.ts';
import { ObjectReader } from '../../core/trust/git/object-reader.ts';
import { MemoryKey } from '../../lab/rig/memory-repository.ts';
import { instantOf, RollingFleet, rolloutText, startMs } from '../core/rollout/rolling-fleet.ts';
import { type Changes, MemoryLine } from './memory-line.ts';
import { policyText } from './policed-fleet.ts';

export const rolloutFile = 'rollouts/web/r1.yaml';

/** A device in each stage, and one that is pinned. */
const devices = {
  'pump-1': 'groups: [canary]',
  'pump-2': 'labels: { site: berlin }',
  'pump-3': 'labels: {}',
  'pump-4': 'apps: { web: { release: "1.0.0" } }',
};

export const holdsMs = [4 * 3_600_000, 24 * 3_600_000] as const;

const stages = [
  'name: canary, select: { groups: [canary] }, hold: 4h',
  'name: berlin, select: { labels: { site: berlin } }, hold: 1d',
  'name: all, select: { all: true }',
];

/** @param sinceMs milliseconds after the start */
export const stepTo = (stage: number, sinceMs: number, more: Readonly<Record<string, unknown>> = {}) =>
  rolloutText(stages, { stage, since: instantOf(startMs + sinceMs), ...more });

const rules = [
  '{ paths: ["rollouts/*/*.yaml"], change: advance, roles: [rollout-bot] }',
  '{ paths: ["rollouts/*/*.yaml"], change: pause, roles: [rollout-bot] }',
  '{ paths: ["rollouts/web/*"], roles: [web, deploy] }',
  '{ paths: ["apps/web/**", "groups/rest.yaml"], roles: [web] }',
  '{ paths: ["fleet.yaml"], roles: [deploy] }',
];
const roles = [
  'root: { principals: [alice, bob], threshold: 2 }',
  'deploy: { principals: [alice] }',
  'tunnels: { principals: [bob] }',
  'web: { principals: [carol] }',
  'rollout-bot: { principals: [bot] }',
];

export class RolloutLine extends MemoryLine {
  readonly keys: Readonly<Record<'alice' | 'bob' | 'carol' | 'bot', MemoryKey>>;

  /** @param walk at the first one there is no bot */
  constructor(walk: 1 | 2, more: Changes = {}) {
    const keys = {
      alice: new MemoryKey(),
      bob: new MemoryKey(),
      carol: new MemoryKey(),
      bot: new MemoryKey(),
    };
    const policy = policyText(keys, {
      walk,
      roles,
      rules: walk === 1 ? ['{ paths: ["**"], roles: [deploy] }'] : rules,
    });
    const files = { ...Object.fromEntries(new RollingFleet(devices).files), 'trust/policy.yaml': policy };
    super('acme', { ...files, [rolloutFile]: stepTo(0, 0), ...more }, keys.alice);
    this.keys = keys;
  }

  /** What a device takes of the newest trusted commit. */
  async web(device: string, when: When = byCommit): Promise<RolledApp | undefined> {
    const { trusted } = await this.walk();
    const { fleet } = await loadFleet(new ObjectReader(this.repository), trusted.commit);
    const layers = fleet === undefined ? undefined : layersOf(fleet, device);
    assert.ok(layers !== undefined);
    return rolledOut(layers, when).apps.find(({ app }) => app === 'web');
  }

  /** Of all devices, in order. */
  async releases(when: When = byCommit): Promise<(string | undefined)[]> {
    const found: (string | undefined)[] = [];
    for (const device of Object.keys(devices)) found.push((await this.web(device, when))?.release);
    return found;
  }

  async desired(device: string): Promise<DesiredResult> {
    const { trusted } = await this.walk();
    return await desiredState({ reader: new ObjectReader(this.repository), commit: trusted.commit, device });
  }

  /** Why the newest commit is not trusted. */
  async refusal(): Promise<string | undefined> {
    return (await this.walk()).stopped?.code;
  }
}
