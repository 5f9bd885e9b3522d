/** `towline assign`: which release of an app the fleet, a group or a device has. */
import type { Command } from 'commander';
import { type IntendedAssignment, intendAssignment } from '../../core/change/assignment.ts';
import type { FilesAt } from '../../core/change/changed-files.ts';
import type { TargetOptions } from '../../core/change/targets.ts';
import { makeChange } from '../change/make-change.ts';
import { type ChangeOptions, changeOptions } from '../change/options.ts';
import { sayMade } from '../change/say-made.ts';
import { placeName, targetOptions } from '../change/targets.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';

interface AssignOptions extends ChangeOptions, TargetOptions {
  readonly next?: boolean;
}

async function assign(
  app: string,
  release: string,
  options: AssignOptions,
  signal: AbortSignal,
): Promise<void> {
  const isNext = options.next === true;
  const key = isNext ? 'next' : 'release';
  const looks: IntendedAssignment[] = [];
  const intend = async (at: FilesAt) => {
    const asked = { app, release, isNext, targets: options, nowMs: Date.now() };
    const found = await intendAssignment(asked, at, placeName(options));
    looks.push(found);
    return found.intent;
  };
  const made = await makeChange({ options, name: `assign-${app}-${release}`, intend }, signal);
  const { targets, devices = [] } = looks.at(-1) ?? {};
  const words = targets?.words ?? '';
  const own = targets?.kind === 'device' && key === 'release';
  sayMade(made, {
    json: options.json === true,
    done:
      key === 'next'
        ? `the images of ${app} ${release} come ahead for ${words}`
        : `${words} has ${app} ${release}: ${devices.length === 1 ? 'one device changes' : `${devices.length} devices change`}`,
    already: `${words} has that already: ${app} ${release}`,
    fields: { app, [key]: release, devices },
    notes: own
      ? ['In a device’s own file it is a pin: no rollout moves it (`towline unpin` takes it away).']
      : [],
  });
}

export function registerAssign(command: Command, stop: Stop): void {
  command
    .argument('<app>', 'name of the app')
    .argument('<release>', 'one that is there: `towline release` makes it')
    .option('--next', 'bring its images to the disk, and switch to nothing');
  changeOptions(targetOptions(command))
    .addHelpText(
      'after',
      examples([
        ['towline assign hello 1.1.0 --group canary', 'those go ahead'],
        ['towline assign hello 1.1.0 --fleet --next', 'its images come to all, ahead of the switch'],
        ['towline assign hello 1.0.0 --device pump-4 --dry-run', 'what would change'],
      ]),
    )
    .action((app: string, release: string, options: AssignOptions) => assign(app, release, options, stop()));
}
