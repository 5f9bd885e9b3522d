/** `towline device add`: a device's keys and its file. */
import { access } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { stringify } from 'yaml';
import { TowlineError } from '../core/errors.ts';
import { loadFleet } from '../core/fleet/load.ts';
import { namePattern } from '../core/fleet/paths.ts';
import { makeDeviceKeys, sshPublicKey, tlsPublicKey, writeDeviceKeys } from '../core/io/device-keys.ts';
import { writeDurably } from '../core/io/durable-file.ts';
import type { DeviceFile } from '../schemas/types.generated.ts';
import { agentFile, fleetAnchor } from './agent-file.ts';
import { editYaml } from './edit-yaml.ts';
import { examples } from './examples.ts';
import { FleetProblems } from './report-error.ts';
import { openRepository, openSnapshot, type Repository } from './repository.ts';
import { standardTerminal } from './terminal.ts';

interface AddOptions {
  readonly repo: string;
  readonly out: string;
  readonly folder?: string;
  readonly group?: readonly string[];
  readonly label?: readonly string[];
  readonly anchor?: string;
  readonly stateDirectory?: string;
  readonly json?: boolean;
}

const exists = (file: string) =>
  access(file).then(
    () => true,
    () => false,
  );

function labelsOf(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map(pair => {
      const [key = '', ...value] = pair.split('=');
      if (key === '' || value.length === 0)
        throw new TowlineError('CLI_USAGE', `--label ${pair} must be key=value`);
      return [key, value.join('=')];
    }),
  );
}

/** A new device's file, or the keys put into the one that has none yet. */
async function writeDeviceFile(
  workTree: string,
  id: string,
  present: { readonly path: string; readonly value: DeviceFile } | undefined,
  keys: NonNullable<DeviceFile['keys']>,
  options: AddOptions,
): Promise<string> {
  if (present !== undefined) {
    if (present.value.keys !== undefined) {
      throw new TowlineError('CLI_FILE_EXISTS', `${present.path} has keys already`, {
        position: { file: present.path },
      });
    }
    await editYaml(path.join(workTree, present.path), document =>
      document.set('keys', document.createNode(keys)),
    );
    return present.path;
  }
  const folder = options.folder ?? '';
  const file = path.posix.normalize(path.posix.join('devices', folder, `${id}.yaml`));
  if (!file.startsWith('devices/')) throw new TowlineError('CLI_USAGE', `--folder ${folder} leaves devices/`);
  const depth = '../'.repeat(file.split('/').length - 1);
  const value: DeviceFile = {
    apiVersion: 'towline/v1',
    ...(options.group === undefined ? {} : { groups: [...options.group] }),
    ...(options.label === undefined ? {} : { labels: labelsOf(options.label) }),
    keys,
    tunnel: 'closed',
  };
  const comment = `# yaml-language-server: $schema=${depth}.towline/schemas/device.schema.json\n`;
  await writeDurably(path.join(workTree, file), comment + stringify(value, { lineWidth: 0 }), {
    mode: 0o644,
  });
  return file;
}

function workTreeOf(repository: Repository): string {
  if (repository.workTree !== undefined) return repository.workTree;
  throw new TowlineError('CLI_NO_WORKING_TREE', `${repository.gitDirectory} is bare: no file can be written`);
}

async function add(id: string, options: AddOptions): Promise<void> {
  if (!namePattern.test(id)) {
    throw new TowlineError('CLI_USAGE', `"${id}" must be lower-case letters, digits and dashes`);
  }
  const workTree = workTreeOf(await openRepository(options.repo));
  await using snapshot = await openSnapshot({ repo: options.repo, worktree: true });
  const { fleet, problems } = await loadFleet(snapshot.files, snapshot.commit);
  if (fleet === undefined || problems.length > 0) throw new FleetProblems(problems);
  const unknown = options.group?.find(group => !fleet.groups.has(group));
  if (unknown !== undefined) throw new TowlineError('CLI_USAGE', `there is no group "${unknown}"`);
  const out = path.resolve(options.out);
  if (await exists(path.join(out, 'keys'))) {
    throw new TowlineError('CLI_FILE_EXISTS', `${path.join(out, 'keys')} is there already`);
  }
  const made = makeDeviceKeys(id);
  const keys = { tls: tlsPublicKey(made), ssh: sshPublicKey(made) };
  const anchor = options.anchor ?? (await fleetAnchor(workTree));
  const file = await writeDeviceFile(workTree, id, fleet.devices.get(id), keys, options);
  await writeDeviceKeys(path.join(out, 'keys'), made);
  const configuration = agentFile({
    fleet: fleet.file.value,
    device: id,
    anchor,
    stateDirectory: options.stateDirectory,
  });
  await writeDurably(path.join(out, 'agent.yaml'), configuration, { mode: 0o644 });
  const terminal = standardTerminal();
  if (options.json === true) {
    terminal.json({
      device: id,
      file,
      keys: path.join(out, 'keys'),
      configuration: path.join(out, 'agent.yaml'),
      anchor,
    });
    return;
  }
  terminal.line(`${terminal.colour('green', 'wrote')} ${file}: commit and push it`);
  terminal.line(
    `private keys in ${path.join(out, 'keys')}, configuration in ${path.join(out, 'agent.yaml')}`,
  );
  terminal.line('take both to the device and delete them here');
}

const collect = (value: string, previous: readonly string[] = []) => [...previous, value];

/** @returns the `device` command, for its other verbs */
export function registerDevice(program: Command): Command {
  const device = program.command('device').description('Devices of a fleet.');
  device
    .command('add')
    .description('Make a device’s keys here, write its file in the repository and its configuration.')
    .argument('<id>', 'id of the device; a file of that name without keys gets them')
    .requiredOption('--out <dir>', 'where keys and agent.yaml for the device are written')
    .option('--repo <dir>', 'the fleet repository', '.')
    .option('--folder <path>', 'folder below devices/ for a new file')
    .option('--group <name>', 'group of a new device; repeatable', collect)
    .option('--label <key=value>', 'label of a new device; repeatable', collect)
    .option('--anchor <commit>', 'first commit that the device trusts (default: the one of `towline init`)')
    .option('--state-directory <dir>', 'where the device keeps its state', '/var/lib/towline')
    .option('--json', 'one JSON object instead of text')
    .addHelpText(
      'after',
      examples([
        ['towline device add pump-4 --folder berlin --group stable --out /media/stick', 'a new device'],
        ['towline device add pump-1 --out ./pump-1', 'keys for a file that has none yet'],
      ]),
    )
    .action(add);
  return device;
}
