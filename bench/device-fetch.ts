/**
 * What a device pays for a fleet of ten thousand: the first clone, and the fetch of one commit, by the agent's own source
 * in a process with the options of its unit. Beside it the same by native git, and the agent with compilers.
 */
import { execFile, fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { compileSmall } from '../agent/program/small-memory.ts';
import { defaultSourceLimits } from '../agent/source/limits.ts';
import { Source } from '../agent/source/source.ts';
import type { GatewayAddress } from '../core/fleet/gateway-address.ts';
import { makeDeviceKeys } from '../core/io/device-keys.ts';
import { createDialler } from '../core/io/https/https-dialler.ts';
import { createSystemClock } from '../core/io/system-clock.ts';
import { type FleetRepository, makeRepository } from '../lab/rig/fleet-repository.ts';
import { startGitServer } from '../lab/rig/git-server.ts';
import { asShipped } from './as-shipped.ts';
import { type Bench, figure, median } from './figure.ts';

const run = promisify(execFile);
const never = new AbortController().signal;
const devices = 10_000;
const rounds = 9;
/** Of them not counted. */
const warmUp = 2;

export interface DeviceFetch {
  /** CPU of the process while it cloned, milliseconds. */
  readonly firstCpuMs: number;
  /** The same while it fetched one commit, median. */
  readonly fetchCpuMs: number;
  /** The gateway's answers to that, bytes. */
  readonly fetchBytes: number;
  /** Native git's CPU for the same fetch, median. */
  readonly gitCpuMs: number;
}

interface Told {
  readonly cpuMs: number;
}

/** A fleet whose devices lie in folders of a hundred. */
async function makeFleet(): Promise<FleetRepository> {
  const repository = await makeRepository();
  const lines = ['commit refs/heads/main', 'committer a <a@b> 1000000000 +0000', 'data 5', 'fleet'];
  for (let number = 0; number < devices; number++) {
    const name = String(number).padStart(5, '0');
    const content = `apiVersion: towline/v1\nlabels:\n  site: ${name}\n`;
    lines.push(`M 100644 inline devices/${name.slice(0, 3)}/pump-${name}.yaml`);
    lines.push(`data ${content.length}`, content);
  }
  await repository.git(['fast-import', '--quiet'], { input: `${lines.join('\n')}\n` });
  return repository;
}

/** CPU of native git for one fetch, milliseconds. */
async function gitFetch(clone: string): Promise<number> {
  const { stdout } = await run('bash', ['-c', `git -C ${clone} fetch --quiet && times`], {
    env: { ...process.env, GIT_SSL_NO_VERIFY: '1' },
  });
  const children = stdout.trim().split('\n').at(-1) ?? '';
  return [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60_000 + Number(seconds) * 1000,
    0,
  );
}

/** @param compilers as the agent was before it did without them */
export async function measureDeviceFetch(compilers = false): Promise<DeviceFetch> {
  await using cleanUp = new AsyncDisposableStack();
  const fleet = await makeFleet();
  cleanUp.defer(() => fleet.remove());
  const server = await startGitServer({ fleet: fleet.path });
  cleanUp.defer(() => server.close());
  const folder = await mkdtemp(path.join(tmpdir(), 'towline-device-fetch-'));
  cleanUp.defer(() => rm(folder, { recursive: true }));
  const { nodeOptions, environment } = asShipped();
  const child = fork(import.meta.filename, ['device'], {
    execArgv: [...nodeOptions],
    env: { ...process.env, ...environment },
  });
  cleanUp.defer(() => void child.kill());
  const ask = (work: object): Promise<Told> =>
    new Promise((resolve, reject) => {
      child.once('message', message => resolve(message as Told)).once('exit', reject);
      child.send(work);
    });
  const head = await fleet.head();
  const { cpuMs: firstCpuMs } = await ask({ folder, gateway: server.gateway, compilers, needed: head });
  const clone = path.join(folder, 'native.git');
  const url = `https://${server.gateway.address}/fleet.git`;
  await run('git', ['-c', 'http.sslVerify=false', 'clone', '--quiet', '--mirror', url, clone]);
  const [ours, theirs, bytes]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < rounds; round++) {
    await fleet.commit({ files: { [`devices/0${round}0/pump-0${round}000.yaml`]: `round: ${round}\n` } });
    server.seen.length = 0;
    const { cpuMs } = await ask({ needed: head });
    const answered = server.seen.reduce((sum, { body }) => sum + body.length, 0);
    const gitCpuMs = await gitFetch(clone);
    if (round < warmUp) continue;
    ours.push(cpuMs);
    theirs.push(gitCpuMs);
    bytes.push(answered);
  }
  return { firstCpuMs, fetchCpuMs: median(ours), fetchBytes: median(bytes), gitCpuMs: median(theirs) };
}

export const bench: Bench = async function* () {
  const { firstCpuMs, fetchCpuMs, fetchBytes, gitCpuMs } = await measureDeviceFetch();
  const compiled = await measureDeviceFetch(true);
  const what = '1-commit fetch, 10k devices';
  yield figure(`${what}: the answers`, 'B', fetchBytes, null, { of: 'ours', is: '<=', limit: 15_000 });
  const bar = (limit: number) => ({ of: 'ratio', is: '<=', limit }) as const;
  yield figure(`${what}: device CPU (peer: native git)`, 'ms', fetchCpuMs, gitCpuMs, bar(1));
  yield figure(
    `${what}: device CPU (peer: itself with compilers)`,
    'ms',
    fetchCpuMs,
    compiled.fetchCpuMs,
    bar(1.5),
  );
  yield figure(
    'first clone, 10k devices: device CPU (peer: itself with compilers)',
    'ms',
    firstCpuMs,
    compiled.firstCpuMs,
    bar(2),
  );
};

interface Work {
  readonly folder?: string;
  readonly gateway?: GatewayAddress;
  readonly compilers?: boolean;
  readonly needed: string;
}

/** The device's side: makes its source with the first message, fetches with each. */
function serveDevice(): void {
  const keys = makeDeviceKeys('device');
  const quiet = { debug: () => {}, info: () => {}, warn: () => {} };
  let source: Source | undefined;
  process.on('message', async ({ folder, gateway, compilers, needed }: Work) => {
    if (folder !== undefined && gateway !== undefined) {
      if (compilers !== true) compileSmall();
      const pair = { key: keys.tlsKey, certificate: keys.tlsCertificate };
      const dialler = createDialler({ gateways: [gateway], ...pair, log: quiet });
      const clock = createSystemClock();
      source = new Source({
        folder: path.join(folder, 'store'),
        dialler,
        clock,
        limits: defaultSourceLimits,
      });
    }
    const before = process.cpuUsage();
    await source?.fetch(needed, quiet, never);
    const { user, system } = process.cpuUsage(before);
    process.send?.({ cpuMs: (user + system) / 1000 } satisfies Told);
  });
}

if (import.meta.main && process.argv[2] === 'device') serveDevice();
