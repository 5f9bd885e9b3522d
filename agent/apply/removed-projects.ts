/** What comes of projects that the commit does not name any more, and of all where the device is retired. */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { messageOf } from '../../core/errors/cause.ts';
import { namesIn } from '../../core/io/file/durable-file.ts';
import type { ObservedState } from '../../core/plan/observed.ts';
import type { Plan } from '../../core/plan/plan.ts';
import { heldUntil } from '../../core/plan/target.ts';
import { removeTreesExcept } from '../projects/file-trees.ts';
import type { Leftovers } from '../projects/leftovers.ts';
import { backupFolder, type FolderOptions, projectFolders } from '../projects/project-folders.ts';
import { type ProjectOutcome, serviceStatuses, stateWhenSkipped } from './outcome.ts';
import type { ApplyOptions } from './run-plan.ts';
import type { RunResult } from './run-steps.ts';

/** Volumes that were to go and are there: another container holds them. */
function keptVolumes(project: string, { steps }: Plan, { volumes }: ObservedState): string | undefined {
  const there = new Set(volumes.map(({ name }) => name));
  const kept = steps.flatMap(step =>
    step.kind === 'retire-volume' && step.project === project && there.has(step.name) ? [step.name] : [],
  );
  return kept.length === 0
    ? undefined
    : `kept, as another container holds it or another fleet has it: volume ${kept.join(', ')}`;
}

/** Apps that were removed before it, whose data stayed on the disk: it goes with the device's. */
async function withData(folders: FolderOptions): Promise<string[]> {
  const names = await namesIn(path.join(folders.stateDirectory, 'projects'));
  // What is in it may be closed to us, and need not be known.
  const found = await Promise.all(
    names.map(name => namesIn(projectFolders(folders, name).root).catch((): string[] => [])),
  );
  const withFolder = names.filter((name, index) =>
    found[index]?.includes(path.basename(projectFolders(folders, name).data)),
  );
  return [...withFolder, ...(await namesIn(backupFolder(folders)).catch((): string[] => []))];
}

/** On a disk of their own they cannot be set aside among what the state has. */
async function removeBackups({ folders, log }: ApplyOptions, project: string): Promise<void> {
  const folder = path.join(backupFolder(folders), project);
  await rm(folder, { recursive: true, force: true }).catch((error: unknown) =>
    log.warn({ folder, error: messageOf(error) }, 'backups cannot be removed'),
  );
}

interface Ran {
  readonly failures: RunResult['failures'];
  readonly observed: ObservedState;
  readonly leftovers: Leftovers;
}

/** Projects that the commit does not name any more: said once and forgotten, or held back for now. */
export async function removedProjects(
  options: ApplyOptions,
  { failures, observed, leftovers }: Ran,
): Promise<ProjectOutcome[]> {
  const { plan, desired, store, clock, folders } = options;
  const { retired } = desired;
  const wanted = new Set(desired.projects.map(({ name }) => name));
  const names = plan.steps.map(({ project }) => project);
  // Those that a pass removed and was cut off before it could forget them have no steps any more.
  const memory = await store.memory(clock.now());
  const { projects: remembered } = memory;
  const held = new Map(plan.skipped.map(skipped => [skipped.project, skipped]));
  const stopped = retired === 'stop' ? observed.containers.map(({ project }) => project) : [];
  const takesData = retired === 'remove-with-volumes' && heldUntil(memory) === undefined;
  const left = takesData ? await withData(folders) : [];
  const gone = [...new Set([...names, ...held.keys(), ...remembered.keys(), ...stopped, ...left])]
    .filter(name => !wanted.has(name))
    .sort();
  const outcomes: ProjectOutcome[] = [];
  for (const name of gone) {
    const { lastGood } = remembered.get(name) ?? {};
    const app = lastGood?.app ?? name;
    const base = { app, project: name, code: undefined, setAside: undefined };
    const why = held.get(name);
    if (why !== undefined) {
      outcomes.push({
        ...base,
        release: lastGood?.release,
        digest: lastGood?.digest,
        state: stateWhenSkipped[why.why],
        message: why.reason,
        services: serviceStatuses(observed, name),
      });
      continue;
    }
    const failure = failures.get(name);
    if (retired === 'stop') {
      // What it was stays known: the device may come back.
      outcomes.push({
        ...base,
        release: lastGood?.release,
        digest: lastGood?.digest,
        state: failure === undefined ? 'stopped' : 'degraded',
        message: failure === undefined ? undefined : messageOf(failure.error),
        services: serviceStatuses(observed, name),
      });
      continue;
    }
    if (failure === undefined) {
      if (retired === 'remove-with-volumes') {
        await leftovers.setAside(projectFolders(folders, name).data, 'state');
        // Of an app that a device has no more they stay; what goes with its volumes goes from here, too.
        await removeBackups(options, name);
        await store.restores.clear(name);
      }
      // The record last: it is what tells the next pass that there is something to remove.
      await removeTreesExcept(projectFolders(folders, name), new Set(), leftovers);
      await store.forget(name);
    }
    outcomes.push({
      ...base,
      release: undefined,
      digest: undefined,
      state: failure === undefined ? 'removed' : 'degraded',
      message: failure === undefined ? keptVolumes(name, plan, observed) : messageOf(failure.error),
      services: [],
    });
  }
  return outcomes;
}
