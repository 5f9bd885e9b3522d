/** One part of a soak: a lab, what happens in it, and what is written down, until the time is over or somebody has enough. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../core/errors/cause.ts';
import type { Lab } from '../../lab/sites/lab.ts';
import { parseLabFile } from '../../lab/sites/lab-file.ts';
import { makeLab } from '../../lab/sites/make-lab.ts';
import { machineFacts } from '../machine.ts';
import { Convergence } from './convergence.ts';
import { Disturbances } from './disturbances.ts';
import { FleetDesk } from './fleet-desk.ts';
import { Obstacles } from './obstacles.ts';
import { SoakRecord } from './record.ts';
import { writeReport } from './report.ts';
import { Sampler } from './sampler.ts';
import { type SoakPlaces, schedule } from './schedule.ts';

export interface SoakOptions {
  readonly durationMs: number;
  readonly seed: number;
  readonly devices: number;
  /** Of the report, and of what was recorded: `record.ndjson`. */
  readonly folder: string;
  readonly name: string;
  readonly say: (line: string) => void;
  /** At the end nobody is waited for. */
  readonly hurry: AbortSignal;
}

const minuteMs = 60_000;
const lookMs = 3_000;
const sampleMs = 20_000;
const reportMs = 10 * minuteMs;
/** Until devices are calm, at the end. */
const calmMs = 10 * minuteMs;

/** Three kinds of places: engines of their own, one that is shared, and a slow way with a proxy. */
export function soakLab(devices: number): string {
  const [own, slow] = [Math.ceil(devices / 3), Math.ceil((devices - Math.ceil(devices / 3)) / 2)];
  const shared = devices - own - slow;
  const sites = [
    `  north: { devices: ${own}, engine: own }`,
    ...(slow > 0
      ? [
          `  east: { devices: ${slow}, engine: shared, proxy: http, uplink: { delay: 60ms, loss: 0.5%, rate: 4mbit } }`,
        ]
      : []),
    ...(shared > 0 ? [`  south: { devices: ${shared}, engine: shared, uplink: { delay: 20ms } }`] : []),
  ];
  return `apiVersion: towline/v1\npoll: "*/10 * * * * *"\nsites:\n${sites.join('\n')}\n`;
}

const placesOf = (lab: Lab): SoakPlaces => ({
  sites: lab.plan.sites.map(({ name }) => name),
  devices: lab.devices.map(({ id }) => id),
  steady: new Set(lab.plan.sites.flatMap(({ devices }) => devices.slice(0, 1).map(({ id }) => id))),
  gateways: lab.plan.gateways.map(({ name }) => name),
});

class SoakPart {
  readonly #options: SoakOptions;
  readonly #record: SoakRecord;
  readonly #lab: Lab;
  readonly #desk: FleetDesk;
  readonly #obstacles: Obstacles;
  readonly #convergence: Convergence;
  readonly #sampler: Sampler;
  readonly #beganMs = performance.now();
  readonly #offsetMs: number;
  readonly #seed: number;
  readonly #going = new Set<Promise<void>>();

  constructor(options: SoakOptions, record: SoakRecord, lab: Lab) {
    this.#options = options;
    this.#record = record;
    this.#lab = lab;
    this.#offsetMs = record.lastMs;
    const part = record.of('part').length;
    this.#seed = options.seed + part;
    this.#desk = new FleetDesk(lab);
    const devices = lab.devices.map(({ id }) => id);
    this.#obstacles = new Obstacles(devices);
    this.#convergence = new Convergence(devices, this.#obstacles);
    this.#sampler = new Sampler(lab, part);
  }

  readonly #nowMs = (): number => this.#offsetMs + performance.now() - this.#beganMs;

  async run(signal: AbortSignal): Promise<void> {
    const { durationMs, devices } = this.#options;
    const machine = Object.fromEntries(machineFacts());
    const clock = new Date().toISOString();
    this.#record.add({ kind: 'part', atMs: this.#nowMs(), seed: this.#seed, devices, clock, machine });
    const commit = await this.#desk.makeReleases();
    this.#convergence.push({ commit, change: 'releases', atMs: this.#nowMs() });
    const ending = AbortSignal.any([signal, AbortSignal.timeout(durationMs)]);
    const watching = new AbortController();
    const watch = Promise.all([this.#watch(watching.signal), this.#sample(watching.signal)]);
    await this.#disturb(ending);
    await Promise.all(this.#going);
    this.#options.say('it ends: devices are left alone until all of them have answered');
    await this.#calm();
    watching.abort();
    await watch;
    await this.#end();
  }

  /** Whatever the schedule says, until it is time. */
  async #disturb(signal: AbortSignal): Promise<void> {
    const { lab, desk, obstacles, convergence } = {
      ...{ lab: this.#lab, desk: this.#desk, obstacles: this.#obstacles, convergence: this.#convergence },
    };
    const disturbances = new Disturbances({ lab, desk, obstacles, convergence, nowMs: this.#nowMs });
    // What is loaded when somebody first comes in belongs to the beginning of a life.
    for (const { id } of lab.devices)
      await disturbances.visit(id, signal).catch((error: unknown) => this.#options.say(messageOf(error)));
    const paceMs = Math.min(30_000, this.#options.durationMs / 15);
    // Each part goes on where the one before ended, and does something else.
    const pace = { seed: this.#seed, fromMs: this.#nowMs(), paceMs };
    for (const planned of schedule(placesOf(lab), pace)) {
      const wait = planned.atMs - this.#nowMs();
      await sleep(Math.max(0, wait), undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      const atMs = this.#nowMs();
      const { what, target, lastsMs } = planned;
      const going = disturbances.carryOut(planned, signal).then(trouble => {
        this.#record.add({
          kind: 'happened',
          atMs,
          what,
          target,
          lastsMs,
          ...(trouble === undefined ? {} : { trouble }),
        });
        this.#going.delete(going);
      });
      this.#going.add(going);
    }
  }

  /** What devices say, again and again. */
  async #watch(signal: AbortSignal): Promise<void> {
    let reportedMs = performance.now();
    while (!signal.aborted) {
      await this.#look(signal).catch((error: unknown) => {
        if (!signal.aborted) this.#options.say(`look: ${messageOf(error).slice(0, 300)}`);
      });
      if (performance.now() - reportedMs > reportMs) {
        reportedMs = performance.now();
        writeReport(this.#options.folder, this.#record.entries);
      }
      await sleep(lookMs, undefined, { signal }).catch(() => undefined);
    }
  }

  async #look(signal: AbortSignal): Promise<void> {
    for (const [device, detail] of await this.#desk.fetch(signal))
      this.#record.add({ kind: 'lost', atMs: this.#nowMs(), what: 'telemetry', device, detail });
    for (const { id } of this.#lab.devices) {
      if (!this.#convergence.isBehind(id)) continue;
      const said = await this.#desk.said(id);
      if (said === undefined) continue;
      for (const converged of this.#convergence.heard(id, said, this.#nowMs())) this.#record.add(converged);
    }
    for (const lost of this.#convergence.givenUp(this.#nowMs())) this.#record.add(lost);
  }

  async #sample(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const samples = await this.#sampler.sample(this.#nowMs()).catch((error: unknown) => {
        this.#options.say(`sample: ${messageOf(error).slice(0, 300)}`);
        return [];
      });
      for (const sample of samples) this.#record.add(sample);
      await sleep(sampleMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Nothing is in anybody's way any more, and one commit more goes to all. */
  async #calm(): Promise<void> {
    const { hurry } = this.#options;
    for (const { name } of this.#lab.plan.sites) await this.#lab.mend(name);
    const end = performance.now() + calmMs;
    // A gateway that was just started again listens a moment later.
    for (;;) {
      const commit = await this.#desk.setting().catch(async (error: unknown) => {
        if (hurry.aborted || performance.now() > end) throw error;
        await sleep(lookMs);
      });
      if (commit === undefined) continue;
      this.#convergence.push({ commit, change: 'setting', atMs: this.#nowMs() });
      break;
    }
    while (this.#convergence.missing > 0 && performance.now() < end && !hurry.aborted) await sleep(lookMs);
  }

  async #end(): Promise<void> {
    const devices = this.#lab.devices.map(({ id }) => id);
    for (const device of devices)
      this.#record.add({
        kind: 'kept',
        atMs: this.#nowMs(),
        device,
        commits: await this.#desk.commits(device),
      });
    // Who is in a hurry has not waited for anybody.
    if (this.#options.hurry.aborted && this.#convergence.missing > 0) return;
    const silent = devices.filter(device => this.#convergence.isBehind(device));
    this.#record.add({ kind: 'end', atMs: this.#nowMs(), silent });
  }
}

/** @returns what this part and those before come to */
export async function soakInLab(options: SoakOptions, signal: AbortSignal) {
  const { folder, name, devices, say } = options;
  mkdirSync(folder, { recursive: true });
  const record = new SoakRecord(path.join(folder, 'record.ndjson'));
  const file = parseLabFile('lab.yaml', Buffer.from(soakLab(devices)));
  const lab = await makeLab({ name, file, progress: say }, signal);
  try {
    say(`the lab ${name} is up: ${devices} devices`);
    await new SoakPart(options, record, lab).run(signal);
  } finally {
    writeReport(folder, record.entries);
    await lab.down();
  }
  return writeReport(folder, record.entries);
}
