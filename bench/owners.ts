/** `npm run bench -- owners`: what it costs that nobody takes an id or a key of another, in a fleet of 10,000 devices. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ObjectReader } from '../core/trust/git/object-reader.ts';
import { HolderIndex } from '../core/trust/holders/holder-index.ts';
import { openAnchor, walk } from '../core/trust/walk.ts';
import { type BenchFigure, figure, inTurn } from './figure.ts';
import { type FleetHistory, type Kind, makeFleetHistory } from './trust/fleet-history.ts';

const devices = 10_000;
const length = 1_000;

/** The whole walk from a cold reader, with an index that is kept; milliseconds of CPU time. */
async function walkMs(
  { repository, commits }: FleetHistory,
  holders: HolderIndex | undefined,
  signal: AbortSignal,
): Promise<number> {
  const [anchor = ''] = commits;
  const head = commits.at(-1) ?? '';
  if (holders !== undefined) await holders.at(new ObjectReader(repository), anchor);
  const start = process.cpuUsage();
  let trusted = await openAnchor(new ObjectReader(repository), anchor);
  while (trusted.commit !== head) {
    const result = await walk({
      reader: new ObjectReader(repository),
      trusted,
      head,
      signal,
      ...(holders && { holders }),
    });
    if (result.stopped !== undefined) throw new Error(JSON.stringify(result.stopped));
    trusted = result.trusted;
  }
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

async function madeIndex({ repository, commits }: FleetHistory): Promise<HolderIndex> {
  const index = new HolderIndex();
  await index.at(new ObjectReader(repository), commits[0] ?? '');
  return index;
}

async function heapBytes(): Promise<number> {
  setFlagsFromString('--expose_gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  await new Promise(resolve => setImmediate(resolve));
  collect();
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return heapUsed + external + arrayBuffers;
}

export async function* bench(signal: AbortSignal): AsyncIterable<BenchFigure> {
  let walkOneMs: number | null = null;
  for (const kind of ['tunnels', 'keys'] satisfies Kind[]) {
    const [before, now] = [1, 2].map(version => makeFleetHistory(devices, length, kind, version)) as [
      FleetHistory,
      FleetHistory,
    ];
    // As a device has it: read back, or made at an earlier pass.
    const saved = (await madeIndex(now)).text();
    const [mine, peer] = await inTurn(
      () => walkMs(now, new HolderIndex(async () => saved), signal),
      () => walkMs(before, undefined, signal),
    );
    walkOneMs = peer;
    const of = { of: 'ratio', is: '<=', limit: 1.2 } as const;
    yield figure(
      `walk over 1,000 commits of ${kind}, 10,000 devices, CPU time, beside walk 1`,
      'ms',
      mine,
      peer,
      of,
    );
  }
  const history = makeFleetHistory(devices, 0, 'keys', 2);
  const start = process.cpuUsage();
  await madeIndex(history);
  const { user, system } = process.cpuUsage(start);
  const anew = 'the index of 10,000 devices made anew, CPU time, beside that walk';
  yield figure(anew, 'ms', (user + system) / 1000, walkOneMs, { of: 'ratio', is: '<=', limit: 3 });
  const empty = await heapBytes();
  const kept = await madeIndex(history);
  const bytes = (await heapBytes()) - empty;
  yield figure('the index of 10,000 devices, memory', 'MB', bytes / 1e6, null, {
    of: 'ours',
    is: '<=',
    limit: 5,
  });
  if (kept.unsaved !== devices) throw new Error('the index was not made');
}
