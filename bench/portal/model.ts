/** The model of the portal over a fleet of ten thousand devices: what lists, filters and pages cost, and what is kept. */
import { type BenchFigure, figure } from '../figure.ts';
import { LargeModel, packed, zipped } from './large-model.ts';

const size = 10_000;

export async function* bench(signal: AbortSignal): AsyncGenerator<BenchFigure> {
  await using large = await LargeModel.make(size);
  signal.throwIfAborted();
  const first = await large.text('alice', '/devices');
  yield figure(
    'first page of a list of 10,000 devices, brotli',
    'kB',
    packed(first).length / 1000,
    null,
    most(150),
  );
  yield figure('… gzip', 'kB', zipped(first).length / 1000, null, most(150));
  const whole = await wholeList(large);
  yield figure('all of its pages, brotli', 'kB', whole / 1000, null, most(150));
  const costs: readonly (readonly [work: string, who: string, address: string, limit: number])[] = [
    ['first page of the list, packed', 'alice', '/devices', 300],
    ['a page of 500', 'alice', '/devices?limit=500&offset=5000', 300],
    ['a filter by words, packed', 'alice', '/devices?q=site-7', 100],
    ['a filter by app and release', 'alice', '/devices?app=web&release=1.0.0', 100],
    ['sorted by standing', 'alice', '/devices?sort=outcome', 100],
    ['the list of who reads two hundred of them', 'site', '/devices', 300],
    ['the first screen', 'alice', '/overview', 300],
    ['a device’s page', 'alice', '/devices/pump-04711', 200],
    ['a device’s plan', 'alice', '/devices/pump-04711/plan', 400],
    ['the jump box', 'alice', '/jump?q=pump-047', 100],
  ];
  for (const [work, who, address, limit] of costs) {
    signal.throwIfAborted();
    yield figure(work, 'CPU ms', await large.cost(who, address), null, most(limit));
  }
  yield figure('kept of 10,000 devices', 'MB', large.keptBytes / 1e6, null, most(60));
  yield figure('a report read at the start', 'CPU ms', large.readCpuMs, null, most(3));
}

const most = (limit: number) => ({ of: 'ours', is: '<=', limit }) as const;

async function wholeList(large: LargeModel): Promise<number> {
  let bytes = 0;
  for (let offset = 0; offset < size; offset += 500)
    bytes += packed(await large.text('alice', `/devices?limit=500&offset=${offset}`)).length;
  return bytes;
}
