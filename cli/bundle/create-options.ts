/** How `towline bundle create` is asked. */
import type { Command } from 'commander';
import { registryOption } from '../command/address-option.ts';
import { collect } from '../command/collect.ts';
import { examples } from '../command/examples.ts';

export interface CreateOptions {
  readonly repo: string;
  readonly anchor?: string;
  readonly head?: string;
  readonly device?: readonly string[];
  readonly group?: readonly string[];
  readonly release?: readonly string[];
  readonly since?: string;
  readonly complete?: boolean;
  readonly seal?: boolean;
  readonly agents?: readonly string[];
  readonly output?: string;
  readonly telemetry?: string;
  readonly insecure?: readonly string[];
  readonly json?: boolean;
}

const readRegistry = registryOption('--insecure');

export function addCreateOptions(bundle: Command): Command {
  return bundle
    .command('create')
    .description('Write what devices need into one file: signed commits, the newest statement, images.')
    .option('--device <id>', 'for this device; repeatable', collect)
    .option('--group <name>', 'for all devices of this group; repeatable', collect)
    .option('--release <app=version>', 'and the images of this release; repeatable', collect)
    .option('--since <commit>', 'without the commits up to this one, which the devices trust already')
    .option('--complete', 'leave no layer out, whatever the devices said that they run')
    .option(
      '--agents <folder>',
      'with the parts of an agent that devices are to run and do not; repeatable',
      collect,
    )
    .option('--seal', 'encrypt it for the OpenPGP keys of the devices: it holds the inventory of the fleet')
    .option(
      '-o, --output <file>',
      'where to; - is standard output (default: the device’s, the group’s or the fleet’s name, and .tlb)',
    )
    .option('--repo <dir>', 'the fleet repository', '.')
    .option(
      '--anchor <commit>',
      'commit that is trusted to begin with (default: configuration towline.anchor)',
    )
    .option('--head <rev>', 'up to which commit (default: main)')
    .option(
      '--telemetry <url>',
      'what devices last said: the gateway’s telemetry repository (default: git config towline.telemetry)',
    )
    .option(
      '--insecure <registry>',
      'ask this registry without TLS (loopback ones always are); repeatable',
      (text, previous: readonly string[] | undefined) => collect(readRegistry(text), previous),
    )
    .option('--json', 'one JSON object instead of text')
    .addHelpText(
      'after',
      examples([
        ['towline bundle create --device pump-17', 'writes pump-17.tlb'],
        ['towline bundle create --group north --seal -o /media/stick/north.tlb', 'that only they can read'],
        ['towline bundle create --device pump-17 --release pump=1.5.0', 'and a release that may come later'],
        ['towline bundle create --device pump-17 --agents towline-0.2.0', 'and the agent that it is to run'],
        ['towline bundle create --device pump-17 -o - | ssh site "cat > pump-17.tlb"', 'without a copy here'],
      ]),
    );
}
