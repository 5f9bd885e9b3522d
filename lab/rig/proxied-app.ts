/** An app behind HAProxy that is upgraded again and again while somebody asks it. */
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { UpdateSettings } from '../../core/desired/state.ts';
import { freePort } from '../machine/free-port.ts';
import { AskedBeside } from './asked-beside.ts';
import { makeProject } from './desired.ts';
import type { DeviceRig } from './device-rig.ts';
import type { proxiedImages } from './proxied-images.ts';
import { type ProxyLog, proxyLog } from './proxy-log.ts';
import type { Seen } from './steady-requests.ts';

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
  /** The longest that one request waited for its answer, milliseconds. */
  readonly slowestMs: number;
  /** How long each upgrade took, milliseconds. */
  readonly tookMs: readonly number[];
  /** Requests that were begun later than they were due, and the latest of them, milliseconds. */
  readonly late: number;
  readonly latestMs: number;
}

/** With what the proxy says of it. */
export interface Proxied extends Outcome {
  readonly proxy: ProxyLog;
}

/** Until the first level answers. */
async function answered(requests: AskedBeside, level: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    if ((await requests.seen()).last === level) return;
    await delay(100, undefined, { signal });
  }
}

function sum(all: readonly Seen[], { gapsMs, tookMs }: Pick<Outcome, 'gapsMs' | 'tookMs'>): Outcome {
  const total = (of: (one: Seen) => number) => all.reduce((before, one) => before + of(one), 0);
  return {
    upgrades: tookMs.length,
    answered: total(one => one.answered),
    failed: total(one => one.failed),
    reasons: [...new Set(all.flatMap(({ reasons }) => reasons))],
    slowestMs: Math.max(...all.map(({ slowestMs }) => slowestMs)),
    late: total(one => one.late),
    latestMs: Math.max(...all.map(({ latestMs }) => latestMs)),
    gapsMs,
    tookMs,
  };
}

/** Upgrades, and counts what those see who ask meanwhile. @param upgrade brings the app to this level */
export async function underRequests(
  port: number,
  { count, perSecond }: Pick<Upgrades, 'count' | 'perSecond'>,
  upgrade: (level: string) => Promise<void>,
  signal: AbortSignal,
): Promise<Outcome> {
  await upgrade('0');
  const requests = new AskedBeside(port, perSecond);
  const [gapsMs, tookMs, all]: [number[], number[], Seen[]] = [[], [], []];
  try {
    await answered(requests, '0', signal);
    for (let level = 1; level <= count; level++) {
      signal.throwIfAborted();
      const startMs = performance.now();
      await upgrade(String(level));
      tookMs.push(performance.now() - startMs);
      // What the upgrade has left behind shows in the second after it.
      await delay(1_000, undefined, { signal });
      const seen = await requests.seen();
      gapsMs.push(seen.longestGapMs);
      all.push(seen);
    }
  } finally {
    all.push(await requests.stop());
  }
  return sum(all, { gapsMs, tookMs });
}

export async function upgradeProxied(
  rig: DeviceRig,
  images: Images,
  { strategy, scale, ...how }: Upgrades,
  signal: AbortSignal,
): Promise<Proxied> {
  const port = await freePort();
  const update = { strategy, services: ['web'], stablePeriodMs: 2_000, healthTimeoutMs: 120_000 };
  const upgrade = async (level: string) => {
    const services = proxiedServices(images, port, level, scale);
    const { outcome } = await rig.pass([makeProject(rig.project, { services, update })]);
    assert.equal(outcome.outcome, 'applied', JSON.stringify(outcome));
  };
  const seen = await underRequests(port, how, upgrade, signal);
  return { ...seen, proxy: await proxyLog(rig.engine, `${rig.project}-proxy-1`, signal) };
}
