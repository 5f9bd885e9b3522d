/** What it takes the gateway to be scraped: a fleet as the sum of its shards, packed, as Prometheus asks for it. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { isFields } from '../../core/json.ts';
import { type BenchFigure, figure, median } from '../figure.ts';

const [devices, seriesPerDevice] = [10_000, 60];
const rounds = 5;
const gateway = path.join(import.meta.dirname, 'scraped-gateway.ts');

export async function* scrape(signal: AbortSignal): AsyncGenerator<BenchFigure> {
  const child = fork(gateway, [String(devices), String(seriesPerDevice)], {
    execArgv: ['--expose-gc'],
    signal,
  });
  try {
    const { port } = await said(child);
    const origin = `http://127.0.0.1:${port}`;
    const all: number[] = [];
    let samples = 0;
    let before = await spent(child);
    // The first is not counted.
    for (let round = -1; round < rounds; round += 1) {
      samples = await scrapeAll(origin, signal);
      const now = await spent(child);
      if (round >= 0) all.push(now.cpuSec - before.cpuSec);
      before = now;
    }
    if (samples < devices * seriesPerDevice) throw new Error(`${samples} samples`);
    const fleet = `${devices} devices × ${seriesPerDevice} series`;
    yield figure(`CPU seconds of a scrape of ${fleet}, all shards`, '', median(all), null, {
      of: 'ours',
      is: '<=',
      limit: 2,
    });
    yield figure(
      `resident memory above idle, while ${fleet} are scraped`,
      'MB',
      before.peakBytes / 1e6,
      null,
      {
        of: 'ours',
        is: '<=',
        limit: 200,
      },
    );
  } finally {
    child.disconnect();
  }
}

/** @returns samples in all shards */
async function scrapeAll(origin: string, signal: AbortSignal): Promise<number> {
  const list: unknown = await (await fetch(`${origin}/metrics/devices/sd`, { signal })).json();
  const shards = Array.isArray(list) ? list.length : 0;
  let samples = 0;
  for (let shard = 0; shard < shards; shard += 1) {
    const answer = await fetch(`${origin}/metrics/devices?shard=${shard}`, { signal });
    samples += (await answer.text()).match(/^container_/gm)?.length ?? 0;
  }
  return samples;
}

async function spent(child: ChildProcess): Promise<{ cpuSec: number; peakBytes: number }> {
  child.send('spent');
  const { cpuSec = 0, peakBytes = 0 } = await said(child);
  return { cpuSec, peakBytes };
}

async function said(child: ChildProcess): Promise<Readonly<Record<string, number>>> {
  const [message]: unknown[] = await once(child, 'message');
  const fields = isFields(message) ? Object.entries(message) : [];
  return Object.fromEntries(
    fields.filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
  );
}
