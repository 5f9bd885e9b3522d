/** What is said of a release besides what its files say. */
import type { Command } from 'commander';
import { TowlineError } from '../../core/errors.ts';
import { readFleetFile } from '../../core/fleet/read-file.ts';
import type { ReleaseFile } from '../../schemas/types.generated.ts';
import { registryOption } from '../command/address-option.ts';
import { collect } from '../command/collect.ts';

export interface ReleaseOptions {
  readonly repo: string;
  readonly set?: readonly string[];
  readonly insecure?: readonly string[];
  readonly notes?: string;
  readonly breaking?: string;
  readonly migration?: string;
  readonly requires?: readonly string[];
  readonly assign?: readonly string[];
  readonly telemetry?: string;
  readonly json?: boolean;
}

/** NAME=value of an option that may be repeated. @throws TowlineError CLI_USAGE */
function pairsOf(option: string, pairs: readonly string[] = []): Record<string, string> {
  return Object.fromEntries(
    pairs.map(pair => {
      const [name = '', ...value] = pair.split('=');
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || value.length === 0)
        throw new TowlineError('CLI_USAGE', `${option} ${pair} must be NAME=value`);
      return [name, value.join('=')];
    }),
  );
}

interface Said extends Pick<ReleaseFile, 'notes' | 'breaking' | 'migration' | 'requires'> {
  readonly variables?: Record<string, string>;
}

/** What the options say, in the order of the file. @throws TowlineError CLI_USAGE */
export function saidOf({ notes, breaking, migration, requires, set }: ReleaseOptions): Said {
  const { platforms, ...least } = pairsOf('--requires', requires);
  const required = { ...least, ...(platforms === undefined ? {} : { platforms: platforms.split(',') }) };
  const variables = pairsOf('--set', set);
  const said = {
    ...(notes === undefined ? {} : { notes }),
    ...(breaking === undefined ? {} : { breaking }),
    ...(migration === undefined ? {} : { migration }),
    ...(Object.keys(required).length === 0 ? {} : { requires: required }),
    ...(Object.keys(variables).length === 0 ? {} : { variables }),
  };
  return { ...checked(said), ...(said.variables === undefined ? {} : { variables }) };
}

/** By the schema of the file that it becomes part of, before a registry is asked. */
function checked(said: object): Omit<Said, 'variables'> {
  const digest = `sha256:${'0'.repeat(64)}`;
  const example = {
    apiVersion: 'towline/v1',
    version: '0',
    ...said,
    images: { any: { image: 'any', digest } },
  };
  const { file, problems } = readFleetFile('release', 'release.yaml', Buffer.from(JSON.stringify(example)));
  if (file === undefined)
    throw new TowlineError('CLI_USAGE', problems.map(({ message }) => message).join('; '));
  const { apiVersion: _api, version: _version, images: _images, variables: _variables, ...rest } = file.value;
  return rest;
}

const readRegistry = registryOption('--insecure');

export function addReleaseOptions(command: Command): Command {
  return command
    .option('--repo <dir>', 'the fleet repository', '.')
    .option('--set <NAME=value>', 'variable of this release for the Compose file; repeatable', collect)
    .option(
      '--assign <file>',
      'put the release into this file, such as groups/canary.yaml; repeatable',
      collect,
    )
    .option(
      '--insecure <registry>',
      'ask this registry without TLS (loopback ones always are); repeatable',
      (text, previous: readonly string[] | undefined) => collect(readRegistry(text), previous),
    )
    .option('--notes <text>', 'what is new')
    .option('--breaking <text>', 'what people must do or know before a device gets it')
    .option('--migration <kind>', '`one-way`: no earlier release can read the data afterwards')
    .option(
      '--requires <name=value>',
      'agent=0.2, engine=24.0, platforms=linux/amd64,linux/arm64, disk=2GiB or memory=512MiB; repeatable',
      collect,
    )
    .option(
      '--telemetry <url>',
      'whose platforms count: the gateway’s telemetry repository (default: git config towline.telemetry)',
    )
    .option('--json', 'one JSON object instead of text');
}
