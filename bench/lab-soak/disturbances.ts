/** Carries out what a schedule plans, each beside the others, and takes it back. */
import { setTimeout as sleep } from 'node:timers/promises';
import Docker from 'dockerode';
import { messageOf } from '../../core/errors/cause.ts';
import type { Lab } from '../../lab/sites/lab.ts';
import type { Convergence } from './convergence.ts';
import type { FleetDesk } from './fleet-desk.ts';
import type { Obstacles } from './obstacles.ts';
import type { Happening, Planned } from './schedule.ts';

export interface Disturbed {
  readonly lab: Lab;
  readonly desk: FleetDesk;
  readonly obstacles: Obstacles;
  readonly convergence: Convergence;
  /** Since the soak began. */
  readonly nowMs: () => number;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const retryMs = 2_000;
/** So long a change may wait for a gateway that is away. */
const patienceMs = 5 * minuteMs;
const burstLines = 5_000;
/** Left on a disk that is full. */
const crumbs = 8 * 1024;

type Work = (planned: Planned, signal: AbortSignal) => Promise<void>;

export class Disturbances {
  readonly #of: Disturbed;
  readonly #works: Readonly<Record<Happening, Work>>;

  constructor(of: Disturbed) {
    this.#of = of;
    this.#works = {
      cut: (planned, signal) => this.#cut(planned, signal),
      slow: (planned, signal) => this.#slow(planned, signal),
      reboot: (planned, signal) => this.#reboot(planned, signal),
      'kill-gateway': (planned, signal) => this.#killGateway(planned, signal),
      'fill-disk': (planned, signal) => this.#fillDisk(planned, signal),
      clock: (planned, signal) => this.#clock(planned, signal),
      setting: (_planned, signal) => this.#change('setting', () => this.#of.desk.setting(), signal),
      'good-release': (planned, signal) => this.#goodRelease(planned, signal),
      'bad-release': (_planned, signal) => this.#badRelease(signal),
      tunnel: ({ target }, signal) => this.visit(target, signal),
      logs: planned => this.#logs(planned),
    };
  }

  /** Until it is over, also where the signal ends it early. @returns what did not go as meant */
  async carryOut(planned: Planned, signal: AbortSignal): Promise<string | undefined> {
    try {
      await this.#works[planned.what](planned, signal);
      return undefined;
    } catch (error) {
      return signal.aborted ? undefined : messageOf(error);
    }
  }

  #devicesOf(site: string): string[] {
    return this.#of.lab.site(site).devices.map(({ id }) => id);
  }

  /** Nothing comes to these devices while `work` goes on. */
  async #blocked(devices: readonly string[], work: () => Promise<void>): Promise<void> {
    const { obstacles, nowMs } = this.#of;
    obstacles.block(devices);
    try {
      await work();
    } finally {
      obstacles.free(devices, nowMs());
    }
  }

  async #cut({ target, lastsMs }: Planned, signal: AbortSignal): Promise<void> {
    const { lab } = this.#of;
    await this.#blocked(this.#devicesOf(target), async () => {
      await lab.cut(target, lastsMs);
      await restless(lastsMs, signal);
      await lab.mend(target);
    });
  }

  async #slow({ target, lastsMs, dice }: Planned, signal: AbortSignal): Promise<void> {
    const { lab } = this.#of;
    await lab.slow(target, { delayMs: 100 + dice * 400, loss: dice * 0.03, bitsPerSecond: 1_000_000 });
    await restless(lastsMs, signal);
    await lab.mend(target);
  }

  async #reboot({ target, lastsMs }: Planned, signal: AbortSignal): Promise<void> {
    const { lab } = this.#of;
    await this.#blocked([target], async () => {
      await lab.killDevice(target);
      await restless(lastsMs, signal);
      await lab.startDevice(target);
    });
    await this.visit(target, signal);
  }

  async #killGateway({ target, lastsMs }: Planned, signal: AbortSignal): Promise<void> {
    const { lab } = this.#of;
    const devices = lab.devices.map(({ id }) => id);
    await this.#blocked(devices, async () => {
      await lab.killGateway(target);
      await restless(lastsMs, signal);
      await lab.startGateway(target);
    });
  }

  async #fillDisk({ target, lastsMs }: Planned, signal: AbortSignal): Promise<void> {
    const { lab } = this.#of;
    await this.#blocked([target], async () => {
      await lab.fillDisk(target, crumbs);
      await restless(lastsMs, signal);
      await lab.fillDisk(target);
    });
  }

  async #clock({ target, lastsMs, dice }: Planned, signal: AbortSignal): Promise<void> {
    const { lab } = this.#of;
    await this.#blocked([target], async () => {
      lab.clock(target, (dice * 6 - 3) * hourMs);
      await restless(lastsMs, signal);
      lab.clock(target, 0);
    });
  }

  /** A commit, as soon as the gateway takes it. */
  async #change(change: string, make: () => Promise<string>, signal: AbortSignal): Promise<void> {
    const { convergence, nowMs } = this.#of;
    const commit = await this.#again(make, signal);
    convergence.push({ commit, change, atMs: nowMs() });
  }

  async #again<Value>(work: () => Promise<Value>, signal: AbortSignal): Promise<Value> {
    const deadline = performance.now() + patienceMs;
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (signal.aborted || performance.now() > deadline) throw error;
        await sleep(retryMs);
      }
    }
  }

  async #goodRelease({ dice }: Planned, signal: AbortSignal): Promise<void> {
    const { desk, convergence, nowMs } = this.#of;
    if (dice < 0.5) return this.#change('good-release', () => desk.goodRelease(), signal);
    const { name, commit } = await this.#again(() => desk.beginRollout(), signal);
    convergence.push({ commit, change: 'rollout', atMs: nowMs() });
    for (const step of ['promote', 'finish'] as const)
      await this.#change('rollout', () => desk.walkOn(name, step), signal);
  }

  async #badRelease(signal: AbortSignal): Promise<void> {
    const { desk, convergence } = this.#of;
    await this.#change('bad-release', () => desk.badRelease(), signal);
    const end = performance.now() + patienceMs;
    while (convergence.missing > 0 && performance.now() < end && !signal.aborted) await sleep(retryMs);
    await this.#change('good-again', () => desk.goodAgain(), signal);
  }

  /** In through the tunnel, and out again. @throws where nobody comes in */
  async visit(target: string, signal: AbortSignal): Promise<void> {
    const { desk } = this.#of;
    await this.#change('tunnel', () => desk.tunnel(target, 'open'), signal);
    try {
      await this.#again(() => desk.visit(target, `soak-${Date.now()}`), signal);
    } finally {
      await this.#change('tunnel', () => desk.tunnel(target, 'close'), signal);
    }
  }

  /** A container that says much at once. */
  async #logs({ target }: Planned): Promise<void> {
    const engine = new Docker({ socketPath: this.#of.lab.engineSocket(target) });
    const [found] = (await engine.listContainers()).filter(
      ({ Labels }) => Labels['com.docker.compose.service'] === 'worker',
    );
    if (found === undefined) return;
    const script = `i=0; while [ $i -lt ${burstLines} ]; do echo "burst $i"; i=$((i+1)); done > /proc/1/fd/1`;
    const run = await engine.getContainer(found.Id).exec({ Cmd: ['/bin/sh', '-c', script] });
    await run.start({ Detach: true });
  }
}

/** Until the time is over, or the soak ends. */
async function restless(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
