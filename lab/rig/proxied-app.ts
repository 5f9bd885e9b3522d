/** An app behind HAProxy that is upgraded again and again while somebody asks it. */
import assert from 'node:assert/strict';
import type { UpdateSettings } from '../../core/desired/state.ts';
import { freePort } from '../machine/free-port.ts';
import { makeProject } from './desired.ts';
import type { DeviceRig } from './device-rig.ts';
import { eventually } from './eventually.ts';
import type { proxiedImages } from './proxied-images.ts';
import { SteadyRequests } from './steady-requests.ts';

export type Images = Awaited<ReturnType<typeof proxiedImages>>;

/** What the services are, in the words of Compose. */
export function proxiedServices({ server, proxy }: Images, port: number, level: string, scale: number) {
  const published = { mode: 'ingress', host_ip: '127.0.0.1', target: 80, protocol: 'tcp' };
  return {
    web: { image: server, restart: 'always', environment: { LEVEL: level, START_MS: '500' }, scale },
    proxy: { image: proxy, restart: 'always', ports: [{ ...published, published: String(port) }] },
  };
}

export interface Upgrades {
  readonly strategy: UpdateSettings['strategy'];
  readonly scale: number;
  readonly count: number;
  readonly perSecond: number;
}

export interface Outcome {
  readonly upgrades: number;
  readonly answered: number;
  readonly failed: number;
  readonly reasons: readonly string[];
  /** The longest time without an answer of each upgrade, milliseconds. */
  readonly gapsMs: readonly number[];
  /** How long each upgrade took, milliseconds. */
  readonly tookMs: readonly number[];
}

/** Upgrades, and counts what those see who ask meanwhile. @param upgrade brings the app to this level */
export async function underRequests(
  port: number,
  { count, perSecond }: Pick<Upgrades, 'count' | 'perSecond'>,
  upgrade: (level: string) => Promise<void>,
  signal: AbortSignal,
): Promise<Outcome> {
  await upgrade('0');
  const requests = new SteadyRequests(port, perSecond);
  const [gapsMs, tookMs, reasons]: [number[], number[], string[]] = [[], [], []];
  let [answered, failed] = [0, 0];
  const answers = () => requests.seen().last === '0';
  try {
    await eventually(answers);
    requests.seen();
    for (let level = 1; level <= count; level++) {
      signal.throwIfAborted();
      const startMs = performance.now();
      await upgrade(String(level));
      tookMs.push(performance.now() - startMs);
      // What the upgrade has left behind shows in the second after it.
      await new Promise(resolve => setTimeout(resolve, 1_000));
      const seen = requests.seen();
      gapsMs.push(seen.longestGapMs);
      answered += seen.answered;
      failed += seen.failed;
      reasons.push(...seen.reasons);
    }
  } finally {
    await requests.stop();
  }
  failed += requests.seen().failed;
  return { upgrades: count, answered, failed, reasons: [...new Set(reasons)], gapsMs, tookMs };
}

export async function upgradeProxied(
  rig: DeviceRig,
  images: Images,
  { strategy, scale, ...how }: Upgrades,
  signal: AbortSignal,
): Promise<Outcome> {
  const port = await freePort();
  const update = { strategy, services: ['web'], stablePeriodMs: 2_000, healthTimeoutMs: 120_000 };
  const upgrade = async (level: string) => {
    const services = proxiedServices(images, port, level, scale);
    const { outcome } = await rig.pass([makeProject(rig.project, { services, update })]);
    assert.equal(outcome.outcome, 'applied', JSON.stringify(outcome));
  };
  return underRequests(port, how, upgrade, signal);
}
