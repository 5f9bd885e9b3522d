/** A fleet in memory through which a release walks: real objects and commits of main, and what devices say of them. */
import assert from 'node:assert/strict';
import type { Fleet } from '../../../core/fleet/fleet.ts';
import { type LoadOptions, loadFleet } from '../../../core/fleet/load.ts';
import { rolloutLine } from '../../../core/rollout/line.ts';
import type { NamedRollout } from '../../../core/rollout/stage.ts';
import { nextStep, type RolloutStep, type StepQuestion } from '../../../core/rollout/step.ts';
import { type DeviceState, type RolloutCount, Tally } from '../../../core/rollout/tally.ts';
import type { AppWord, DeviceWord } from '../../../core/rollout/word.ts';
import { ObjectReader } from '../../../core/trust/git/object-reader.ts';
import { MemoryRepository } from '../../../lab/rig/memory-repository.ts';
import { digest, exampleFleet } from '../fleet/example-fleet.ts';

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;
export const startMs = Date.parse('2026-11-28T12:00:00Z');
export const instantOf = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}Z`;

const old = 'apps/web/releases/1.0.0';

/** A release of the app `web`, by the texts of the first. */
export const releaseFiles = (version: string): Record<string, string> =>
  Object.fromEntries(
    ['compose.yaml', 'release.yaml', 'settings.conf'].map(file => [
      `apps/web/releases/${version}/${file}`,
      String(exampleFleet[`${old}/${file}`]).replaceAll('1.0.0', version).replace(digest('a'), digest('b')),
    ]),
  );

/** Of the app `web`, from 1.0.0 to 1.1.0 unless it says otherwise. */
export const rolloutText = (
  stages: readonly string[],
  more: Readonly<Record<string, unknown>> = {},
): string =>
  [
    'apiVersion: towline/v1',
    'app: web',
    `from: ${JSON.stringify(more.from ?? ['1.0.0'])}`,
    `to: ${JSON.stringify(more.to ?? '1.1.0')}`,
    'stages:',
    ...stages.map(stage => `  - { ${stage} }`),
    ...Object.entries({ stage: 0, ...more }).flatMap(([key, value]) =>
      key === 'from' || key === 'to' ? [] : [`${key}: ${JSON.stringify(value)}`],
    ),
    '',
  ].join('\n');

const fleetText = [
  'apiVersion: towline/v1',
  'name: acme',
  'gateways:',
  '  - address: gateway.example.com:8443',
  '    tlsPins: ["sha256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="]',
  'apps: { web: { release: "1.0.0" } }',
  '',
].join('\n');

export interface Look {
  readonly fleet: Fleet;
  readonly rollout: NamedRollout;
  readonly tally: Tally;
}

export class RollingFleet {
  readonly repository = new MemoryRepository();
  readonly files = new Map<string, string>();
  readonly words = new Map<string, DeviceWord>();
  readonly #cache: NonNullable<LoadOptions['cache']> = new Map();
  head: string;

  /** @param devices id → what stands in its file */
  constructor(devices: Readonly<Record<string, string>>) {
    this.files.set('fleet.yaml', fleetText);
    for (const version of ['1.0.0', '1.1.0', '1.2.0'])
      for (const [path, text] of Object.entries(releaseFiles(version))) this.files.set(path, text);
    for (const group of ['canary', 'rest'])
      this.files.set(`groups/${group}.yaml`, 'apiVersion: towline/v1\npriority: 10\n');
    for (const [id, text] of Object.entries(devices))
      this.files.set(`devices/${id}.yaml`, `apiVersion: towline/v1\n${text}\n`);
    this.head = this.repository.commit({
      ...{ files: this.files, parents: [], message: 'A fleet\n' },
      timeSec: startMs / 1000 - 86_400,
    });
  }

  /** One commit more on main. @param changes null: the file goes */
  commit(changes: Readonly<Record<string, string | null>>, atMs: number): string {
    for (const [path, text] of Object.entries(changes)) {
      if (text === null) this.files.delete(path);
      else this.files.set(path, text);
    }
    const at = { parents: [this.head], message: 'A step\n', timeSec: Math.floor(atMs / 1000) };
    this.head = this.repository.commit({ files: this.files, ...at });
    return this.head;
  }

  async load(): Promise<Fleet> {
    const reader = new ObjectReader(this.repository);
    const { fleet, problems } = await loadFleet(reader, this.head, { cache: this.#cache });
    assert.deepEqual(problems, []);
    assert.ok(fleet !== undefined);
    return fleet;
  }

  async look(name = 'r1'): Promise<Look> {
    const fleet = await this.load();
    const file = fleet.rollouts.get('web')?.get(name);
    assert.ok(file !== undefined);
    const rollout = { name, file };
    const reader = new ObjectReader(this.repository);
    const line = await rolloutLine({ reader, head: this.head, file }, AbortSignal.timeout(60_000));
    return { fleet, rollout, tally: new Tally({ fleet, rollout, line }) };
  }

  async count(nowMs: number, name?: string): Promise<RolloutCount> {
    return (await this.look(name)).tally.count(this.words, nowMs);
  }

  /** Device → what it is. */
  async states(nowMs: number, name?: string): Promise<Record<string, DeviceState>> {
    const { standings } = await this.count(nowMs, name);
    return Object.fromEntries(standings.map(({ device, state }) => [device, state]));
  }

  async step(nowMs: number, more: Partial<StepQuestion> = {}, name?: string): Promise<RolloutStep> {
    const { rollout, tally } = await this.look(name);
    return nextStep({ rollout, count: tally.count(this.words, nowMs), nowMs, ...more });
  }

  /** A device follows main's head, and says so. */
  says(device: string, atMs: number, app: Partial<AppWord> = {}, more: Partial<DeviceWord> = {}): void {
    const well = { app: 'web', state: 'healthy' } as const;
    const web: AppWord = { ...well, ...running('1.1.0', atMs - hourMs), ...app };
    const at = { trusted: this.head, followed: this.head, timeMs: atMs, arrivedMs: atMs };
    this.words.set(device, { ...at, apps: [web], ...more });
  }
}

/** A release runs, as the trusted commit wants it. */
export const running = (release: string, sinceMs: number) => ({
  ...{ release, digest: `digest ${release}`, sinceMs },
  ...{ wantedRelease: release, wantedDigest: `digest ${release}` },
});

/** It is wanted, and another one runs. */
export const wanting = (release: string, state: AppWord['state']) => ({
  ...{ state, release: '1.0.0', digest: 'digest 1.0.0' },
  ...{ wantedRelease: release, wantedDigest: `digest ${release}` },
});

/** `pump-1`, … */
export const pumps = (count: number, text: (at: number) => string = () => 'groups: [rest]') =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`pump-${at + 1}`, text(at + 1)]));
