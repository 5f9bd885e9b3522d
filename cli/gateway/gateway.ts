/** `towline gateway`, `towline gateway init` and `accept`. */
import type { Command } from 'commander';
import { dialledOption, listenOption } from '../command/address-option.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal } from '../command/terminal.ts';
import type { AcceptOptions } from './accept.ts';
import type { GatewayInitOptions } from './init.ts';
import { defaultConfig, defaultState, startLines } from './next-step.ts';
import {
  registerGatewayAgents,
  registerGatewayDoctor,
  registerGatewayImport,
  registerGatewayNotify,
  registerGatewaySinks,
} from './running-commands.ts';

const peoplePort = 2222;

async function init(
  options: GatewayInitOptions & { readonly json?: boolean },
  signal: AbortSignal,
): Promise<void> {
  const { gatewaysText, initGateway } = await import('./init.ts');
  const result = await initGateway(options, signal);
  const terminal = standardTerminal();
  if (options.json === true) {
    terminal.json(result);
    return;
  }
  terminal.line(`Gateway of fleet ${result.fleet}, anchored at ${result.anchor}.`);
  for (const path of result.kept) terminal.line(`${terminal.colour('yellow', 'kept')} ${path}`);
  terminal.line(`Fingerprint of its keys: ${terminal.colour('bold', result.fingerprint)}`);
  terminal.line();
  terminal.line('Start it:');
  for (const line of await startLines(result.config, result.stateDirectory)) terminal.line(`  ${line}`);
  terminal.line();
  terminal.line(
    'Then, at your desk, in the clone of the fleet: it asks for the fingerprint and writes fleet.yaml.',
  );
  terminal.line(`  towline gateway accept --address ${result.gateway.address}`);
  terminal.line(`  towline audit accept '${result.auditKey}'`);
  terminal.lines('\nOr put this into fleet.yaml by hand, so that devices accept this gateway:\n');
  terminal.lines(gatewaysText(result));
}

export function registerGateway(gateway: Command, stop: Stop): void {
  gateway
    .option('--config <file>', 'gateway.yaml', defaultConfig)
    .action(async ({ config }: { config: string }) => {
      const { runProgram } = await import('../command/child-program.ts');
      await runProgram('gateway', ['--config', config]);
    });
  gateway.addHelpText(
    'after',
    examples([['towline gateway --config gateway.yaml', 'run it in the foreground; SIGTERM drains']]),
  );
  registerGatewayAccept(gateway, stop);
  registerGatewayImport(gateway, stop);
  registerGatewayAgents(gateway, stop);
  registerGatewayNotify(gateway, stop);
  registerGatewaySinks(gateway, stop);
  registerGatewayDoctor(gateway);
  gateway
    .command('init')
    .description("make the gateway's repositories, keys and gateway.yaml out of a local fleet repository")
    .requiredOption(
      '--address <host:port>',
      'address of the device port, as devices dial it',
      dialledOption('--address'),
    )
    .option('--repo <dir>', 'the fleet repository', '.')
    .option('--branch <name>', 'its branch', 'main')
    .option('--anchor <commit>', "the first commit that the gateway trusts (default: the branch's head)")
    .option('--state-directory <dir>', 'where the gateway keeps everything', defaultState)
    .option('--config <file>', 'gateway.yaml to write', defaultConfig)
    .option(
      '--listen-devices <host:port>',
      'listen here for devices (default 0.0.0.0:8443)',
      listenOption('--listen-devices'),
    )
    .option(
      '--listen-people <host:port>',
      'listen here for people (default 0.0.0.0:2222)',
      listenOption('--listen-people'),
    )
    .option(
      '--listen-internal <host:port>',
      'listen here for health and metrics (default 127.0.0.1:8080)',
      listenOption('--listen-internal'),
    )
    .option('--json', 'print the result as JSON')
    // `--config` stands on both commands: the nearer one is meant.
    .action((_options: unknown, command: Command) => init(command.optsWithGlobals(), stop()))
    .addHelpText(
      'after',
      examples([
        [
          'towline gateway init --address gateway.example.com:8443',
          'on the machine that will be the gateway',
        ],
        [
          'towline gateway init --repo fleet --state-directory ./state --config gateway.yaml --address 127.0.0.1:8443',
          'to try it here',
        ],
      ]),
    );
}

function registerGatewayAccept(gateway: Command, stop: Stop): void {
  gateway
    .command('accept')
    .description('Write the keys that a gateway shows into fleet.yaml, after its fingerprint was compared.')
    .requiredOption(
      '--address <host:port>',
      'its device port, as devices dial it',
      dialledOption('--address'),
    )
    .option(
      '--people <host:port>',
      `its port for people (default: port ${peoplePort} there)`,
      dialledOption('--people'),
    )
    .option(
      '--fingerprint <text>',
      'what `towline gateway init` shows on the gateway (asked for on a terminal)',
    )
    .option('--repo <dir>', 'the fleet repository', '.')
    .option('--json', 'one JSON object instead of text')
    .addHelpText(
      'after',
      examples([
        [
          'towline gateway accept --address gateway.example.com:8443',
          'at your desk: asks for the fingerprint',
        ],
      ]),
    )
    .action(async (options: Omit<AcceptOptions, 'peoplePort'>) => {
      const { accept } = await import('./accept.ts');
      await accept({ ...options, peoplePort }, stop());
    });
}
