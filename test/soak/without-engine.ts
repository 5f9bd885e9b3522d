/**
 * `npm run soak:without-engine [-- MINUTES]`, 60 unless said otherwise; exit 1 when a tunnel is late or a status not true.
 * Two devices without an engine for so many minutes (one whose engine is not there, one whose engine says nothing): once a
 * minute a commit opens their tunnels, and the next one closes them.
 */
import { setTimeout } from 'node:timers/promises';
import { PoorEngine } from '../rig/poor-engine.ts';
import { PoorFleet } from '../rig/poor-fleet.ts';

const barMs = 15_000;
const restMs = 60_000;
const names = ['hour-absent', 'hour-silent'] as const;

/** @returns whether every commit was followed in time, and every status was true */
async function soakWithoutEngine(minutes: number, signal: AbortSignal): Promise<boolean> {
  const engines = { [names[0]]: new PoorEngine(), [names[1]]: new PoorEngine(() => false) };
  await using poor = await PoorFleet.start(engines, [names[0]], '* * * * *');
  await poor.until(names[0], () => poor.hintStreams(), 120_000);
  const endMs = performance.now() + minutes * 60_000;
  let late = 0;
  let untrue = 0;
  const all: number[] = [];
  while (performance.now() < endMs && !signal.aborted) {
    for (const tunnel of ['open', 'closed'] as const) {
      const tookMs = await poor.turn(tunnel, 10 * barMs);
      const each = names.map(name => {
        const ms = tookMs.get(name) ?? Number.POSITIVE_INFINITY;
        all.push(ms);
        if (ms > barMs) late++;
        return `${name} ${(ms / 1000).toFixed(1)} s`;
      });
      console.log(`${new Date().toISOString()} ${tunnel}: ${each.join(', ')}`);
      await setTimeout(restMs, undefined, { signal }).catch(() => undefined);
      for (const name of names) {
        if (poor.isTrueWithoutEngine(name) && poor.status(name)?.tunnel.state === tunnel) continue;
        untrue++;
        console.log(`${name}: ${JSON.stringify(poor.status(name))}`);
      }
    }
  }
  const longest = (Math.max(...all) / 1000).toFixed(1);
  console.log(
    `${all.length} tunnels turned in ${minutes} minutes, the slowest within ${longest} s; ${late} later than ${barMs / 1000} s, ${untrue} statuses not true`,
  );
  return late === 0 && untrue === 0 && all.length > 0;
}

const minutes = Number(process.argv[2] ?? 60);
if (!(minutes > 0)) {
  console.error('usage: npm run soak:without-engine [-- MINUTES]');
  process.exit(2);
}
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
process.exitCode = (await soakWithoutEngine(minutes, stop.signal)) ? 0 : 1;
