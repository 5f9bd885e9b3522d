/** `towline rollout step`: what a bot does, once; from cron, or from CI where a forge guards main. */
import type { Command } from 'commander';
import { Option } from 'commander';
import { textAt } from '../../core/change/changed-files.ts';
import { fleetOf } from '../../core/change/fleet-of.ts';
import { fleetCheck } from '../../core/change/proposal-check.ts';
import { FleetProblems, isTowlineError, TowlineError } from '../../core/errors.ts';
import { editOf, type RolloutReport, stepWords } from '../../core/rollout/board.ts';
import { editedRollout } from '../../core/rollout/edited.ts';
import { namedRollout } from '../../core/rollout/named-rollout.ts';
import { remoteOptions } from '../change/options.ts';
import { filesAt, type Proposal, RemoteMain, type RemoteOptions } from '../change/remote-main.ts';
import { examples } from '../command/examples.ts';
import { exitCode } from '../command/exit-code.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal } from '../command/terminal.ts';
import { forgeKinds } from '../forge/forge.ts';
import { openTelemetry, type TelemetryRepository, telemetryPlace } from '../status/telemetry.ts';
import type { TrustWalk } from '../trust/walk.ts';
import { openDesk } from './desk.ts';
import { askedFor, type RequestOptions } from './step-request.ts';

interface StepOptions extends RemoteOptions, RequestOptions {
  readonly telemetry?: string;
  readonly all?: boolean;
  readonly pr?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** One rollout and what was done about it. */
interface Done {
  readonly rollout: string;
  readonly step: RolloutReport['step'];
  readonly commit?: string;
  readonly branch?: string;
  /** Of the request at the forge. */
  readonly request?: string;
  /** Why nothing came of it. */
  readonly problem?: string;
}

interface Stepping {
  readonly main: RemoteMain;
  readonly telemetry: TelemetryRepository;
  readonly name: string | undefined;
  readonly options: StepOptions;
}

async function reportsAt({ telemetry, name }: Stepping, look: TrustWalk, signal: AbortSignal) {
  const key = name === undefined ? undefined : namedRollout(await fleetOf(filesAt(look)), name).key;
  const isWanted = (found: string) => key === undefined || key === found;
  return (await openDesk({ look, telemetry, isWanted, keeps: true }, signal)).reports;
}

async function proposalOf(look: TrustWalk, report: RolloutReport): Promise<Proposal | undefined> {
  const change = editOf(report, Date.now());
  if (change === undefined) return undefined;
  const { path } = report.rollout.file;
  const text = editedRollout(path, await textAt(filesAt(look), path), change.edit);
  return { files: new Map([[path, text]]), message: change.message, check: fleetCheck() };
}

/** One commit of main after the other: each is judged by what main is then. */
async function onMain(stepping: Stepping, signal: AbortSignal): Promise<Done[]> {
  const done = new Map<string, Done>();
  const isDealtWith = ({ commit, problem }: Partial<Done> = {}) => (commit ?? problem) !== undefined;
  for (;;) {
    let stepped: Done | undefined;
    const propose = async (look: TrustWalk) => {
      stepped = undefined;
      for (const report of await reportsAt(stepping, look, signal)) {
        const { key, step } = report;
        if (isDealtWith(done.get(key))) continue;
        stepped = { rollout: key, step };
        done.set(key, stepped);
        const proposal = await proposalOf(look, report);
        if (proposal !== undefined) return proposal;
      }
      return undefined;
    };
    try {
      const commit = await stepping.main.change(propose, signal);
      if (commit === undefined || stepped === undefined) return [...done.values()];
      done.set(stepped.rollout, { ...stepped, commit });
    } catch (error) {
      if (stepped === undefined) throw error;
      done.set(stepped.rollout, { ...stepped, problem: problemOf(stepping, error) });
    }
  }
}

/** Of all that are looked at one keeps no other from its step. @throws the error, where it is the only one */
function problemOf({ name }: Stepping, error: unknown): string {
  if (name !== undefined || !isTowlineError(error)) throw error;
  const found = error instanceof FleetProblems ? error.problems : [error];
  return found.map(({ code, message }) => `${code} ${message}`).join('; ');
}

/** A branch for each step. */
async function onBranches(stepping: Stepping, signal: AbortSignal): Promise<Done[]> {
  await using look = await stepping.main.look(signal);
  const done: Done[] = [];
  for (const report of await reportsAt(stepping, look, signal)) {
    const common = { rollout: report.key, step: report.step };
    try {
      done.push({ ...common, ...(await asked(stepping, { look, report }, signal)) });
    } catch (error) {
      done.push({ ...common, problem: problemOf(stepping, error) });
    }
  }
  return done;
}

async function asked(
  { main, options }: Stepping,
  { look, report }: { readonly look: TrustWalk; readonly report: RolloutReport },
  signal: AbortSignal,
): Promise<Partial<Done>> {
  const proposal = await proposalOf(look, report);
  return proposal === undefined ? {} : await askedFor(main, { look, report, proposal, options }, signal);
}

async function shown(stepping: Stepping, signal: AbortSignal): Promise<Done[]> {
  await using look = await stepping.main.look(signal);
  const reports = await reportsAt(stepping, look, signal);
  return reports.map(({ key, step }) => ({ rollout: key, step }));
}

async function step(name: string | undefined, options: StepOptions, signal: AbortSignal): Promise<void> {
  if ((name === undefined) !== (options.all === true))
    throw new TowlineError('CLI_USAGE', 'the name of a rollout, or --all');
  const main = await RemoteMain.open(options);
  const place = await telemetryPlace(options.telemetry, options.repo);
  await using telemetry = await openTelemetry(place, signal);
  const stepping = { main, telemetry, name, options };
  const how = options.dryRun === true ? shown : options.pr === true ? onBranches : onMain;
  const done = await how(stepping, signal);
  const terminal = standardTerminal();
  if (options.json === true) terminal.json({ rollouts: done });
  for (const { rollout, step: made, commit, branch, request, problem } of options.json === true ? [] : done) {
    const where = request ?? branch ?? commit?.slice(0, 12);
    const what = where === undefined ? '' : ` (${where})`;
    const why = problem === undefined ? '' : `; not done: ${problem}`;
    terminal.line(`${rollout}: ${stepWords(made)}${what}${why}`);
  }
  const isUnsure = done.some(
    ({ step: { kind }, problem }) => kind === 'inconclusive' || problem !== undefined,
  );
  process.exitCode = isUnsure ? exitCode.problems : exitCode.ok;
}

export function registerRolloutStep(rollout: Command, stop: Stop): void {
  const command = rollout
    .command('step')
    .description(
      'Do once what a bot does: open the next stage where its gate says so, pause where too many failed. For cron, or CI where a forge guards main.',
    )
    .argument('[rollout]', 'name, or app/name');
  remoteOptions(command)
    .option('--all', 'every rollout')
    .option('--telemetry <url>', 'the gateway’s telemetry repository (default: git config towline.telemetry)')
    .option(
      '--pr',
      'on a branch, for a pull request: its hold begins when this clone first sees the stage on main',
    )
    .addOption(new Option('--forge <kind>', 'with --pr: open the request there').choices([...forgeKinds]))
    .option('--url <url>', 'with --forge: where it is')
    .option('--repository <path>', 'with --forge: owner/name')
    .option('--token-file <file>', 'with --forge (default: environment variable TOWLINE_FORGE_TOKEN)')
    .option('--dry-run', 'say what would be done')
    .option('--json', 'one JSON object instead of text')
    .addHelpText(
      'after',
      examples([
        ['towline rollout step --all --key /etc/towline/rollout-bot', 'from cron, every five minutes'],
        [
          'towline rollout step --all --pr --forge gitea --url https://git.acme.com --repository acme/pumps',
          'from CI',
        ],
        ['towline rollout step hello-1.5 --dry-run', 'what comes next'],
      ]),
    )
    .action((name: string | undefined, options: StepOptions) => step(name, options, stop()));
}
