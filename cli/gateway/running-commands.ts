/**
 * `towline gateway sinks`, `import`, `agents` and `notify`, which a gateway that runs carries out, and `doctor`, which the gateway's own
 * program is: what they do is read when they are asked for.
 */
import type { Command } from 'commander';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import type { AgentsOptions } from './agents.ts';
import type { ImportOptions } from './import.ts';
import type { NotifyTestOptions } from './notify-test.ts';
import type { SinksOptions } from './sinks.ts';

/** It stands on `towline gateway` as well: the nearer one is meant. */
const configOption = ['--config <file>', "the gateway's gateway.yaml (default: of towline gateway)"] as const;

export function registerGatewaySinks(gateway: Command, stop: Stop): void {
  gateway
    .command('sinks')
    .description(
      "how the gateway's sinks stand: lag, rate, errors, dead letters; or have something told again",
    )
    .option(...configOption)
    .option('--replay <sink>', 'tell this sink again what devices recorded since --from')
    .option('--from <time>', 'a moment in UTC such as 2026-11-23T18:00:00Z, or how long ago, such as 2h')
    .option('--json', 'one JSON object instead of text')
    .addHelpText(
      'after',
      examples([
        ['towline gateway sinks', "on the gateway's machine, as its user or as root"],
        ['towline gateway sinks --replay central --from 2h', 'after the receiver lost two hours'],
      ]),
    )
    .action(async (_options: unknown, command: Command) => {
      const { sinks } = await import('./sinks.ts');
      await sinks(command.optsWithGlobals<SinksOptions>(), stop());
    });
}

export function registerGatewayImport(gateway: Command, stop: Stop): void {
  gateway
    .command('import')
    .argument('<file>', 'a bundle, as `towline bundle create` writes it; - reads it from standard input')
    .description('bring a bundle to a gateway without an uplink: its commits and its images')
    .option(...configOption)
    .option('--json', 'one JSON object instead of text')
    .addHelpText(
      'after',
      examples([
        [
          'towline gateway import /media/stick/site-4.tlb',
          "on the gateway's machine, as its user or as root",
        ],
        ['ssh site-4 towline gateway import - < site-4.tlb', 'from where the file is'],
      ]),
    )
    .action(async (file: string, _options: unknown, command: Command) => {
      const { importBundle } = await import('./import.ts');
      await importBundle(file, command.optsWithGlobals<ImportOptions>(), stop());
    });
}

export function registerGatewayAgents(gateway: Command, stop: Stop): void {
  gateway
    .command('agents')
    .argument('<folder>', 'with towline-agent_VERSION.yaml and parts/, as `npm run package` writes it')
    .description('bring the files of an agent that root has listed to this gateway, for devices to fetch')
    .option(...configOption)
    .option('--json', 'one JSON object instead of text')
    .addHelpText(
      'after',
      examples([
        [
          'towline gateway agents /media/stick/towline-0.2.0',
          "on the gateway's machine, as its user or as root",
        ],
      ]),
    )
    .action(async (folder: string, _options: unknown, command: Command) => {
      const { bringAgents } = await import('./agents.ts');
      await bringAgents(folder, command.optsWithGlobals<AgentsOptions>(), stop());
    });
}

export function registerGatewayNotify(gateway: Command, stop: Stop): void {
  const example = [
    'towline gateway notify test ops',
    "on the gateway's machine, as its user or as root",
  ] as const;
  const notify = gateway.command('notify').description('messages to people: whether they arrive');
  notify.addHelpText('after', examples([example]));
  notify
    .command('test')
    .argument('<name>', 'a receiver of `notify` in gateway.yaml')
    .description('send one test message, and say what the receiver answered; 1 where it was not taken')
    .option(...configOption)
    .option('--json', 'one JSON object instead of text')
    .addHelpText('after', examples([example]))
    .action(async (name: string, _options: unknown, command: Command) => {
      const { notifyTest } = await import('./notify-test.ts');
      await notifyTest(name, command.optsWithGlobals<NotifyTestOptions>(), stop());
    });
}

export function registerGatewayDoctor(gateway: Command): void {
  gateway
    .command('doctor')
    .description(
      'look whether this gateway has what it needs: clock, disk, keys, ports, pins, its own walk; exits with 0, 1 for warnings, 2 for failures',
    )
    .option(...configOption)
    .option('--json', 'one JSON object instead of text')
    .option('--bundle <file>', 'also write an archive for support (.tar.gz), without secrets')
    .addHelpText(
      'after',
      examples([
        ['towline gateway doctor', "on the gateway's machine, as its user or as root"],
        ['towline gateway doctor --bundle gateway.tar.gz', 'and something to send to support'],
      ]),
    )
    .action(async (_options: unknown, command: Command) => {
      const { config, json, bundle } = command.optsWithGlobals<DoctorOptions>();
      const archive = bundle === undefined ? [] : ['--bundle', bundle];
      const { runProgram } = await import('../command/child-program.ts');
      await runProgram('gateway', [
        'doctor',
        '--config',
        config,
        ...(json === true ? ['--json'] : []),
        ...archive,
      ]);
    });
}

interface DoctorOptions {
  readonly config: string;
  readonly json?: boolean;
  readonly bundle?: string;
}
