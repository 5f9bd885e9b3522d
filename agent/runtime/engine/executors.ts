/** One executor for each kind of step: a missing one does not compile. */

import { asList, asObject, asText, asTexts } from '../../../core/compose/value/json-access.ts';
import { resourceLabels } from '../../../core/plan/container/labels.ts';
import { networkSpec } from '../../../core/plan/container/networking.ts';
import { projectPath, projectTrees } from '../../../core/plan/project-files.ts';
import type { Step } from '../../../core/plan/step.ts';
import { writeTree } from '../../projects/file-trees.ts';
import { projectFolders } from '../../projects/project-folders.ts';
import {
  connectNetwork,
  createContainer,
  disconnectNetwork,
  removeContainer,
  renameContainer,
  startContainer,
  stopContainer,
  unpauseContainer,
} from './container-steps.ts';
import { engineStatus } from './engine.ts';
import { made } from './engine-answers.ts';
import { runHooks } from './hooks.ts';
import { pullImage } from './image-pull.ts';
import { containerOf, type RunContext, targetOf } from './run-context.ts';
import { waitCondition, waitHealthy } from './service-health.ts';

export type Executors = {
  readonly [Kind in Step['kind']]: (
    step: Extract<Step, { kind: Kind }>,
    context: RunContext,
    signal: AbortSignal,
  ) => Promise<void>;
};

async function createNetwork(
  step: Extract<Step, { kind: 'create-network' }>,
  context: RunContext,
  signal: AbortSignal,
): Promise<void> {
  const project = targetOf(context, step.project);
  const spec = networkSpec(project.model, step.network);
  const labels = resourceLabels(context.owner, project, 'network', step.network);
  // Names need not be unique: what is somebody else's stays beside ours.
  const body = { ...spec, Labels: labels, CheckDuplicate: false };
  const { Id } = await context.engine.call(
    { method: 'POST', path: '/networks/create', body, answer: made },
    signal,
  );
  context.networks.set(step.name, Id);
}

async function createVolume(
  step: Extract<Step, { kind: 'create-volume' }>,
  context: RunContext,
  signal: AbortSignal,
): Promise<void> {
  const project = targetOf(context, step.project);
  const volume = asObject(project.model.volumes?.[step.volume]);
  const options = asTexts(volume.driver_opts);
  const below = projectPath(options.device ?? '');
  if (below !== undefined) options.device = `${projectFolders(context.settings, project.name).data}/${below}`;
  const body = {
    Name: step.name,
    Driver: asText(volume.driver) ?? '',
    DriverOpts: options,
    Labels: resourceLabels(context.owner, project, 'volume', step.volume),
  };
  await context.engine.call({ method: 'POST', path: '/volumes/create', body }, signal);
}

async function removeNetwork(
  step: Extract<Step, { kind: 'remove-network' }>,
  context: RunContext,
  signal: AbortSignal,
): Promise<void> {
  try {
    await context.engine.call({ method: 'DELETE', path: `/networks/${step.id}` }, signal);
  } catch (error) {
    if (engineStatus(error) !== 404) throw error;
  }
}

/** Of a project that goes as a whole all are noted at once. */
function stoppedWith(step: Extract<Step, { kind: 'stop-container' }>, context: RunContext): string[] {
  if (context.plan.targets.has(step.project)) return [step.container];
  return context.plan.steps.flatMap(other =>
    other.kind === 'stop-container' && other.project === step.project ? [other.container] : [],
  );
}

export const executors: Executors = {
  'pull-image': (step, context, signal) => {
    const service = targetOf(context, step.project).model.services[step.service] ?? {};
    return pullImage(context, step.project, step.image, asText(service.platform), signal);
  },
  'write-files': async (step, context) => {
    const folders = projectFolders(context.settings, step.project);
    const project = targetOf(context, step.project);
    const trees = await context.secrets.fill(project, folders.memory, projectTrees(project).values());
    for (const tree of trees) await writeTree(folders, tree);
  },
  'create-network': createNetwork,
  'remove-network': removeNetwork,
  'connect-network': connectNetwork,
  'disconnect-network': disconnectNetwork,
  'create-volume': createVolume,
  'create-container': createContainer,
  'stop-container': async (step, context, signal) => {
    await runHooks(context, step.project, step.service, 'pre_stop', step.container, signal);
    // Many end with 0 when they are stopped: if this plan comes to nothing, they must not look like one-shots that are done.
    await context.store.noteStarting(step.project, stoppedWith(step, context), true);
    await stopContainer(step, context, signal);
  },
  'remove-container': async (step, context, signal) => {
    await removeContainer(step, context, signal);
    await context.store.noteGone(step.project, step.container);
  },
  'rename-container': renameContainer,
  'unpause-container': unpauseContainer,
  'start-container': async (step, context, signal) => {
    const container = containerOf(context, step);
    const { model } = targetOf(context, step.project);
    const hooked = asList(model.services[step.service]?.post_start).length > 0;
    if (hooked) await context.store.noteStarting(step.project, [container], true);
    await startContainer(step, context, signal);
    await runHooks(context, step.project, step.service, 'post_start', container, signal);
    await context.store.noteStarting(step.project, [container], false);
  },
  'wait-service': async (step, context, signal) => {
    const project = targetOf(context, step.project);
    try {
      await waitCondition(context, project, step.service, step.condition, signal);
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
  'open-tunnel': (step, context, signal) => context.tunnel.open(step.tunnel, signal),
  'close-tunnel': (step, context) => context.tunnel.close(step.reason),
};

/** Carries out one step. */
export function execute(step: Step, context: RunContext, signal: AbortSignal): Promise<void> {
  const run = executors[step.kind] as (step: Step, context: RunContext, signal: AbortSignal) => Promise<void>;
  return run(step, context, signal);
}
