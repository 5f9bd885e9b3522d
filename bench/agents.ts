/**
 * `npm run bench -- agents`: 2,000 devices, or as many as TOWLINE_BENCH_DEVICES says, go from one agent to the next by a rollout
 * whose stage is open for all of them: each fetches a stand-in of 2 MB through one gateway, and one in ten is cut in the middle and
 * goes on by Range. Beside nginx, which serves the same file in the same run. Then a bot's judgement of all of them.
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadFleet } from '../core/fleet/load.ts';
import { GitCatFileSource } from '../core/io/git/git-object-source.ts';
import { RolloutBoard } from '../core/rollout/board.ts';
import { wordOf } from '../core/rollout/word.ts';
import { ObjectReader } from '../core/trust/git/object-reader.ts';
import { fetchPart } from './agents/fetching-device.ts';
import { startStaticNginx } from './agents/static-nginx.ts';
import { type BenchFigure, figure } from './figure.ts';
import { cpuSeconds, peakResidentBytes } from './simulator/process-tree.ts';
import { SimulatedFleet } from './simulator/simulated-fleet.ts';

const count = Number(process.env.TOWLINE_BENCH_DEVICES ?? 2_000);
const partBytes = 2_000_000;
/** Devices that fetch at once: those of a stage come within a minute of each other. */
const atOnce = 64;
const mega = 1_000_000;

const listed = (sha256: string) =>
  `apiVersion: towline/v1\nstateFormat: 1\nplatforms: { linux/amd64: { parts: [{ name: agent, sha256: "${sha256}", bytes: ${partBytes} }] } }\n`;
const rollout =
  'apiVersion: towline/v1\nagent: true\nfrom: ["1.0.0"]\nto: "2.0.0"\nstages: [{ name: all, select: { all: true } }]\nstage: 1\nsince: "2026-01-01T00:00:00Z"\n';

export async function* bench(signal: AbortSignal): AsyncGenerator<BenchFigure> {
  const part = randomBytes(partBytes);
  const sha256 = createHash('sha256').update(part).digest('hex');
  await using fleet = new SimulatedFleet(count, count, {
    fleetLines: 'agent: { version: "1.0.0" }\n',
    files: {
      'trust/agents/1.0.0.yaml': listed('0'.repeat(64)),
      'trust/agents/2.0.0.yaml': listed(sha256),
      'rollouts/_agent/r1.yaml': rollout,
    },
  });
  mkdirSync(join(fleet.folder, 'agents'));
  writeFileSync(join(fleet.folder, 'agents', sha256), part);
  await fleet.startGateway();
  await using nginx = await startStaticNginx(fleet.folder);
  const own = { port: fleet.gateway.port, cpu: () => cpuSeconds(fleet.gateway.pid) };
  const ours = await all(fleet, own, { sha256, signal });
  const theirs = await all(fleet, { port: nginx.port, cpu: nginx.cpuSeconds }, { sha256, signal });
  yield* transfer(ours, theirs);
  const peak = peakResidentBytes(fleet.gateway.pid) / 1024 / 1024;
  yield figure(`${crowd}: peak of the gateway`, 'MiB', peak, null, { of: 'ours', is: '<=', limit: 250 });
  yield* judged(fleet, sha256, signal);
}

const crowd = `${count} agents to the next version, 2 MB each, one in ten cut and resumed`;

interface Fetched {
  readonly right: number;
  readonly bytes: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
}

async function all(
  fleet: SimulatedFleet,
  server: { readonly port: number; readonly cpu: () => number },
  { sha256, signal }: { readonly sha256: string; readonly signal: AbortSignal },
): Promise<Fetched> {
  const waiting = fleet.devices.entries();
  const before = server.cpu();
  const begun = performance.now();
  let [right, bytes] = [0, 0];
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const [index, device] of waiting) {
        signal.throwIfAborted();
        const cutAt = index % 10 === 0 ? partBytes / 2 : undefined;
        const got = await fetchPart(device, { port: server.port, sha256, bytes: partBytes }, cutAt);
        if (got.isRight) right += 1;
        bytes += got.bytes;
      }
    }),
  );
  const seconds = (performance.now() - begun) / 1000;
  return { right, bytes, seconds, cpuSeconds: server.cpu() - before };
}

function* transfer(ours: Fetched, theirs: Fetched): Generator<BenchFigure> {
  yield figure(`${crowd}: those that have it whole`, '', ours.right, theirs.right, {
    ...{ of: 'ours', is: '>=', limit: count },
  });
  const needed = (count * partBytes) / mega;
  yield figure(`${crowd}: what came`, 'MB', ours.bytes / mega, theirs.bytes / mega, {
    ...{ of: 'ours', is: '<=', limit: needed * 1.01 },
  });
  // The devices are in this process: their TLS and hashing is in the time of both.
  yield figure(`${crowd}: time, nginx beside`, 's', ours.seconds, theirs.seconds, {
    ...{ of: 'ratio', is: '<=', limit: 2.5 },
  });
  const cpuMs = ({ cpuSeconds: spent }: Fetched) => (spent * 1000) / count;
  yield figure(`${crowd}: CPU of the server for one, nginx beside`, 'CPU ms', cpuMs(ours), cpuMs(theirs), {
    ...{ of: 'ratio', is: '<=', limit: 4 },
  });
}

/** As the bot does every minute: by what devices have signed. */
async function* judged(
  fleet: SimulatedFleet,
  sha256: string,
  signal: AbortSignal,
): AsyncGenerator<BenchFigure> {
  await using source = new GitCatFileSource(fleet.fleetGit);
  const reader = new ObjectReader(source);
  const head = fleet.main();
  const { fleet: files } = await loadFleet(reader, head);
  if (files === undefined) throw new Error('a fleet that cannot be read');
  const nowMs = Date.now();
  const time = new Date(nowMs).toISOString();
  const words = new Map(
    fleet.devices.map(({ id }) => [
      id,
      wordOf({
        ...{ apiVersion: 'towline/v1', fleet: 'bench', device: id, time, followed: head },
        ...{ trusted: { commit: head }, outcome: 'unchanged', conditions: [], projects: [] },
        agent: { version: '2.0.0', wanted: { version: '2.0.0' }, slot: `2.0.0-${sha256.slice(0, 12)}` },
        tunnel: { state: 'closed' },
      }),
    ]),
  );
  const board = await RolloutBoard.open({ fleet: files, reader, head }, signal);
  const begun = process.cpuUsage();
  const [report] = board.standings({ words, nowMs });
  const spent = process.cpuUsage(begun);
  const done = report?.count.standings.filter(({ state }) => state === 'done').length ?? 0;
  const what = `a bot judges ${count} agents`;
  yield figure(`${what}: those that are done`, '', done, null, { of: 'ours', is: '>=', limit: count });
  const cpuMs = (spent.user + spent.system) / 1000;
  yield figure(`${what}: CPU`, 'CPU ms', cpuMs, null, { of: 'ours', is: '<=', limit: 200 });
}
