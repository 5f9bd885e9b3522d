/** What those see who ask an app behind HAProxy while it is upgraded: ours by strategy, and docker compose 2.40. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { createEngine } from '../agent/runtime/engine/engine.ts';
import { composePeer } from '../lab/machine/compose-peer.ts';
import { ensureEngine } from '../lab/machine/engine.ts';
import { freePort } from '../lab/machine/free-port.ts';
import { DeviceRig } from '../lab/rig/device-rig.ts';
import {
  type Images,
  type Proxied,
  proxiedServices,
  type Upgrades,
  underRequests,
  upgradeProxied,
} from '../lab/rig/proxied-app.ts';
import { proxiedImages } from '../lab/rig/proxied-images.ts';
import { proxyLog } from '../lab/rig/proxy-log.ts';
import { type BenchFigure, figure, median } from './figure.ts';

/** Of the two that are compared; of the others, whose gap is known to be one, a few. */
const most = Number(process.env.UPGRADES ?? 50);
const few = Math.min(most, 5);
const perSecond = 200;
const project = 'towlinebenchhandover';

async function compose(socket: string, folder: string, ...parameters: string[]): Promise<void> {
  const env = { PATH: process.env.PATH, HOME: folder, DOCKER_HOST: `unix://${socket}` };
  const child = spawn(composePeer('sid'), ['-p', project, ...parameters], { cwd: folder, env });
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  if (code !== 0) throw new Error(`docker compose ${parameters.join(' ')}: ${said}`);
}

/** `docker compose up -d --wait`, as people script it. */
async function peer(socket: string, images: Images, signal: AbortSignal): Promise<Proxied> {
  const folder = mkdtempSync(path.join(tmpdir(), 'towline-bench-'));
  const port = await freePort();
  const upgrade = async (level: string) => {
    const services = proxiedServices(images, port, level, 1);
    writeFileSync(path.join(folder, 'compose.yaml'), JSON.stringify({ services }));
    await compose(socket, folder, 'up', '-d', '--wait');
  };
  try {
    const seen = await underRequests(port, { count: most, perSecond }, upgrade, signal);
    return { ...seen, proxy: await proxyLog(createEngine(socket), `${project}-proxy-1`, signal) };
  } finally {
    await compose(socket, folder, 'down');
    rmSync(folder, { recursive: true });
  }
}

const seconds = (ms: number) => (ms / 1000).toFixed(2);

function words({ upgrades, answered, failed, gapsMs, tookMs, reasons, ...rest }: Proxied): string {
  const { late, latestMs, slowestMs, proxy } = rest;
  const causes = [...proxy.failed].map(([cause, times]) => `${times} × ${cause}`);
  return [
    `${upgrades} upgrades, ${answered} answered, ${failed} failed (${reasons.join('; ')})`,
    `without an answer ${seconds(median(gapsMs))} s (median), ${seconds(Math.max(...gapsMs))} s (most); one request waited ${seconds(slowestMs)} s at most`,
    `an upgrade takes ${seconds(median(tookMs))} s`,
    `HAProxy: ${proxy.retried} answered by another try, ${causes.join(', ') || 'none failed'}`,
    `${late} requests begun late, by ${seconds(latestMs)} s at most`,
  ].join('\n  ');
}

export async function* bench(signal: AbortSignal, rows: readonly string[]): AsyncGenerator<BenchFigure> {
  const engine = await ensureEngine();
  const wanted = (name: string) => rows.length === 0 || rows.includes(name);
  try {
    const images = await proxiedImages(engine.socket);
    const other = wanted('peer') ? await peer(engine.socket, images, signal) : undefined;
    if (other !== undefined) console.error(`docker compose 2.40 up -d --wait: ${words(other)}`);
    const ways: readonly [Upgrades['strategy'], scale: number, count: number][] = [
      ['handover', 1, most],
      ['rolling', 3, few],
      ['recreate', 1, few],
      ['stop-first', 1, few],
    ];
    for (const [strategy, scale, count] of ways) {
      if (!wanted(strategy)) continue;
      await using rig = new DeviceRig(engine.socket, 'towline.invalid');
      const ours = await upgradeProxied(rig, images, { strategy, scale, count, perSecond }, signal);
      console.error(`${strategy}: ${words(ours)}`);
      if (strategy === 'handover' || strategy === 'rolling') {
        const work = `failed of ${ours.answered + ours.failed} requests over ${count} upgrades, ${strategy}`;
        yield figure(work, '', ours.failed, other?.failed ?? null, { of: 'ours', is: '<=', limit: 0 });
      } else if (other !== undefined) {
        const gaps = [median(ours.gapsMs) / 1000, median(other.gapsMs) / 1000] as const;
        yield figure(`without an answer, ${strategy}`, 's', ...gaps, { of: 'ratio', is: '<=', limit: 2 });
      }
    }
  } finally {
    await engine.stop();
  }
}
