/** `towline rollout step`: what a bot does, once; from cron, or from CI where a forge guards main. */
import type { Command } from 'commander';
import { Option } from 'commander';
import { TowlineError } from '../../core/errors.ts';
import { editOf, type RolloutReport, stepWords } from '../../core/rollout/board.ts';
import { editedRollout } from '../../core/rollout/edited.ts';
import { textAt } from '../change/changed-files.ts';
import { pushDraft, stampOf } from '../change/draft.ts';
import { fleetOf } from '../change/fleet-of.ts';
import { remoteOptions } from '../change/options.ts';
import { fleetCheck } from '../change/proposal-check.ts';
import { filesAt, type Proposal, RemoteMain, type RemoteOptions } from '../change/remote-main.ts';
import { examples } from '../command/examples.ts';
import { exitCode } from '../command/exit-code.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal } from '../command/terminal.ts';
import { listRefs } from '../desk/gateway-git.ts';
import type { ForgeKind } from '../forge/forge.ts';
import { forgeKinds } from '../forge/forge.ts';
import { forgeToken } from '../forge/forge-token.ts';
import { openForge } from '../forge/open-forge.ts';
import { openTelemetry, type TelemetryRepository, telemetryPlace } from '../status/telemetry.ts';
import type { TrustWalk } from '../trust/walk.ts';
import { openDesk } from './desk.ts';
import { namedRollout } from './named-rollout.ts';

interface StepOptions extends RemoteOptions {
  readonly telemetry?: string;
  readonly all?: boolean;
  readonly pr?: boolean;
  readonly forge?: ForgeKind;
  readonly url?: string;
  readonly repository?: string;
  readonly tokenFile?: string;
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
  for (;;) {
    let stepped: RolloutReport | undefined;
    const commit = await stepping.main.change(async look => {
      for (const report of await reportsAt(stepping, look, signal)) {
        const { key, step } = report;
        if (done.get(key)?.commit !== undefined) continue;
        done.set(key, { rollout: key, step });
        stepped = report;
        const proposal = await proposalOf(look, report);
        if (proposal !== undefined) return proposal;
      }
      return undefined;
    }, signal);
    if (commit === undefined || stepped === undefined) return [...done.values()];
    done.set(stepped.key, { rollout: stepped.key, step: stepped.step, commit });
  }
}

/** The same until the step is on main: by the stage, and since when the one before is open. A second run finds it there. */
function branchOf({ key, rollout, step }: RolloutReport): string {
  const { stage, since } = rollout.file.value;
  const stamp = since === undefined ? '' : `-${stampOf(Date.parse(since))}`;
  return `rollouts/${key}/${step.kind === 'advance' ? `stage-${step.stage}` : `pause-${stage}`}${stamp}`;
}

/** A branch for each step. */
async function onBranches(stepping: Stepping, signal: AbortSignal): Promise<Done[]> {
  const { main, options } = stepping;
  await using look = await main.look(signal);
  const done: Done[] = [];
  for (const report of await reportsAt(stepping, look, signal)) {
    const { key, step } = report;
    const proposal = await proposalOf(look, report);
    if (proposal === undefined) {
      done.push({ rollout: key, step });
      continue;
    }
    const branch = branchOf(report);
    const ref = `refs/heads/${branch}`;
    const { gitDirectory: directory } = main.repository;
    const there = await listRefs({ place: main.remote, refs: [ref], directory }, signal);
    if (!there.has(ref)) await pushDraft(main, look, { proposal, branch }, signal);
    const request = await requestFor({ options, branch, proposal }, signal);
    done.push({ rollout: key, step, branch, ...(request === undefined ? {} : { request }) });
  }
  return done;
}

/** Without a forge that is named, people open it: the remote may have said where. */
async function requestFor(
  { options, branch, proposal }: { options: StepOptions; branch: string; proposal: Proposal },
  signal: AbortSignal,
): Promise<string | undefined> {
  const { forge: kind, url, repository, tokenFile } = options;
  if (kind === undefined) return undefined;
  if (url === undefined || repository === undefined)
    throw new TowlineError('CLI_USAGE', '--forge needs --url and --repository');
  const forge = openForge({ kind, url, repository, token: await forgeToken(tokenFile, process.env) });
  const [title = '', ...rest] = proposal.message.split('\n');
  const asked = { branch, base: 'main', title, body: rest.join('\n').trim().replaceAll(/^/gm, '    ') };
  return (await forge.openRequest(asked, signal)).url;
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
  for (const { rollout, step: made, commit, branch, request } of options.json === true ? [] : done) {
    const where = request ?? branch ?? commit?.slice(0, 12);
    terminal.line(`${rollout}: ${stepWords(made)}${where === undefined ? '' : ` (${where})`}`);
  }
  const isUnsure = done.some(({ step: { kind } }) => kind === 'inconclusive');
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
