/** `towline render`: what a device gets, and which file says so. */

import type { Command } from 'commander';
import { stringify } from 'yaml';
import { desiredOf } from '../../core/desired/desired-of.ts';
import { effectiveValues } from '../../core/desired/effective-values.ts';
import { TowlineError } from '../../core/errors.ts';
import { unknownName } from '../../core/unknown-name.ts';
import { examples } from '../command/examples.ts';
import { standardTerminal } from '../command/terminal.ts';
import { openSnapshot, type SnapshotOptions } from '../desk/repository.ts';
import { snapshotOptions } from '../desk/snapshot-options.ts';

interface RenderOptions extends SnapshotOptions {
  readonly compose?: string;
  readonly json?: boolean;
}

async function render(device: string, options: RenderOptions): Promise<void> {
  const terminal = standardTerminal();
  await using snapshot = await openSnapshot(options);
  const result = await desiredOf(snapshot, device);
  const { state } = result;
  if (options.compose !== undefined) {
    const project = state.projects.find(({ app }) => app === options.compose);
    if (project === undefined) {
      const apps = state.projects.map(({ app }) => app);
      throw new TowlineError('CLI_USAGE', unknownName('app', options.compose, apps, `on ${device}`));
    }
    if (options.json === true) terminal.json(project.model);
    else terminal.lines(stringify(project.model, { lineWidth: 0 }).trimEnd());
    return;
  }
  const values = effectiveValues(result);
  if (options.json === true) {
    const projects = state.projects.map(({ app, name, release, digest, files }) => ({
      app,
      name,
      release,
      digest,
      files: [...files.keys()],
    }));
    terminal.json({
      device,
      fleet: state.fleet,
      commit: options.worktree ? undefined : state.commit,
      values,
      projects,
    });
    return;
  }
  terminal.line(`${device} of ${state.fleet}, from ${snapshot.name}`);
  terminal.line();
  terminal.table(
    ['VALUE', 'IS', 'FROM'],
    values.map(({ pointer, value, from }) => [
      pointer,
      typeof value === 'string' ? value : JSON.stringify(value),
      from,
    ]),
  );
}

export function registerRender(command: Command): void {
  snapshotOptions(command.argument('<device>', 'id of the device'))
    .option('--compose <app>', 'show the Compose project of this app instead, as the device computes it')
    .option('--json', 'one JSON object instead of text')
    .addHelpText(
      'after',
      examples([
        ['towline render pump-3', 'labels, variables, apps, tunnel, settings'],
        ['towline render pump-3 --compose hello', 'the normalised project with pinned images'],
      ]),
    )
    .action(render);
}
