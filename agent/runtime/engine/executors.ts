/** One executor for each kind of step: a missing one does not compile. */

import { TowlineError } from '../../../core/errors.ts';
import { TimeLimit } from '../../../core/io/time-limit.ts';
import { label, resourceLabels } from '../../../core/plan/container/labels.ts';
import { projectPath, projectTrees } from '../../../core/plan/project-files.ts';
import type { EngineStep, StepOf } from '../../../core/plan/step.ts';
import { writeTree } from '../../projects/file-trees.ts';
import { projectFolders } from '../../projects/project-folders.ts';
import type { RunStep } from '../runtime.ts';
import { backUp, backupHook, checkRoom, dataOf } from './backup-executors.ts';
import {
  removeContainer,
  renameContainer,
  startContainer,
  stopContainer,
  unpauseContainer,
} from './container-steps.ts';
import { isOurs } from './containers.ts';
import { createContainer } from './create-container.ts';
import { volumeDetails } from './engine-answers.ts';
import { throughGateway } from './gateway-pull.ts';
import { takeNames, takeRestart } from './handover.ts';
import { runHooks } from './hooks.ts';
import { pullImage } from './image-pull.ts';
import { putAside, putBack } from './kept-container.ts';
import { connectNetwork, createNetwork, disconnectNetwork, removeNetwork } from './network-steps.ts';
import { namedIfFull, namedIfStale } from './refusals.ts';
import { retireVolume } from './retire-volume.ts';
import { containerOf, type RunContext, targetOf } from './run-context.ts';
import { waitCondition, waitHealthy } from './service-health.ts';
import { waitReady } from './wait-ready.ts';

/** No update waits longer for the last lines of what it replaces, milliseconds. */
const longestDrainMs = 3_000;

type Steps = { [Kind in EngineStep['kind']]: StepOf<Kind> };

export type Executors = {
  readonly [Kind in EngineStep['kind']]: (
    step: Steps[Kind],
    context: RunContext,
    signal: AbortSignal,
  ) => Promise<void>;
};

async function createVolume(
  step: StepOf<'create-volume'>,
  context: RunContext,
  signal: AbortSignal,
): Promise<void> {
  const project = targetOf(context, step.project);
  const volume = project.model.volumes?.[step.volume] ?? {};
  const options = { ...volume.driver_opts };
  const below = projectPath(options.device ?? '');
  if (below !== undefined) options.device = `${projectFolders(context.folders, project.name).data}/${below}`;
  const body = {
    Name: step.name,
    Driver: volume.driver ?? '',
    DriverOpts: options,
    Labels: resourceLabels(context.owner, project, 'volume', step.volume),
  };
  await context.engine.call({ method: 'POST', path: '/volumes/create', body }, signal);
}

/** Data is lost here: what it is now is looked at once more, since the snapshot may be old. */
async function removeVolume(
  step: StepOf<'remove-volume' | 'remove-aside'>,
  { engine, owner }: RunContext,
  signal: AbortSignal,
): Promise<void> {
  const path = `/volumes/${encodeURIComponent(step.name)}`;
  const { Labels } = await engine.call({ method: 'GET', path, answer: volumeDetails }, signal);
  if (!isOurs(Labels, owner.device) || Labels?.[label.project] !== step.project)
    throw new TowlineError('ENGINE_STALE', `volume ${step.name} is another one now`);
  await engine.call({ method: 'DELETE', path }, signal);
}

/** Of a project that goes as a whole all are noted at once. */
function stoppedWith(step: StepOf<'stop-container'>, context: RunContext): string[] {
  if (context.plan.targets.has(step.project)) return [step.container];
  return context.plan.steps.flatMap(other =>
    other.kind === 'stop-container' && other.project === step.project ? [other.container] : [],
  );
}

export const executors: Executors = {
  'pull-image': (step, context, signal) => {
    const service = targetOf(context, step.project).model.services[step.service] ?? {};
    const { project, image } = step;
    const through = throughGateway(context, step);
    return pullImage(context, { project, image, platform: service.platform, through }, signal);
  },
  'check-room': checkRoom,
  'backup-hook': backupHook,
  'back-up': backUp,
  'unpack-backup': (step, context, signal) => dataOf(context).unpack(step, context, signal),
  'restore-volumes': (step, context, signal) => dataOf(context).restore(step, context, signal),
  'write-files': async (step, context) => {
    const folders = projectFolders(context.folders, step.project);
    const project = targetOf(context, step.project);
    const trees = await context.secrets.fill(project, folders.memory, projectTrees(project).values());
    for (const tree of trees) await writeTree(folders, tree);
  },
  'create-network': createNetwork,
  'remove-network': removeNetwork,
  'connect-network': connectNetwork,
  'disconnect-network': disconnectNetwork,
  'create-volume': createVolume,
  'remove-volume': removeVolume,
  'remove-aside': removeVolume,
  'retire-volume': retireVolume,
  'create-container': createContainer,
  'stop-container': async (step, context, signal) => {
    const { project, service, container } = step;
    await runHooks(context, { project, service, kind: 'pre_stop', container }, signal);
    // Many end with 0 when they are stopped: if this plan comes to nothing, they must not look like one-shots that are done.
    await context.store.noteStarting(project, stoppedWith(step, context), true);
    await stopContainer(step, context, signal);
  },
  'remove-container': async (step, context, signal) => {
    using limit = new TimeLimit(longestDrainMs);
    await context.drained?.(step.container, AbortSignal.any([signal, limit.signal]));
    await removeContainer(step, context, signal);
    await context.store.noteGone(step.project, step.container);
  },
  'rename-container': renameContainer,
  'put-aside': putAside,
  'put-back': putBack,
  'unpause-container': unpauseContainer,
  'start-container': async (step, context, signal) => {
    const { project, service } = step;
    const container = containerOf(context, step);
    const { model } = targetOf(context, project);
    const hooked = (model.services[service]?.post_start ?? []).length > 0;
    if (hooked) await context.store.noteStarting(project, [container], true);
    await startContainer(step, context, signal);
    await runHooks(context, { project, service, kind: 'post_start', container }, signal);
    await context.store.noteStarting(project, [container], false);
  },
  'take-names': takeNames,
  'take-restart': takeRestart,
  'wait-ready': waitReady,
  'wait-service': async (step, context, signal) => {
    const project = targetOf(context, step.project);
    try {
      await waitCondition(context, project, step, signal);
    } catch (error) {
      if (step.required || signal.aborted) throw error;
      context.log.warn({ project: step.project, service: step.service, error }, 'optional dependency failed');
    }
  },
  'wait-healthy': async (step, context, signal) => {
    const project = targetOf(context, step.project);
    await waitHealthy(context, project, signal);
    await context.store.recordGood(project);
  },
};

/** Carries out one step. */
function execute<Kind extends EngineStep['kind']>(
  kind: Kind,
  step: Steps[Kind],
  context: RunContext,
  signal: AbortSignal,
): Promise<void> {
  return executors[kind](step, context, signal);
}

/** What carries out the steps of one run. */
export function stepsIn(context: RunContext): RunStep {
  return async (step, signal) => {
    try {
      await execute(step.kind, step, context, signal);
    } catch (error) {
      throw namedIfFull(namedIfStale(error));
    }
  };
}
