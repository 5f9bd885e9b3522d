/** `towline rollout finish`: what a rollout has brought is what files assign, and its file goes. No device gets anything else by it. */

import type { Command } from 'commander';
import { isScalar } from 'yaml';
import { agentName } from '../../core/agents/agent-version.ts';
import { type FilesAt, textAt, withChanges } from '../../core/change/changed-files.ts';
import { editedText } from '../../core/change/edited-yaml.ts';
import { fleetOf } from '../../core/change/fleet-of.ts';
import { TowlineError } from '../../core/errors.ts';
import type { Fleet } from '../../core/fleet/fleet.ts';
import { movedBy } from '../../core/fleet/rollout-files.ts';
import { finishPlan, type MovedApp, movedAtAnyTime } from '../../core/rollout/finish.ts';
import { type KeyedRollout, namedRollout } from '../../core/rollout/named-rollout.ts';
import { supersederOf } from '../../core/rollout/participants.ts';
import { someOf } from '../../core/some-of.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';
import { makeChange } from '../change/make-change.ts';
import { type ChangeOptions, changeOptions } from '../change/options.ts';
import { sayMade } from '../change/say-made.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { lastSaid } from '../status/last-said.ts';

interface FinishOptions extends ChangeOptions {
  readonly telemetry?: string;
}

interface Finished {
  readonly files: ReadonlyMap<string, string | null>;
  /** Whose assigned release is another then: each runs it already. */
  readonly moved: readonly MovedApp[];
}

async function finishedFiles(
  at: FilesAt,
  fleet: Fleet,
  rollout: KeyedRollout,
): Promise<Map<string, string | null>> {
  const { to } = rollout.file.value;
  const app = movedBy(rollout.file.value);
  const key = app === agentName ? ['agent', 'version'] : ['apps', app, 'release'];
  const { assigned, removed } = finishPlan(fleet, rollout);
  const files = new Map<string, string | null>(removed.map(file => [file, null]));
  for (const file of assigned) {
    const edit = editedText(file, await textAt(at, file), document => {
      const release = document.getIn(key, true);
      // An alias of it would be another value as well: without its anchor the file cannot be written.
      if (isScalar(release)) delete release.anchor;
      document.setIn(key, to);
    });
    files.set(file, edit);
  }
  return files;
}

/** @throws TowlineError ROLLOUT_MOVES_DEVICES */
async function finished(
  at: FilesAt,
  { rollout, fleet, options }: { rollout: KeyedRollout; fleet: Fleet; options: FinishOptions },
  signal: AbortSignal,
): Promise<Finished> {
  const files = await finishedFiles(at, fleet, rollout);
  const moved = movedAtAnyTime(fleet, await fleetOf(withChanges(at, files)), Date.now());
  if (moved.length === 0) return { files, moved };
  const question = { repo: options.repo, telemetry: options.telemetry, fleetOf: async () => fleet };
  const devices = [...new Set(moved.map(({ device }) => device))];
  const { reported, trouble } = await lastSaid({ ...question, devices }, signal);
  const left = moved.filter(({ device, app, after }) => runningOf(reported.get(device), app) !== after);
  if (left.length === 0) return { files, moved };
  const words = left.map(
    ({ device, before, after }) => `${device} (${before ?? 'none'} → ${after ?? 'none'})`,
  );
  const why = trouble === undefined ? '' : `; ${trouble}`;
  throw new TowlineError('ROLLOUT_MOVES_DEVICES', `${rollout.key}: it would move ${someOf(words)}${why}`);
}

const runningOf = (status: StatusFile | undefined, app: string): string | undefined =>
  app === agentName ? status?.agent.version : status?.projects.find(project => project.app === app)?.release;

async function finish(name: string, options: FinishOptions, signal: AbortSignal): Promise<void> {
  let found: { readonly key: string; readonly done: Finished; readonly devices: number } | undefined;
  const intend = async (at: FilesAt) => {
    const fleet = await fleetOf(at);
    const rollout = namedRollout(fleet, name);
    const { key } = rollout;
    if (rollout.file.value.aborted === true)
      throw new TowlineError('ROLLOUT_NOT_OPEN', `${key} is aborted: delete its file`);
    const other = supersederOf(fleet.rollouts.get(movedBy(rollout.file.value)) ?? new Map(), rollout.name);
    if (other !== undefined)
      throw new TowlineError('ROLLOUT_NOT_OPEN', `${other} supersedes ${key}: finish that one, and both end`);
    const done = await finished(at, { rollout, fleet, options }, signal);
    found = { key, done, devices: fleet.devices.size };
    return { files: done.files, message: `Rollout ${key} is finished` };
  };
  // Each device whose release it changes runs that already, which is more than is asked of other changes.
  const proven = { ...options, allowDowngrade: true };
  const made = await makeChange(
    { options: proven, name: `finish-${name.replaceAll('/', '-')}`, intend },
    signal,
  );
  if (found === undefined) return;
  const { key, done, devices } = found;
  const moved = done.moved.map(({ device }) => device);
  const proof =
    moved.length === 0
      ? `of ${devices} devices none is assigned another release by it`
      : `${moved.length} devices are assigned what they run already: ${someOf(moved)}`;
  sayMade(made, {
    json: options.json === true,
    ...{ done: `${key} is finished`, already: `${key} is finished already` },
    fields: { rollout: key, moved: done.moved, devices },
    notes: [proof],
    shown: [proof],
  });
}

export function registerRolloutFinish(rollout: Command, stop: Stop): void {
  const command = rollout
    .command('finish')
    .description(
      'End a rollout: fleet.yaml and groups assign what it has brought, and its file goes. Refused where that changes what a device gets.',
    )
    .argument('<rollout>', 'name, or app/name');
  changeOptions(command)
    .option('--telemetry <url>', 'where devices say what they run (default: git config towline.telemetry)')
    .addHelpText(
      'after',
      examples([
        ['towline rollout finish hello-1.5 --dry-run', 'the files as they would be'],
        ['towline rollout finish hello-1.5', 'once `towline rollout status` says that it is complete'],
      ]),
    )
    .action((name: string, options: FinishOptions) => finish(name, options, stop()));
}
