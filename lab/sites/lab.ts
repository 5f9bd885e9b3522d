/** A fleet on one machine that is built like production, while it is there: looked at, disturbed, entered. Of demo, tests and soaks, too. */
import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { statfsSync, writeFileSync } from 'node:fs';
import { TowlineError } from '../../core/errors.ts';
import { Desk } from './desk.ts';
import { Entered, type EnteredOptions, type EnteredResult } from './entered.ts';
import { type KeeperOrder, type KeeperState, keeperState, orderKeeper } from './keeper/keeper-order.ts';
import { keeperEnvironment } from './lab-boot.ts';
import { inside, LabPlaces } from './lab-places.ts';
import {
  type DevicePlan,
  type HostPlan,
  type LabPlan,
  type LinkQuality,
  planLab,
  type SitePlan,
} from './lab-plan.ts';
import { isAlive, type LabState, readState } from './lab-state.ts';
import { clockEnvironment, clockText } from './programs/device-clock.ts';
import { engineOf } from './programs/lab-programs.ts';
import { sweep } from './sweep.ts';
import { Telemetry } from './telemetry.ts';

/** What a lab is made of. */
export type LabParts = Pick<LabState, 'name' | 'folder' | 'file'> & {
  /** First process of the lab, as this machine counts. */
  readonly init: number;
};

export class Lab {
  readonly name: string;
  readonly places: LabPlaces;
  readonly plan: LabPlan;
  readonly desk: Desk;
  readonly telemetry: Telemetry;
  readonly #entered: Entered;

  constructor({ name, folder, file, init }: LabParts) {
    this.name = name;
    this.places = new LabPlaces(name, folder);
    this.plan = planLab(file);
    this.#entered = new Entered(init, this.places);
    this.desk = new Desk(this.#entered, this.places);
    this.telemetry = new Telemetry(this.desk, this.plan.gateways);
  }

  /** @throws TowlineError LAB_UNKNOWN where there is none of that name, or its processes have gone */
  static open(name: string): Lab {
    const state = readState(name);
    if (state === undefined) throw new TowlineError('LAB_UNKNOWN', `there is no lab ${name}`);
    if (state.init === undefined || !isAlive(state.init))
      throw new TowlineError(
        'LAB_UNKNOWN',
        `the lab ${name} was cut off: \`towline lab down --name ${name}\``,
      );
    return new Lab({ ...state, init: state.init.pid });
  }

  /** A path inside of the lab, as it is reached from this machine: sockets, the disks of devices. */
  path(within: string): string {
    return this.#entered.path(within);
  }

  /** Socket of the engine on which a device runs its apps, as it is reached from this machine. */
  engineSocket(id: string): string {
    const device = this.device(id);
    return this.path(inside.engineSocket(engineOf(this.site(device.site), device)));
  }

  /** @throws TowlineError LAB_NO_SUCH_PART */
  site(name: string): SitePlan {
    return this.#known('site', name, this.plan.sites, site => site.name);
  }

  /** @throws TowlineError LAB_NO_SUCH_PART */
  device(id: string): DevicePlan {
    return this.#known('device', id, this.devices, device => device.id);
  }

  /** @throws TowlineError LAB_NO_SUCH_PART */
  gateway(name: string): HostPlan {
    return this.#known('gateway', name, this.plan.gateways, gateway => gateway.name);
  }

  get devices(): readonly DevicePlan[] {
    return this.plan.sites.flatMap(({ devices }) => devices);
  }

  #known<Part>(kind: string, name: string, all: readonly Part[], nameOf: (part: Part) => string): Part {
    const found = all.find(part => nameOf(part) === name);
    if (found !== undefined) return found;
    const there = all.map(nameOf).join(', ');
    throw new TowlineError('LAB_NO_SUCH_PART', `the lab ${this.name} has no ${kind} ${name}: ${there}`);
  }

  /** Tells the keeper. @returns what holds afterwards. @throws TowlineError LAB_UNKNOWN, LAB_STEP */
  async order(order: KeeperOrder, signal?: AbortSignal): Promise<KeeperState> {
    return keeperState(await orderKeeper(this.path(inside.keeper), order, signal));
  }

  status(): Promise<KeeperState> {
    return this.order({ verb: 'status' });
  }

  /** Nothing comes through any more, and nobody is told. @param forMs until it is mended by itself; undefined: by `mend` */
  async cut(site: string, forMs?: number): Promise<void> {
    const untilMs = forMs === undefined ? null : Date.now() + forMs;
    await this.order({ verb: 'cut', site: this.site(site).name, untilMs });
  }

  /** As lab.yaml has it. */
  async mend(site: string): Promise<void> {
    await this.order({ verb: 'mend', site: this.site(site).name });
  }

  /** Until it is mended. */
  async slow(site: string, quality: LinkQuality): Promise<void> {
    await this.order({ verb: 'quality', site: this.site(site).name, quality });
  }

  /** What the device's programs take for the time of day, from a second later on. @param offsetMs ahead of this machine */
  clock(device: string, offsetMs: number): void {
    writeFileSync(this.places.deviceClock(this.device(device).id), clockText(offsetMs));
  }

  /** SIGKILL; it stays away until it is started. */
  async killGateway(name: string): Promise<void> {
    await this.order({ verb: 'kill', name: this.gateway(name).name });
  }

  async startGateway(name: string): Promise<void> {
    await this.order({ verb: 'start', name: this.gateway(name).name });
  }

  /** The power goes: its agent, its sshd, and where it has an engine of its own, that with all containers. */
  async killDevice(id: string): Promise<void> {
    for (const name of this.#partsOf(id)) await this.order({ verb: 'kill', name });
  }

  async startDevice(id: string): Promise<void> {
    for (const name of this.#partsOf(id).reverse()) await this.order({ verb: 'start', name });
  }

  #partsOf(id: string): string[] {
    const isOwn = this.site(this.device(id).site).engine === 'own';
    return [id, `${id}-sshd`, ...(isOwn ? [`${id}-dockerd`] : [])];
  }

  /** Leaves so much room on the disk of a device's state. @param freeBytes undefined: as much as there was at first */
  async fillDisk(id: string, freeBytes?: number): Promise<void> {
    const { site } = this.device(id);
    const folder = this.places.deviceState(id);
    const { blocks, bfree, bsize } = statfsSync(this.path(folder));
    const whole = this.site(site).diskBytes;
    const size = freeBytes === undefined ? whole : Math.min(whole, (blocks - bfree) * bsize + freeBytes);
    // A disk of no size would have no bounds.
    const bytes = Math.max(size, bsize);
    await this.#entered.run('internet', ['mount', '-o', `remount,size=${bytes}`, folder]);
  }

  /** Bytes that are free on the disk of a device's state. */
  diskFree(id: string): number {
    const { bavail, bsize } = statfsSync(this.path(this.places.deviceState(id)));
    return bavail * bsize;
  }

  /** Where and with which variables a command runs at a part. */
  #at(part: string): { readonly directory: string; readonly environment: NodeJS.ProcessEnv } {
    if (part === 'desk') return { directory: this.desk.directory, environment: this.desk.environment };
    this.#partNamed(part);
    const environment = { ...keeperEnvironment(), TERM: process.env.TERM ?? 'dumb' };
    if (!this.devices.some(({ id }) => id === part)) return { directory: '/', environment };
    const { site } = this.device(part);
    const socket = inside.engineSocket(engineOf(this.site(site), this.device(part)));
    const clock = clockEnvironment(this.places.deviceClock(part));
    return { directory: '/', environment: { ...environment, ...clock, DOCKER_HOST: `unix://${socket}` } };
  }

  #partNamed(name: string): string {
    const { gateways, registry, identity, sites } = this.plan;
    const hosts = [...gateways, registry, ...(identity === undefined ? [] : [identity]), ...sites];
    const all = ['internet', ...hosts.map(host => host.name), ...this.devices.map(({ id }) => id)];
    return this.#known('part', name, all, one => one);
  }

  /**
   * Runs a command at a part and gives what it said, whatever its exit status.
   * @param part a device, a gateway, a site (its router), `desk`, `registry`, `internet`
   * @throws TowlineError LAB_NO_SUCH_PART
   */
  exec(part: string, command: readonly string[], options: EnteredOptions = {}): Promise<EnteredResult> {
    const { environment, directory } = this.#at(part);
    const more = { ...environment, ...options.environment };
    return this.#entered.try(part, command, { directory, ...options, environment: more });
  }

  /** The same for who sits at a terminal. */
  spawn(part: string, command: readonly string[], options: SpawnOptions): ChildProcess {
    return this.#entered.spawn(part, command, { ...options, ...this.#at(part) });
  }

  /** Ends and removes all of it. */
  async down(): Promise<void> {
    await sweep(this.name);
  }
}
