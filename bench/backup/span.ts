/** From when something is there until something else is: time, CPU of agent and containers, and the most memory of both. */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { waitUntil } from '../../lab/fleet/wait-until.ts';
import { cpuSeconds, residentBytes } from '../simulator/process-tree.ts';
import type { KeptFleet } from './kept-fleet.ts';

const lookMs = 20;
const sampleMs = 100;
const longestMs = 1_800_000;
const unfinished = '.part';

export interface Span {
  readonly seconds: number;
  readonly cpuMs: number;
  /** Resident set of the agent, with what the containers have for themselves (RssAnon), bytes. */
  readonly peakBytes: number;
}

/** What the processes of a group have for themselves: the kernel's copies of files are not theirs. */
function privateBytes(folder: string): number {
  let bytes = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) bytes += privateBytes(`${folder}/${entry.name}`);
  for (const pid of readFileSync(`${folder}/cgroup.procs`, 'utf8').split('\n').filter(Boolean)) {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    bytes += Number(/^RssAnon:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
  }
  return bytes;
}

/** @param is whether it has begun, then whether it is over; asked often */
export async function spanOf(
  { agent, group, rig, signal }: KeptFleet,
  is: Readonly<Record<'begun' | 'over', () => boolean>>,
): Promise<Span> {
  const until = (what: 'begun' | 'over') =>
    waitUntil(`a backup to be ${what}`, () => is[what]() || undefined, {
      ...{ timeoutMs: longestMs, intervalMs: lookMs, signal },
      seen: () => rig.devices[0]?.program.lastWords(),
    });
  const spent = () => (cpuSeconds(agent) + group.seconds()) * 1000;
  await until('begun');
  const [before, beganMs] = [spent(), performance.now()];
  let peakBytes = 0;
  const over = new AbortController();
  const sample = async (): Promise<void> => {
    while (!over.signal.aborted) {
      // A process may end while it is looked at.
      try {
        peakBytes = Math.max(peakBytes, residentBytes(agent) + privateBytes(group.folder));
      } catch {}
      await wait(sampleMs, undefined, { signal: over.signal }).catch(() => undefined);
    }
  };
  const sampling = sample();
  await until('over');
  const span = { seconds: (performance.now() - beganMs) / 1000, cpuMs: spent() - before };
  over.abort();
  await sampling;
  return { ...span, peakBytes };
}

/** Changes the app, and waits for the backup that is made before: from its folder to its name. */
export async function nextBackup(fleet: KeptFleet): Promise<Span & { readonly name: string }> {
  const seen = new Set(namesIn(fleet.backups));
  let name = '';
  const begun = (): boolean => {
    const found = namesIn(fleet.backups).find(one => one.endsWith(unfinished) && !seen.has(one));
    name = found?.slice(0, -unfinished.length) ?? '';
    return found !== undefined;
  };
  const over = (): boolean => namesIn(fleet.backups).includes(name);
  const [span] = await Promise.all([spanOf(fleet, { begun, over }), fleet.change()]);
  return { ...span, name };
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
