/**
 * `npm run bench -- portal-live`: 200 pages that are open on lists of a fleet of 10,000, each with 100 rows in sight, while every device
 * reports once in a minute. Over TLS, as browsers have it.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type BenchFigure, figure } from './figure.ts';
import { cpuSeconds, residentBytes } from './simulator/process-tree.ts';

const pages = 200;
const rowsInSight = 100;
const devices = 10_000;
const measuredMs = 20_000;
const mega = 1024 * 1024;

export async function* bench(signal: AbortSignal): AsyncGenerator<BenchFigure> {
  const program = path.join(import.meta.dirname, 'portal/live-program.ts');
  const child = fork(program, [String(devices), String(Math.ceil(devices / 60))]);
  signal.addEventListener('abort', () => child.kill(), { once: true });
  try {
    const [{ port }] = (await once(child, 'message')) as [{ port: number }];
    yield* measured(child, port, signal);
  } finally {
    child.kill();
    await once(child, 'exit');
  }
}

async function* measured(
  child: ChildProcess,
  port: number,
  signal: AbortSignal,
): AsyncGenerator<BenchFigure> {
  const { pid = 0 } = child;
  const before = residentBytes(pid);
  const idle = await coreShare(pid, signal);
  let bytes = 0;
  let events = 0;
  const streams: IncomingMessage[] = [];
  for (let page = 0; page < pages; page += 1) {
    const stream = await open(port, page);
    stream.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      events += chunk.toString('latin1').split('event: rows').length - 1;
    });
    streams.push(stream);
  }
  await wait(5000, undefined, { signal });
  const seen = events;
  const busy = await coreShare(pid, signal);
  const name = `${pages} pages with ${rowsInSight} rows in sight, of ${devices} devices that report once in a minute`;
  yield figure(`${name}: hundredths of a core`, '', (busy - idle) * 100, null, {
    of: 'ours',
    is: '<=',
    limit: 10,
  });
  const each = (residentBytes(pid) - before) / pages / mega;
  yield figure('resident memory for each of them', 'MiB', each, null, { of: 'ours', is: '<=', limit: 1 });
  const perPage = (events - seen) / pages / (measuredMs / 1000);
  yield figure('events a second for each', '', perPage, null, { of: 'ours', is: '<=', limit: 0.6 });
  yield figure('sent to all so far', 'MB', bytes / 1e6, null, { of: 'ours', is: '<=', limit: 500 });
  for (const stream of streams) stream.destroy();
}

/** Lists of different people, at different places. */
async function open(port: number, page: number): Promise<IncomingMessage> {
  const from = (page * 37) % (devices - rowsInSight);
  const ids = Array.from({ length: rowsInSight }, (_, at) => `pump-${from + at}`);
  const asked = request({
    ...{ host: '127.0.0.1', port, path: `/api/v1/live?ids=${ids.join(',')}`, agent: false },
    rejectUnauthorized: false,
    headers: { 'x-name': `person-${page}`, 'sec-fetch-site': 'same-origin' },
  });
  asked.end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  return response;
}

/** Of one core, over a while. */
async function coreShare(pid: number, signal: AbortSignal): Promise<number> {
  const before = cpuSeconds(pid);
  await wait(measuredMs, undefined, { signal });
  return (cpuSeconds(pid) - before) / (measuredMs / 1000);
}
