/** What the portal adds to a gateway of ten thousand devices, all of which have reported: the same gateway, with it and without. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { makeDeviceKeys } from '../../core/io/device-keys.ts';
import { buildPack, makeObject } from '../../core/io/git/object-write.ts';
import type { MemoryRepository } from '../../lab/rig/memory-repository.ts';
import { operatorText } from '../../lab/rig/portal-files.ts';
import { PortalFleet } from '../../lab/rig/portal-fleet.ts';
import { asShipped } from '../as-shipped.ts';
import { type BenchFigure, figure, median } from '../figure.ts';
import { cpuSeconds, residentBytes } from '../simulator/process-tree.ts';

const size = 10_000;
const rounds = 3;
const root = path.resolve(import.meta.dirname, '../..');
const mebi = 1024 * 1024;
/** It has read all when it works no more than this in each of some looks, seconds. */
const [idleSeconds, idleLooks, lookMs] = [0.2, 3, 3000];

export async function* bench(signal: AbortSignal): AsyncGenerator<BenchFigure> {
  const folder = mkdtempSync(path.join(tmpdir(), 'towline-bench-'));
  try {
    const anchor = await writeFleet(folder);
    const bytes: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const without = await settled(folder, gatewayYaml(folder, anchor, ''), signal);
      const portal = '  portal: { bind: "127.0.0.1:0", origin: "https://portal.example.com" }\n';
      const withIt = await settled(folder, gatewayYaml(folder, anchor, portal), signal);
      bytes.push(withIt - without);
    }
    const most = (limit: number) => ({ of: 'ours', is: '<=', limit }) as const;
    yield figure(
      'resident memory that the portal adds to a gateway of 10,000 devices',
      'MiB',
      median(bytes) / mebi,
      null,
      most(60),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @returns main */
async function writeFleet(folder: string): Promise<string> {
  const alice = operatorText({ git: { fleet: 'write', telemetry: 'read' } });
  const fleet = await PortalFleet.make({ size, files: { 'operators/alice.yaml': alice } });
  for (const id of fleet.ids) fleet.say(id);
  const commit = fleet.seen?.commit ?? '';
  const tips = [...fleet.tips].map(([id, tip]) => `${tip} refs/heads/telemetry/${id}`);
  writeRepository(path.join(folder, 'fleet.git'), fleet.main, [`${commit} refs/heads/main`]);
  writeRepository(path.join(folder, 'telemetry.git'), fleet.telemetry, tips);
  const keys = makeDeviceKeys('gateway');
  mkdirSync(path.join(folder, 'keys'));
  writeFileSync(path.join(folder, 'keys/tls.key'), keys.tlsKey, { mode: 0o600 });
  writeFileSync(path.join(folder, 'keys/tls.crt'), keys.tlsCertificate);
  writeFileSync(path.join(folder, 'keys/ssh'), keys.sshKey, { mode: 0o600 });
  return commit;
}

function writeRepository(directory: string, memory: MemoryRepository, refs: readonly string[]): void {
  execFileSync('git', ['init', '-q', '--bare', '-b', 'main', directory]);
  const input = buildPack([...memory.objects].map(({ type, bytes }) => makeObject(type, bytes)));
  const { status, stderr } = spawnSync('git', ['-C', directory, 'index-pack', '--stdin'], { input });
  if (status !== 0) throw new Error(`git index-pack: ${stderr}`);
  const head = '# pack-refs with: peeled fully-peeled sorted ';
  writeFileSync(path.join(directory, 'packed-refs'), `${[head, ...refs.toSorted()].join('\n')}\n`);
}

const gatewayYaml = (folder: string, anchor: string, portal: string): string => `apiVersion: towline/v1
fleet: acme
anchor: ${anchor}
stateDirectory: ${folder}
listen:
  devices: "127.0.0.1:0"
  people: "127.0.0.1:0"
  internal: "127.0.0.1:0"
${portal}`;

/** Once it has read whatever it reads at its start. */
async function settled(folder: string, settings: string, signal: AbortSignal): Promise<number> {
  const config = path.join(folder, 'gateway.yaml');
  writeFileSync(config, settings);
  const { nodeOptions, environment } = asShipped(path.join(root, 'deploy/systemd/towline-gateway.service'));
  const child = spawn(
    process.execPath,
    [...nodeOptions, path.join(root, 'gateway/main.ts'), '--config', config],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...environment },
      signal,
    },
  );
  try {
    await isUp(child);
    const pid = child.pid ?? 0;
    let before = cpuSeconds(pid);
    for (let idle = 0; idle < idleLooks; ) {
      await wait(lookMs, undefined, { signal });
      const now = cpuSeconds(pid);
      idle = now - before > idleSeconds ? 0 : idle + 1;
      before = now;
    }
    return residentBytes(pid);
  } finally {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
}

async function isUp({ stdout }: ChildProcess): Promise<void> {
  if (stdout === null) return;
  const lines = createInterface({ input: stdout });
  await new Promise<void>(resolve => {
    lines.on('line', line => {
      if (line.includes('gateway is up')) resolve();
    });
  });
}
