/** What a bot takes to judge the gate of a rollout in a fleet of ten thousand, and to judge it again after one device has spoken. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { loadFleet } from '../../core/fleet/load.ts';
import { RolloutBoard } from '../../core/rollout/board.ts';
import { type DeviceWord, wordOf } from '../../core/rollout/word.ts';
import { ObjectReader } from '../../core/trust/git/object-reader.ts';
import { MemoryRepository } from '../../lab/rig/memory-repository.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';
import { type BenchFigure, figure, median } from '../figure.ts';

const devices = 10_000;
const times = 9;
const nowMs = Date.parse('2026-11-28T18:00:00Z');
const digest = `sha256:${'a'.repeat(64)}`;

export async function* bench(signal: AbortSignal): AsyncGenerator<BenchFigure> {
  const repository = new MemoryRepository();
  const head = repository.commit({
    files: filesOf(),
    parents: [],
    message: 'A fleet\n',
    timeSec: nowMs / 1000,
  });
  const reader = new ObjectReader(repository, { maxObjects: 100_000, maxTotalBytes: 1e9 });
  const { fleet, problems } = await loadFleet(reader, head);
  if (fleet === undefined || problems.length > 0) throw new Error(JSON.stringify(problems.slice(0, 3)));
  const statuses = [...fleet.devices.keys()].map(id => statusOf(id, head));
  const open = () => RolloutBoard.open({ fleet, reader: reader.renewed(), head }, signal);
  const asking = (words: ReadonlyMap<string, DeviceWord>) => ({ words, nowMs });
  const beforeBytes = heapBytes();
  const words = new Map(statuses.map(status => [status.device, wordOf(status, { arrivedMs: nowMs })]));
  let board = await open();
  const [report] = board.standings(asking(words));
  const moreMb = (heapBytes() - beforeBytes) / 1e6;
  if (report?.step.kind !== 'complete') throw new Error(`not complete: ${JSON.stringify(report?.step)}`);
  const whole: number[] = [];
  for (let time = 0; time < times; time += 1)
    whole.push(
      await cpuMsOf(async () => {
        const anew = new Map(statuses.map(status => [status.device, wordOf(status, { arrivedMs: nowMs })]));
        board = await open();
        board.standings(asking(anew));
      }),
    );
  const again: number[] = [];
  for (const status of statuses.slice(0, 50))
    again.push(
      await cpuMsOf(async () => {
        words.set(status.device, wordOf(status, { arrivedMs: nowMs + 1 }));
        board.standings(asking(words));
      }),
    );
  const count = devices.toLocaleString('en');
  const limit = (most: number) => ({ of: 'ours', is: '<=', limit: most }) as const;
  yield figure(`gate of ${count} devices from verified statuses`, 'CPU ms', median(whole), null, limit(200));
  yield figure(`the same, on the heap besides the fleet`, 'MB', moreMb, null, limit(100));
  yield figure(`gate of ${count} devices after one status more`, 'CPU ms', median(again), null, limit(5));
}

async function cpuMsOf(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function heapBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  collect();
  return process.memoryUsage().heapUsed;
}

/** Five groups, a label each, one app of a fleet of some. */
function filesOf(): Map<string, string> {
  const pins = 'tlsPins: ["sha256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="]';
  const release = (version: string) =>
    `apiVersion: towline/v1\nversion: ${version}\nimages: { web: { image: "r.example.com/web:${version}", digest: "${digest}" } }\n`;
  const stages = ['{ name: canary, percent: 1, hold: 1h }', '{ name: all, select: { all: true } }'];
  const rollout = `app: web\nfrom: [1.0.0]\nto: 1.1.0\nstages:\n${stages.map(stage => `  - ${stage}\n`).join('')}`;
  const files = new Map([
    [
      'fleet.yaml',
      `apiVersion: towline/v1\nname: acme\ngateways: [{ address: "g.example.com:8443", ${pins} }]\n`,
    ],
    ['rollouts/web/r1.yaml', `apiVersion: towline/v1\n${rollout}stage: 2\nsince: 2026-11-28T12:00:00Z\n`],
  ]);
  for (const version of ['1.0.0', '1.1.0']) {
    files.set(`apps/web/releases/${version}/release.yaml`, release(version));
    files.set(
      `apps/web/releases/${version}/compose.yaml`,
      'services: { web: { image: "r.example.com/web" } }\n',
    );
  }
  const apps = ['web: { release: 1.0.0 }', 'variables: { A: b }'];
  for (let group = 0; group < 5; group += 1)
    files.set(
      `groups/g${group}.yaml`,
      `apiVersion: towline/v1\npriority: ${group}\napps: { ${apps[0]} }\n${apps[1]}\n`,
    );
  for (let at = 0; at < devices; at += 1)
    files.set(
      `devices/d${at % 100}/d-${at}.yaml`,
      `apiVersion: towline/v1\ngroups: [g${at % 5}]\nlabels: { site: s${at % 50} }\n`,
    );
  return files;
}

function statusOf(device: string, commit: string): StatusFile {
  const services = ['web', 'worker', 'database'].map(name => ({
    name,
    image: `r.example.com/${name}@${digest}`,
    state: 'running',
  }));
  return {
    ...{ apiVersion: 'towline/v1', fleet: 'acme', device, time: '2026-11-28T17:59:00Z' },
    ...{
      agent: { version: '0.1.0' },
      trusted: { commit },
      followed: commit,
      outcome: 'applied',
      conditions: [],
    },
    projects: [
      {
        ...{ app: 'web', project: 'web', release: '1.1.0', digest, state: 'healthy', services },
        ...{ since: '2026-11-28T13:00:00Z', wanted: { release: '1.1.0', digest } },
      },
    ],
    tunnel: { state: 'closed' },
  };
}
