/** `towline device add`: a token with which a device enrols, or its keys made here. */
import { access, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { TowlineError } from '../../core/errors.ts';
import { parseDuration } from '../../core/fleet/duration.ts';
import type { Fleet } from '../../core/fleet/fleet.ts';
import { loadFleet } from '../../core/fleet/load.ts';
import { namePattern } from '../../core/fleet/paths.ts';
import { makeDeviceKeys, sshPublicKey, tlsPublicKey, writeDeviceKeys } from '../../core/io/device-keys.ts';
import { writeDurably } from '../../core/io/file/durable-file.ts';
import { ensureOpenpgpKey } from '../../core/io/openpgp-key.ts';
import { examples } from '../command/examples.ts';
import { FleetProblems } from '../command/report-error.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal } from '../command/terminal.ts';
import { noSuchDevice, unknownName } from '../command/unknown-name.ts';
import { agentFile, fleetAnchor } from '../desk/agent-file.ts';
import { walkToHead } from '../desk/own-walk.ts';
import { openRepository, openSnapshot } from '../desk/repository.ts';
import { writeDeviceFile } from './device-file.ts';
import { makeEnrolment } from './device-token.ts';

interface AddOptions {
  readonly repo: string;
  readonly out?: string;
  readonly expires: string;
  readonly folder?: string;
  readonly group?: readonly string[];
  readonly label?: readonly string[];
  readonly renew?: boolean;
  readonly reAnchor?: boolean;
  readonly anchor?: string;
  readonly stateDirectory?: string;
  readonly json?: boolean;
}

interface Added {
  readonly workTree: string;
  readonly fleet: Fleet;
  readonly id: string;
  readonly options: AddOptions;
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
      if (key !== '' && value.length > 0) return [key, value.join('=')];
      throw new TowlineError('CLI_USAGE', `--label ${pair} must be key=value`);
    }),
  );
}

const newDevice = ({ id, options: { folder = '', group, label, renew = false } }: Added) => ({
  id,
  renew,
  folder,
  groups: group,
  labels: label === undefined ? undefined : labelsOf(label),
});

/** Keys made here and taken to the device by hand. */
async function addWithKeys(added: Added, folder: string): Promise<void> {
  const { workTree, fleet, id, options } = added;
  const out = path.resolve(folder);
  if (await exists(path.join(out, 'keys'))) {
    throw new TowlineError(
      'CLI_FILE_EXISTS',
      `${path.join(out, 'keys')} is there already: keys are not written over`,
    );
  }
  const made = makeDeviceKeys(id);
  const anchor = options.anchor ?? (await fleetAnchor(workTree));
  const openpgp = await ensureOpenpgpKey(path.join(out, 'keys'), id);
  const keys = { tls: tlsPublicKey(made), ssh: sshPublicKey(made), openpgp };
  const { stateDirectory } = options;
  const text = agentFile({ fleet: fleet.file.value, device: id, anchor, stateDirectory });
  const configuration = path.join(out, 'agent.yaml');
  let file: string;
  try {
    await writeDeviceKeys(path.join(out, 'keys'), made);
    await writeDurably(configuration, text, { mode: 0o644 });
    // Last: the fleet names no keys that nobody has.
    file = await writeDeviceFile(workTree, newDevice(added), fleet.devices.get(id), { keys });
  } catch (error) {
    await rm(path.join(out, 'keys'), { recursive: true, force: true });
    throw error;
  }
  const terminal = standardTerminal();
  if (options.json === true) {
    terminal.json({ device: id, file, keys: path.join(out, 'keys'), configuration, anchor });
    return;
  }
  terminal.line(`${terminal.colour('green', 'wrote')} ${file}: commit and push it`);
  terminal.line(`private keys in ${path.join(out, 'keys')}, configuration in ${configuration}`);
  terminal.line('take both to the device and delete them here');
}

/** A token: the keys are made on the device and never leave it. */
async function addWithToken(added: Added, signal: AbortSignal): Promise<void> {
  const { workTree, fleet, id, options } = added;
  const trusted = await walkToHead(workTree, signal);
  const anchor = trusted.commit;
  const expiresMs = Date.now() + parseDuration(options.expires);
  const { token, entry } = makeEnrolment(fleet.file.value, id, trusted, expiresMs);
  const file = await writeDeviceFile(workTree, newDevice(added), fleet.devices.get(id), { enrolment: entry });
  const terminal = standardTerminal();
  if (options.json === true) {
    terminal.json({ device: id, file, token, expires: entry.expires, anchor });
    return;
  }
  terminal.line(`${terminal.colour('green', 'wrote')} ${file}: commit and push it, then on the device:`);
  terminal.line();
  terminal.line(`  towline agent enroll ${token}`);
  terminal.line();
  terminal.line(`The token is shown this once and works until ${entry.expires}. When the device shows its`);
  terminal.line(`fingerprint: towline device accept ${id}`);
}

/** A token that begins the walk of an enrolled device anew: nothing of the fleet changes. */
async function addAnchor({ workTree, fleet, id, options }: Added, signal: AbortSignal): Promise<void> {
  const trusted = await walkToHead(workTree, signal);
  const anchor = trusted.commit;
  const expiresMs = Date.now() + parseDuration(options.expires);
  const { token, entry } = makeEnrolment(fleet.file.value, id, trusted, expiresMs);
  const terminal = standardTerminal();
  if (options.json === true) {
    terminal.json({ device: id, token, expires: entry.expires, anchor });
    return;
  }
  terminal.line(`The walk of ${id} will begin at ${anchor}. At the device, with its agent stopped:`);
  terminal.line();
  terminal.line(`  towline agent re-anchor ${token}`);
}

async function add(id: string, options: AddOptions, signal: AbortSignal): Promise<void> {
  if (!namePattern.test(id)) {
    throw new TowlineError('CLI_USAGE', `"${id}" must be lower-case letters, digits and dashes`);
  }
  if (!/^([0-9]+(s|m|h|d))+$/.test(options.expires)) {
    throw new TowlineError('CLI_USAGE', `--expires ${options.expires} must be a duration, such as 7d`);
  }
  const { workTree, gitDirectory } = await openRepository(options.repo);
  if (workTree === undefined) {
    throw new TowlineError('CLI_NO_WORKING_TREE', `${gitDirectory} is bare: no file can be written`);
  }
  await using snapshot = await openSnapshot({ repo: options.repo, worktree: true });
  const { fleet, problems } = await loadFleet(snapshot.files, snapshot.commit);
  if (fleet === undefined || problems.length > 0) throw new FleetProblems(problems);
  const unknown = options.group?.find(group => !fleet.groups.has(group));
  if (unknown !== undefined)
    throw new TowlineError('CLI_USAGE', unknownName('group', unknown, fleet.groups.keys()));
  if ((options.renew === true || options.reAnchor === true) && !fleet.devices.has(id)) {
    throw noSuchDevice(id, fleet.devices.keys(), 'in the working tree');
  }
  const added = { workTree, fleet, id, options };
  if (options.reAnchor === true) {
    await addAnchor(added, signal);
    return;
  }
  await (options.out === undefined ? addWithToken(added, signal) : addWithKeys(added, options.out));
}

const collect = (value: string, previous: readonly string[] = []) => [...previous, value];

export function registerDeviceAdd(device: Command, stop: Stop): void {
  device
    .command('add')
    .description('Write a device’s file and print the token with which it enrols; or make its keys here.')
    .argument('<id>', 'id of the device; a file of that name that has no keys yet is used')
    .option('--out <dir>', 'make the keys here instead, into this folder, with agent.yaml for the device')
    .option(
      '--renew',
      'a token for a device that has keys: the ones it then makes replace them when accepted',
    )
    .option(
      '--re-anchor',
      'a token for `towline agent re-anchor`, at a device of a fleet that lost its root, or that was shown another history',
    )
    .option('--expires <duration>', 'how long the token works', '7d')
    .option('--repo <dir>', 'the fleet repository', '.')
    .option('--folder <path>', 'folder below devices/ for a new file')
    .option('--group <name>', 'group of a new device; repeatable', collect)
    .option('--label <key=value>', 'label of a new device; repeatable', collect)
    .option('--anchor <commit>', 'with --out: first commit that the device trusts (default: that of `init`)')
    .option('--state-directory <dir>', 'with --out: where the device keeps its state')
    .option('--json', 'one JSON object instead of text')
    .addHelpText(
      'after',
      examples([
        [
          'towline device add pump-4 --folder berlin --group stable',
          'prints a token for `towline agent enroll`',
        ],
        ['towline device add pump-4 --renew', 'the device was replaced, or lost its keys'],
        ['towline device add pump-1 --out ../pump-1', 'keys made here, beside the clone, for the device'],
        ['towline device add pump-4 --re-anchor', 'its fleet lost its root, or another history was shown'],
      ]),
    )
    .action((id: string, options: AddOptions) => add(id, options, stop()));
}
