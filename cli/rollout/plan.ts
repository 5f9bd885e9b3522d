/** `towline rollout plan`: whom each stage of a rollout reaches, before any of it is done. */

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { fleetOf } from '../../core/change/fleet-of.ts';
import { messageOf } from '../../core/errors/cause.ts';
import { FleetProblems, TowlineError } from '../../core/errors.ts';
import type { Fleet } from '../../core/fleet/fleet.ts';
import { rolloutPath } from '../../core/fleet/paths.ts';
import { readFleetFile } from '../../core/fleet/read-file.ts';
import { byApp, movedBy } from '../../core/fleet/rollout-files.ts';
import { formatBytes } from '../../core/plan/quantity.ts';
import { type KeyedRollout, namedRollout } from '../../core/rollout/named-rollout.ts';
import { someOf } from '../../core/some-of.ts';
import { examples } from '../command/examples.ts';
import { exitCode } from '../command/exit-code.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal } from '../command/terminal.ts';
import { openSnapshot } from '../desk/repository.ts';
import { lastSaid } from '../status/last-said.ts';
import { type PlannedRollout, plannedRollout } from './planned.ts';

interface PlanOptions {
  readonly repo: string;
  readonly commit?: string;
  readonly worktree?: boolean;
  readonly telemetry?: string;
  readonly json?: boolean;
}

/** A name, or a file that is not in the repository yet. @throws TowlineError ROLLOUT_UNKNOWN, CLI_USAGE; FleetProblems */
async function rolloutOf(fleet: Fleet, name: string): Promise<{ fleet: Fleet; rollout: KeyedRollout }> {
  if (!name.endsWith('.yaml')) return { fleet, rollout: namedRollout(fleet, name) };
  const bytes = await readFile(name).catch((cause: unknown) => {
    throw new TowlineError('CLI_USAGE', messageOf(cause), { cause });
  });
  const base = path.basename(name, '.yaml');
  const { file: read, problems } = readFleetFile('rollout', name, bytes);
  if (read === undefined || problems.length > 0) throw new FleetProblems(problems);
  const app = movedBy(read.value);
  const file = { ...read, path: rolloutPath(app, base) };
  const all = new Map(
    [...fleet.rollouts].flatMap(([of, found]) =>
      [...found].map(([each, one]) => [`${of}/${each}`, one] as const),
    ),
  );
  const rollouts = byApp(all.set(`${app}/${base}`, file));
  return { fleet: { ...fleet, rollouts }, rollout: { key: `${app}/${base}`, name: base, file } };
}

async function plan(name: string, options: PlanOptions, signal: AbortSignal): Promise<void> {
  await using snapshot = await openSnapshot(options);
  const { fleet, rollout } = await rolloutOf(await fleetOf(snapshot), name);
  const question = { repo: options.repo, telemetry: options.telemetry, fleetOf: async () => fleet };
  const { reported, trouble } = await lastSaid(question, signal);
  const planned = plannedRollout(fleet, rollout, reported.size === 0 ? undefined : reported);
  const isEmpty = planned.stages.some(({ devices }) => devices.length === 0);
  if (options.json === true)
    standardTerminal().json({ rollout: rollout.key, ...planned, ...(trouble && { trouble }) });
  else show(rollout, planned, trouble);
  process.exitCode = isEmpty ? exitCode.problems : exitCode.ok;
}

function show({ key, file }: KeyedRollout, planned: PlannedRollout, trouble: string | undefined): void {
  const terminal = standardTerminal();
  const { from, to } = file.value;
  terminal.line(terminal.colour('bold', `${key}: ${from.join(', ')} → ${to}`));
  let total = 0;
  const rows = planned.stages.map(({ name, hold = '–', promote, devices }, at) => {
    total += devices.length;
    const names = devices.length === 0 ? terminal.colour('red', 'nobody') : someOf(devices);
    return [`${at + 1}`, name, `${devices.length}`, `${total}`, hold, promote, names];
  });
  terminal.table(['STAGE', 'NAME', 'DEVICES', 'IN ALL', 'HOLD', 'BY', 'WHO'], rows, '  ');
  if (planned.untouched.length > 0) terminal.line(`  as they are: ${someOf(planned.untouched)}`);
  for (const line of planned.downtime) terminal.line(`  down: ${line}`);
  if (planned.bytes !== undefined)
    terminal.line(`  to fetch: ${formatBytes(planned.bytes)} a device at the most`);
  if (planned.room !== undefined)
    terminal.line(
      `  room: ${formatBytes(planned.room)} are to be free on its disk, where it has nothing of it`,
    );
  for (const [why, devices] of Map.groupBy(planned.obstacles, ({ why: each }) => each)) {
    const names = someOf(devices.map(({ device }) => device));
    terminal.line(`  ${terminal.colour('yellow', 'look')} ${names} – ${why}`);
  }
  if (trouble !== undefined) terminal.line(`  ${trouble}`);
}

export function registerRolloutPlan(rollout: Command, stop: Stop): void {
  rollout
    .command('plan')
    .description(
      'Show whom each stage of a rollout reaches, what they fetch, how long they are down, and what stands in the way.',
    )
    .argument('<rollout>', 'name, app/name, or a file that ends in .yaml')
    .option('--repo <dir>', 'the fleet repository', '.')
    .option('--commit <rev>', 'as this commit has the fleet (default: HEAD)')
    .option('--worktree', 'as the files here have it')
    .option('--telemetry <url>', 'where devices say what they are (default: git config towline.telemetry)')
    .option('--json', 'one JSON object with every device')
    .addHelpText(
      'after',
      examples([
        ['towline rollout plan hello-1.5.yaml', 'a file, before it is committed'],
        [
          'towline rollout plan hello-1.5 --json',
          'one of the repository; exit code 1 where a stage reaches nobody',
        ],
      ]),
    )
    .action((name: string, options: PlanOptions) => plan(name, options, stop()));
}
