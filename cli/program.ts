/**
 * The list of verbs. A verb's file is loaded when the verb is asked for: `towline --version` reads none of them.
 * Nothing is done here: scripts/generate/cli-reference.ts reads it too.
 */
import { Command, Help } from 'commander';
import { version } from '../core/version.ts';
import { exitCodeMeanings } from './command/exit-code.ts';
import { neverStopped, type Stop } from './command/stop.ts';

interface Verb {
  readonly name: string;
  /** As the list of verbs shows it; test/cli/help.test.ts compares it with what the verb's file says. */
  readonly usage: string;
  readonly about: string;
  /** Arguments, options, examples and what it does. Completion asks for all verbs. */
  readonly load: () => Promise<(command: Command, stop: Stop, whole: () => Promise<Command>) => void>;
}

const verbs: readonly Verb[] = [
  {
    name: 'init',
    usage: '[options] <dir>',
    about:
      'Make a new fleet repository: a small fleet that works, a policy, CI jobs, hooks, a first signed commit.',
    load: async () => (await import('./init/init.ts')).registerInit,
  },
  {
    name: 'validate',
    usage: '[options] [dir]',
    about: 'Check every file of a fleet repository, and compute what each device should be.',
    load: async () => (await import('./validate/validate.ts')).registerValidate,
  },
  {
    name: 'device',
    usage: '',
    about: 'Add devices to the fleet and accept their keys.',
    load: async () => (await import('./device/device.ts')).registerDevice,
  },
  {
    name: 'release',
    usage: '[options] <app> <version>',
    about: 'Resolve the images of an app to digests at their registries and write the release.',
    load: async () => (await import('./release/release.ts')).registerRelease,
  },
  {
    name: 'render',
    usage: '[options] <device>',
    about: 'Show what a device gets, and which file gave each value.',
    load: async () => (await import('./render/render.ts')).registerRender,
  },
  {
    name: 'plan',
    usage: '[options] [device]',
    about: 'Show what a device would do for a commit, and why. The same code plans on the device.',
    load: async () => (await import('./plan/plan.ts')).registerPlan,
  },
  {
    name: 'status',
    usage: '[options] [devices...]',
    about: 'Show what devices last said of themselves; each report is checked against the device’s key.',
    load: async () => (await import('./status/status.ts')).registerStatus,
  },
  {
    name: 'logs',
    usage: '[options] [device] [service]',
    about: 'Show what apps on devices have printed, from git alone; -f goes on.',
    load: async () => (await import('./telemetry/logs.ts')).registerLogs,
  },
  {
    name: 'metrics',
    usage: '[options] <device> [name]',
    about: 'Show the metrics of a device, how they are and how they were.',
    load: async () => (await import('./telemetry/metrics.ts')).registerMetrics,
  },
  {
    name: 'events',
    usage: '[options] [devices...]',
    about: 'Show what happened on devices: to containers, to apps, to the agent.',
    load: async () => (await import('./telemetry/events.ts')).registerEvents,
  },
  {
    name: 'top',
    usage: '[options] [devices...]',
    about: 'Show how busy devices are, by their newest metrics.',
    load: async () => (await import('./telemetry/top.ts')).registerTop,
  },
  {
    name: 'tunnel',
    usage: '',
    about: 'Open and close the tunnels of devices by signed commits, and see who is in.',
    load: async () => (await import('./tunnel/tunnel.ts')).registerTunnel,
  },
  {
    name: 'secret',
    usage: '',
    about: 'Secrets of apps and registries, opened on devices only.',
    load: async () => (await import('./secret/secret.ts')).registerSecret,
  },
  {
    name: 'trust',
    usage: '',
    about: 'Check, explain and mend what devices trust.',
    load: async () => (await import('./trust/trust.ts')).registerTrust,
  },
  {
    name: 'approve',
    usage: '[options]',
    about:
      'Vouch for the exact change that this branch makes to main; it survives merge, squash and rebase buttons.',
    load: async () => (await import('./trust/approve.ts')).registerApprove,
  },
  {
    name: 'timestamp',
    usage: '[options]',
    about: 'Sign that main is still what it was: run it every hour, so that devices notice withheld updates.',
    load: async () => (await import('./trust/timestamp.ts')).registerTimestamp,
  },
  {
    name: 'agent',
    usage: '[options]',
    about: 'run the agent of a device: fetch, verify, apply and report, by its schedule or once',
    load: async () => (await import('./agent/agent.ts')).registerAgent,
  },
  {
    name: 'gateway',
    usage: '[options]',
    about: 'run the gateway: where devices fetch and report, and people come in',
    load: async () => (await import('./gateway/gateway.ts')).registerGateway,
  },
  {
    name: 'completion',
    usage: '<shell>',
    about: 'Print a script that completes verbs and options in your shell.',
    load: async () => (await import('./completion/completion.ts')).registerCompletion,
  },
];

const exitCodes = () =>
  [
    '',
    'Exit codes:',
    ...Object.entries(exitCodeMeanings).map(([code, meaning]) => `  ${code}  ${meaning}`),
  ].join('\n');

export interface ProgramOptions {
  /** No help in place of an answer: with `--json` all that is printed is JSON. */
  readonly quiet?: boolean;
  /** What ends verbs that wait. */
  readonly stop?: Stop;
  /** Words of the command line; the verb that they name is loaded whole, of the others name and sentence. Without: all. */
  readonly words?: readonly string[];
}

/** The first word that is no option; after `help`, the one that help is asked for. */
function verbAsked(words: readonly string[]): string | undefined {
  const [first, second] = words.filter(word => !word.startsWith('-'));
  return first === 'help' ? second : first;
}

const help = new Help();

/** How a verb stands in the list of verbs, whether it is loaded or not. */
function subcommandTerm(command: Command): string {
  const verb = verbs.find(({ name }) => name === command.name());
  return verb === undefined ? help.subcommandTerm(command) : `${verb.name} ${verb.usage}`.trim();
}

export async function makeProgram({
  quiet = false,
  stop = neverStopped,
  words,
}: ProgramOptions = {}): Promise<Command> {
  const program = new Command('towline')
    .description('Runs a fleet of Linux devices from one signed git repository.')
    .version(version, '-V, --version', 'print the version')
    .option('--debug', 'print stacks of unexpected errors')
    .showSuggestionAfterError()
    // Errors are shown in one place: report-error.ts.
    .configureOutput({ outputError: () => undefined, ...(quiet ? { writeErr: () => undefined } : {}) })
    .configureHelp({ showGlobalOptions: false })
    .addHelpText('after', exitCodes)
    .exitOverride();
  const asked = words && verbAsked(words);
  for (const { name, about, load } of verbs) {
    const command = program.command(name).description(about);
    if (words !== undefined && asked !== name) continue;
    const register = await load();
    register(command, stop, makeProgram);
  }
  // Of this list alone: below a verb all is loaded.
  return program.configureHelp({ showGlobalOptions: false, subcommandTerm });
}

/** As it is typed: `towline device add`. Undefined where the words name no verb. */
export function verbOf(program: Command | undefined, words: readonly string[]): string | undefined {
  let command = program;
  const names = ['towline'];
  for (const word of words) {
    const found = command?.commands.find(candidate => candidate.name() === word);
    if (found === undefined) continue;
    command = found;
    names.push(word);
  }
  return names.length > 1 ? names.join(' ') : undefined;
}
