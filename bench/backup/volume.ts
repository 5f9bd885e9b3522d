/**
 * A backup before an update against what a person types: `tar | zstd` in the same helper, one after the other. CPU is that
 * of the containers, by their cgroup, and for ours that of the agent beside them.
 */
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { runHelper } from '../../agent/backup/data-container.ts';
import { helperImage } from '../../lab/machine/helper-image.ts';
import { type BenchFigure, figure, inTurn, median } from '../figure.ts';
import { KeptFleet, what } from './kept-fleet.ts';
import { nextBackup, type Span } from './span.ts';

async function ours(fleet: KeptFleet): Promise<Span> {
  const { name, ...span } = await nextBackup(fleet);
  rmSync(path.join(fleet.backups, name), { recursive: true });
  return span;
}

/** What a person types. */
async function byHand(fleet: KeptFleet, signal: AbortSignal): Promise<Omit<Span, 'peakBytes'>> {
  const out = fleet.rig.workspace.path('by-hand');
  mkdirSync(out, { mode: 0o777 });
  const before = fleet.group.seconds();
  const beganMs = performance.now();
  const { exitCode } = await runHelper(
    {
      engine: fleet.engine,
      owner: { device: 'bench', fleet: 'bench' },
      room: { helperImage: helperImage(), run: 'bench' },
    },
    {
      name: 'by-hand',
      command: ['/bin/sh', '-c', '/bin/tar -C /data -c . | /bin/zstd -q >/out/data.tar.zst'],
      binds: [`${fleet.volume.name}:/data:ro`, `${out}:/out`],
      capabilities: ['DAC_READ_SEARCH', 'DAC_OVERRIDE'],
      memoryBytes: 96 * 1024 * 1024,
      timeoutMs: 600_000,
    },
    signal,
  );
  const spent = { seconds: (performance.now() - beganMs) / 1000 };
  if (exitCode !== 0) throw new Error(`tar | zstd ended with ${exitCode}`);
  rmSync(out, { recursive: true });
  return { ...spent, cpuMs: (fleet.group.seconds() - before) * 1000 };
}

export async function* bench(signal: AbortSignal): AsyncGenerator<BenchFigure> {
  await using fleet = await KeptFleet.start(async () => undefined, signal);
  const spans: Span[] = [];
  const peers: number[] = [];
  const [cpu, peerCpu] = await inTurn(
    async () => {
      const span = await ours(fleet);
      spans.push(span);
      return span.cpuMs;
    },
    async () => {
      const { cpuMs, seconds } = await byHand(fleet, signal);
      peers.push(seconds);
      return cpuMs;
    },
  );
  const backup = `backup of ${what}`;
  const bar = { of: 'ratio', is: '<=', limit: 1.2 } as const;
  yield figure(`${backup}, agent and helper (peer: tar | zstd by hand)`, 'CPU ms', cpu, peerCpu, bar);
  const seconds = median(spans.slice(1).map(span => span.seconds));
  yield figure(`the same, on the disk (peer: tar | zstd by hand)`, 's', seconds, median(peers.slice(1)), bar);
  const megabytes = Math.max(...spans.map(({ peakBytes }) => peakBytes)) / 1e6;
  const limit = { of: 'ours', is: '<=', limit: 150 } as const;
  yield figure('the same: most memory of agent and helper together', 'MB', megabytes, null, limit);
}
