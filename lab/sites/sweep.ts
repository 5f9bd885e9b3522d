/** Takes all of a lab away, whatever state it is in: its first process, and the kernel takes the rest; then what is on the disk. */
import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TowlineError } from '../../core/errors.ts';
import { isGone, killAll, processesWhere } from '../machine/processes.ts';
import { defaultFolder, isFirstOf, runFolder, stateFolder } from './lab-places.ts';
import { isAlive, knownProcess, readState } from './lab-state.ts';

const cgroups = '/sys/fs/cgroup';
/** The kernel ends hundreds of processes, and writes back what they had mapped. */
const mostMs = 60_000;
const waitMs = 20;

/** Name of the control group below which all containers of a lab are. */
export const cgroupOf = (name: string): string => `towline-lab-${name}`;

async function until(what: string, holds: () => boolean): Promise<void> {
  const deadline = performance.now() + mostMs;
  while (!holds()) {
    if (performance.now() > deadline) throw new TowlineError('LAB_LEFT', what);
    await sleep(waitMs);
  }
}

/** Whoever still makes this lab would make what is removed here. */
async function stopMaker(name: string): Promise<void> {
  const maker = readState(name)?.maker;
  if (maker === undefined || maker.pid === process.pid || !isAlive(maker)) return;
  if (readState(name)?.phase !== 'making') return;
  killAll([maker.pid]);
  await until(`\`lab up\` of ${name} does not end`, () => isGone(maker.pid) || !isAlive(maker));
}

const firstProcesses = (name: string): number[] => processesWhere(words => isFirstOf(name, words));

/** Without its first process the kernel ends all others, and all namespaces, mounts and links go with the last of them. */
async function endProcesses(name: string): Promise<void> {
  const seen = new Map(firstProcesses(name).map(pid => [pid, knownProcess(pid)]));
  for (let tries = 0; tries < 1000; tries++) {
    const marked = firstProcesses(name);
    for (const pid of marked) seen.set(pid, knownProcess(pid));
    if (marked.length === 0) break;
    killAll(marked);
    await sleep(waitMs);
  }
  // The first process of a lab is there until all others have gone.
  const left = () => [...seen.values()].filter(known => isAlive(known) && !isGone(known.pid));
  await until(`processes of ${name} do not end`, () => left().length === 0);
}

function emptyGroups(folder: string): boolean {
  if (!existsSync(folder)) return true;
  try {
    for (const entry of readdirSync(folder, { withFileTypes: true }))
      if (entry.isDirectory()) emptyGroups(path.join(folder, entry.name));
    rmdirSync(folder);
    return true;
  } catch {
    // A process of it is still being ended.
    return false;
  }
}

/** With version 1 each controller has a tree of its own. */
function groupsOf(name: string): string[] {
  const trees = [cgroups, ...list(cgroups).map(tree => path.join(cgroups, tree))];
  return trees.map(tree => path.join(tree, cgroupOf(name))).filter(folder => existsSync(folder));
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Another lab is there.
  }
}

/**
 * Harmless where nothing is left.
 * @returns whether there was anything
 * @throws TowlineError LAB_LEFT with what does not go
 */
export async function sweep(name: string): Promise<boolean> {
  await stopMaker(name);
  const folder = readState(name)?.folder ?? defaultFolder(name);
  const was = existsSync(stateFolder(name)) || existsSync(folder) || firstProcesses(name).length > 0;
  await endProcesses(name);
  await until(`control groups of ${name} are still used`, () => groupsOf(name).every(emptyGroups));
  await removeFolder(folder);
  removeIfEmpty(path.dirname(defaultFolder(name)));
  // Last: as long as it is there, something may be left.
  rmSync(stateFolder(name), { recursive: true, force: true });
  removeIfEmpty(runFolder);
  return was;
}

async function removeFolder(folder: string): Promise<void> {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  } catch (cause) {
    throw new TowlineError('LAB_LEFT', `${folder} cannot be removed`, { cause });
  }
}
