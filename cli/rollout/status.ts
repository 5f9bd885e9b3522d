/** `towline rollout status`: how rollouts stand, and what comes next. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import { fleetOf } from '../../core/change/fleet-of.ts';
import { isTowlineError } from '../../core/errors.ts';
import type { RolloutReport } from '../../core/rollout/board.ts';
import { namedRollout } from '../../core/rollout/named-rollout.ts';
import { remoteOptions } from '../change/options.ts';
import { filesAt, RemoteMain, type RemoteOptions } from '../change/remote-main.ts';
import { examples } from '../command/examples.ts';
import { exitCode } from '../command/exit-code.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal } from '../command/terminal.ts';
import { openTelemetry, telemetryPlace } from '../status/telemetry.ts';
import { openDesk } from './desk.ts';
import { reportJson, showReport } from './rows.ts';

interface StatusOptions extends RemoteOptions {
  readonly telemetry?: string;
  readonly watch?: boolean;
  readonly json?: boolean;
}

const intervalMs = 5_000;

async function status(name: string | undefined, options: StatusOptions, signal: AbortSignal): Promise<void> {
  const terminal = standardTerminal();
  const main = await RemoteMain.open(options);
  const place = await telemetryPlace(options.telemetry, options.repo);
  await using telemetry = await openTelemetry(place, signal);
  const look = async (): Promise<readonly RolloutReport[]> => {
    await using walk = await main.look(signal);
    const key = name === undefined ? undefined : namedRollout(await fleetOf(filesAt(walk)), name).key;
    const isWanted = (found: string) => key === undefined || found === key;
    return (await openDesk({ look: walk, telemetry, isWanted, keeps: false }, signal)).reports;
  };
  const show = (reports: readonly RolloutReport[]) => {
    if (options.json === true) terminal.json({ rollouts: reports.map(reportJson) });
    else if (reports.length === 0) terminal.line('no rollouts');
    for (const report of options.json === true ? [] : reports) showReport(terminal, report);
    process.exitCode = reports.some(isTroubled) ? exitCode.problems : exitCode.ok;
  };
  show(await look());
  while (options.watch === true) {
    await delay(intervalMs, undefined, { signal });
    try {
      await telemetry.refresh(signal);
      const reports = await look();
      terminal.clear();
      show(reports);
    } catch (error) {
      signal.throwIfAborted();
      if (!isTowlineError(error)) throw error;
      terminal.line(`${error.code}: ${error.message}`);
    }
  }
}

/** Somebody has to look at it. */
const isTroubled = ({ step, count }: RolloutReport): boolean =>
  step.kind === 'pause' ||
  step.kind === 'inconclusive' ||
  (step.kind === 'over' && step.why === 'paused') ||
  count.standings.some(({ state }) => state === 'failed' || state === 'dark');

export function registerRolloutStatus(rollout: Command, stop: Stop): void {
  const command = rollout
    .command('status')
    .description(
      'Show how rollouts stand, by what devices have signed: who has it, who failed and why, what is next.',
    )
    .argument('[rollout]', 'only this one');
  remoteOptions(command)
    .option('--telemetry <url>', 'the gateway’s telemetry repository (default: git config towline.telemetry)')
    .option('--watch', 'look on: it is drawn anew every few seconds')
    .option('--json', 'one JSON object with every device; with --watch one for each look')
    .addHelpText(
      'after',
      examples([
        ['towline rollout status', 'all there are'],
        ['towline rollout status hello-1.5 --watch', 'one, until Ctrl-C'],
        [
          'towline rollout status hello-1.5 --json',
          'for a script: exit code 1 where somebody has to look at it',
        ],
      ]),
    )
    .action((name: string | undefined, options: StatusOptions) => status(name, options, stop()));
}
