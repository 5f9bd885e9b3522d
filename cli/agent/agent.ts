/** `towline agent`: runs the agent's own program. What it may be told is the agent's to say. */
import type { Command } from 'commander';
import { TowlineError } from '../../core/errors.ts';
import { parseDuration } from '../../core/fleet/duration.ts';
import { proxyOption } from '../command/address-option.ts';
import { runProgram } from '../command/child-program.ts';
import { examples } from '../command/examples.ts';

const configOption = ['--config <file>', 'agent.yaml (default: /etc/towline/agent.yaml)'] as const;

const longestHoldMs = 31 * 24 * 3_600_000;

/** What the agent's program takes, asked here so that a slip is a wrong command line. */
function holdDuration(text: string): string {
  const ms = /^\d{1,6}(ms|s|m|h|d)$/.test(text) ? parseDuration(text) : 0;
  if (ms > 0 && ms <= longestHoldMs) return text;
  throw new TowlineError('CLI_USAGE', `--for ${text} must be a duration such as 30m, 2h or 7d, at most 31d`);
}

/** An option of `agent` itself is read wherever it stands, also before the verb; the agent's program takes the verb first. */
function runVerb(given: readonly unknown[]): Promise<void> {
  const verb = given.at(-1) as Command;
  if (verb.optsWithGlobals<{ once?: boolean }>().once === true) {
    const message = `--once belongs to \`towline agent\` alone, not to its verb ${verb.name()}`;
    throw new TowlineError('CLI_USAGE', message);
  }
  const words = wordsAfterAgent();
  const place = words.findIndex((word, index) => word === verb.name() && words[index - 1] !== '--config');
  return runProgram('agent', [verb.name(), ...words.toSpliced(place, 1)]);
}

/** The words of the command line after `agent`: commander has checked them, the agent's program reads them. */
const wordsAfterAgent = (): string[] => process.argv.slice(process.argv.indexOf('agent', 2) + 1);

const jsonOption = ['--json', 'one JSON object instead of text'] as const;
const jsonLinesOption = ['--json', 'one JSON object for each state: waiting, accepted'] as const;

export function registerAgent(program: Command): void {
  const agent = program
    .command('agent')
    .description('run the agent of a device: fetch, verify, apply and report, by its schedule or once')
    .option(...configOption)
    .option('--once', 'one pass; the exit code says how it went')
    .option('--json', 'with --once: how the pass went, as one JSON object')
    .action(() => runProgram('agent', wordsAfterAgent()));
  agent
    .command('now')
    .description('let the agent that runs here look now, without waiting for a window; says how it ended')
    .option(...configOption)
    .option(...jsonOption)
    .addHelpText('after', examples([['towline agent now', 'after a push, at the device']]))
    .action((...given: unknown[]) => runVerb(given));
  agent
    .command('hold')
    .description('touch no project on this device for a while; what runs stays, the status says so')
    .option('--for <duration>', 'such as 30m, 2h or 7d; at most 31d (default: 1h)', holdDuration)
    .option(...configOption)
    .option(...jsonOption)
    .addHelpText('after', examples([['towline agent hold --for 2h', 'while somebody works at the machine']]))
    .action((...given: unknown[]) => runVerb(given));
  agent
    .command('release')
    .description('take a hold back')
    .option(...configOption)
    .option(...jsonOption)
    .addHelpText('after', examples([['towline agent release', 'updates go on']]))
    .action((...given: unknown[]) => runVerb(given));
  agent
    .command('enroll')
    .description("make this device's keys, state them at the gateway, wait until a person accepts them")
    .argument('[token]', 'from `towline device add`; `-` reads it from standard input')
    .option('--token-file <file>', 'read the token from a file: nobody sees it among the processes')
    .option(...configOption)
    .option('--state-directory <dir>', 'keys, store, trusted commit (default: /var/lib/towline)')
    .option('--engine-socket <path>', 'socket of the engine (default: /var/run/docker.sock)')
    .option('--project-prefix <prefix>', 'put before project names, so that two agents can share an engine')
    .option('--proxy <url>', 'HTTP proxy for all that goes out', proxyOption)
    .option('--no-wait', 'return once the statement is at the gateway')
    .option(...jsonLinesOption)
    .addHelpText(
      'after',
      examples([
        ['towline agent enroll --token-file /media/stick/token', 'a new device'],
        ['towline agent enroll - --no-wait < token', 'from a script'],
      ]),
    )
    .action((...given: unknown[]) => runVerb(given));
  agent
    .command('rotate-keys')
    .description('make new keys for this device, state them under the old ones, wait until they are accepted')
    .option(...configOption)
    .option(
      '--no-wait',
      'return once the statement is at the gateway; the same command again ends the change',
    )
    .option(...jsonLinesOption)
    .addHelpText(
      'after',
      examples([['towline agent rotate-keys', 'then, at your desk: towline device accept ID']]),
    )
    .action((...given: unknown[]) => runVerb(given));
  agent
    .command('re-anchor')
    .description(
      'begin the walk at another commit, at the device: only for a fleet that lost its root, or a device that was shown another history',
    )
    .argument(
      '[token]',
      'from `towline device add ID --re-anchor`; `-`, or the full id of a commit that you verified',
    )
    .option('--token-file <file>', 'read the token from a file')
    .option(...configOption)
    .option(...jsonOption)
    .addHelpText(
      'after',
      examples([
        ['towline agent re-anchor --token-file /media/stick/token', 'after the fleet got a new root'],
      ]),
    )
    .action((...given: unknown[]) => runVerb(given));
  agent.addHelpText(
    'after',
    examples([
      ['towline agent', 'run it in the foreground; SIGTERM ends a pass cleanly'],
      ['towline agent --config agent.yaml --once', 'one pass, now'],
      ['towline agent enroll --token-file token', 'on a new device'],
    ]),
  );
}
