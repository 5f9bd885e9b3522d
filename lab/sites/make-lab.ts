/** `towline lab up`: a lab from nothing. Where a step fails or is stopped, nothing of it is left. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errnoOf } from '../../core/errors/cause.ts';
import { TowlineError } from '../../core/errors.ts';
import type { LabFile } from '../../schemas/types.generated.ts';
import { loadFirewall } from './firewall.ts';
import { identityPart } from './identity.ts';
import { Lab } from './lab.ts';
import { type Booted, bootLab } from './lab-boot.ts';
import { assertMachine } from './lab-machine.ts';
import { defaultFolder, LabPlaces } from './lab-places.ts';
import { type LabPlan, planLab, ports, reachableDevices } from './lab-plan.ts';
import { claimName, knownProcess, type LabState, releaseName, writeState } from './lab-state.ts';
import { hostsFile, makeNetworks } from './network.ts';
import { type FleetMaker, newFleet } from './new-fleet.ts';
import { linkAgentPackage } from './programs/agent-package.ts';
import {
  agentPart,
  enginePart,
  gatewayPart,
  proxyPart,
  registryPart,
  sshdPart,
} from './programs/lab-programs.ts';
import { helloImages, type SeededImage } from './programs/seeded-images.ts';
import { sweep } from './sweep.ts';

export interface LabOptions {
  readonly name: string;
  readonly file: LabFile;
  /** Where all of it lies; it must not be there. Default: /var/lib/towline-lab/NAME */
  readonly folder?: string;
  /** Puts a fleet into it. Default: a new one, with an app `hello`. */
  readonly makeFleet?: FleetMaker;
  /** Of the registry. Default: those of `hello`. */
  readonly images?: readonly SeededImage[];
  /** Whether what was begun stays where a step fails: for who wants to look. */
  readonly keep?: boolean;
  /** Told what is being done, in a few words. */
  readonly progress?: (line: string) => void;
}

const statusTimeoutMs = 300_000;
const lookMs = 500;
const shownBytes = 4096;

/**
 * @throws TowlineError LAB_MACHINE, LAB_EXISTS, LAB_STEP, CLI_USAGE; the signal's reason
 */
export async function makeLab(options: LabOptions, signal: AbortSignal): Promise<Lab> {
  const { name, file, keep = false } = options;
  const plan = planLab(file);
  assertMachine(plan);
  const folder = path.resolve(options.folder ?? defaultFolder(name));
  if (!plainFolder.test(folder))
    throw new TowlineError('CLI_USAGE', `--folder ${folder}: letters, digits and ./_+@- alone`);
  claimName(name);
  claimFolder(name, folder);
  try {
    return await make({ ...options, folder }, plan, signal);
  } catch (error) {
    if (!keep) await sweep(name);
    throw error;
  }
}

/** Scripts, settings of sshd and ssh, and lists of paths name what lies in it. */
const plainFolder = /^[A-Za-z0-9/._+@-]{1,200}$/;

/** It is ours alone, or another's: what is taken away later is what was made here. @throws TowlineError LAB_EXISTS, LAB_STEP */
function claimFolder(name: string, folder: string): void {
  let at = path.dirname(folder);
  try {
    mkdirSync(at, { recursive: true });
    at = folder;
    mkdirSync(at);
  } catch (cause) {
    releaseName(name);
    if (errnoOf(cause) === 'EEXIST')
      throw new TowlineError('LAB_EXISTS', `${at} is there already`, { cause });
    throw new TowlineError('LAB_STEP', `${at} cannot be made: ${errnoOf(cause) ?? 'unknown'}`, { cause });
  }
}

type Whole = LabOptions & { readonly folder: string };

async function make(options: Whole, plan: LabPlan, signal: AbortSignal): Promise<Lab> {
  const { name, folder, file, progress = () => {}, makeFleet = newFleet } = options;
  const maker = knownProcess(process.pid);
  const state: LabState = {
    ...{ name, folder, file, maker },
    ...{ phase: 'making', madeAt: new Date().toISOString() },
  };
  await writeState(state);
  const places = new LabPlaces(name, folder);
  layOut(places, plan);
  progress('networks');
  const booted = await bootLab(places, signal);
  const init = knownProcess(booted.init);
  await writeState({ ...state, init });
  await makeNetworks({ ...booted, places, plan, signal });
  await mountDisks(booted, places, plan, signal);
  const lab = new Lab({ name, folder, file, init: booted.init });
  lab.desk.setUp();
  progress('registry and engines');
  await startShared(lab, options.images ?? helloImages, signal);
  progress('a fleet: keys, gateways, devices, a signed commit');
  await makeFleet(lab, signal);
  if (plan.firewall) {
    progress('firewall rules');
    await loadFirewall(lab, { signal });
  }
  progress('gateways');
  await startGateways(lab, signal);
  progress('devices');
  await startDevices(lab, signal);
  await saidByAll(lab, signal);
  await writeState({ ...state, init, phase: 'up' });
  return lab;
}

/** What lies on the disk before anything runs. */
function layOut(places: LabPlaces, plan: LabPlan): void {
  const { folder } = places;
  for (const part of ['networks', 'logs', 'gateways', 'devices', 'engines', 'registry', 'tmp'])
    mkdirSync(path.join(folder, part), { recursive: true, mode: 0o755 });
  linkAgentPackage(places.package);
  writeFileSync(path.join(folder, 'hosts'), hostsFile(plan));
  // Nobody is asked: what has no name in the lab has none.
  writeFileSync(path.join(folder, 'resolv.conf'), 'nameserver 127.0.0.1\noptions attempts:1 timeout:1\n');
  for (const { id } of plan.sites.flatMap(({ devices }) => devices)) {
    mkdirSync(places.deviceState(id), { recursive: true, mode: 0o700 });
    writeFileSync(places.deviceClock(id), '+0\n');
  }
}

/** The state of each device lies on a disk of its own, which is small. */
async function mountDisks(
  { entered }: Booted,
  places: LabPlaces,
  plan: LabPlan,
  signal: AbortSignal,
): Promise<void> {
  const lines = plan.sites.flatMap(({ devices, diskBytes }) =>
    devices.map(({ id }) => `mount -t tmpfs -o mode=700,size=${diskBytes} ${id} ${places.deviceState(id)}`),
  );
  await entered.run('internet', ['sh', '-e'], { input: lines.join('\n'), signal });
}

/** Waits until somebody listens there. @throws TowlineError LAB_STEP */
async function listens(lab: Lab, part: string, port: number, signal: AbortSignal): Promise<void> {
  const asked = `ss -Hltn 'sport = :${port}' | grep -q .`;
  const waiting = `timeout 60 sh -c "until ${asked}; do sleep 0.05; done"`;
  const { code } = await lab.exec(part, ['sh', '-c', waiting], { signal });
  if (code === 0) return;
  const said = readFileSync(lab.places.log(part), 'utf8').slice(-shownBytes);
  throw new TowlineError('LAB_STEP', `${part} does not listen:\n${said}`);
}

async function startShared(lab: Lab, images: readonly SeededImage[], signal: AbortSignal): Promise<void> {
  const { places, plan } = lab;
  await lab.order({ verb: 'run', part: registryPart(places, plan, images) }, signal);
  if (plan.identity !== undefined)
    await lab.order({ verb: 'run', part: identityPart(places, plan.identity) }, signal);
  for (const site of plan.sites) {
    if (site.proxy) await lab.order({ verb: 'run', part: proxyPart(places, site) }, signal);
    const engines = site.engine === 'own' ? site.devices.map(({ id }) => id) : [`${site.name}-engine`];
    for (const name of engines)
      await lab.order({ verb: 'run', part: enginePart(places, name, site) }, signal);
  }
  await listens(lab, 'registry', ports.registry, signal);
  if (plan.identity !== undefined) await listens(lab, plan.identity.name, ports.identity, signal);
}

async function startGateways(lab: Lab, signal: AbortSignal): Promise<void> {
  const { desk, plan, places } = lab;
  for (const { name } of plan.gateways)
    await lab.order({ verb: 'run', part: gatewayPart(places, name) }, signal);
  for (const { name } of plan.gateways)
    for (const port of [ports.devices, ports.people]) await listens(lab, name, port, signal);
  await desk.run('git', ['push', '--quiet'], { signal });
}

async function startDevices(lab: Lab, signal: AbortSignal): Promise<void> {
  const { desk, devices, places } = lab;
  for (const device of devices) {
    await lab.order({ verb: 'run', part: sshdPart(places, device, `${desk.key}.pub`) }, signal);
    await lab.order({ verb: 'run', part: agentPart(places, device) }, signal);
  }
}

/** Until each device has said that it follows main. @throws TowlineError LAB_STEP with those that have not */
async function saidByAll({ desk, devices, plan, telemetry }: Lab, signal: AbortSignal): Promise<void> {
  const head = (await desk.run('git', ['rev-parse', 'HEAD'], { signal })).trim();
  const deadline = performance.now() + statusTimeoutMs;
  const silent = new Set(devices.map(({ id }) => id));
  for (;;) {
    await telemetry.fetch(signal);
    for (const id of silent) if ((await telemetry.status(id))?.trusted.commit === head) silent.delete(id);
    // Behind an uplink that lab.yaml has down now, nobody can say anything.
    if (!reachableDevices(plan, Date.now()).some(({ id }) => silent.has(id))) return;
    if (performance.now() > deadline) break;
    await sleep(lookMs, undefined, { signal });
  }
  throw new TowlineError('LAB_STEP', `devices have said nothing: ${[...silent].join(', ')}`);
}
