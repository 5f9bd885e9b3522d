/** `towline device add`: a token with which a device enrols, or its keys made here; or tokens of many. */
import type { Command } from 'commander';
import { type FilesAt, textAt } from '../../core/change/changed-files.ts';
import type { Intent } from '../../core/change/intent.ts';
import { TowlineError } from '../../core/errors.ts';
import type { Fleet } from '../../core/fleet/fleet.ts';
import { namePattern } from '../../core/fleet/paths.ts';
import { noSuchDevice } from '../../core/unknown-name.ts';
import { type Made, makeChange } from '../change/make-change.ts';
import { mayHaveArrived } from '../change/push-outcome.ts';
import { collect } from '../command/collect.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal } from '../command/terminal.ts';
import { walkToHead } from '../desk/own-walk.ts';
import { openRepository, openSnapshot } from '../desk/repository.ts';
import { type KeysHere, keysHere } from './add-keys.ts';
import { addMany } from './add-many.ts';
import { type AddOptions, assertGroups, newDevice } from './add-options.ts';
import { type DeviceEntry, deviceFileWith } from './device-file.ts';
import { type Enrolment, expiresMsOf, makeEnrolment } from './device-token.ts';
import { type InstallWay, installJson, installWay, sayInstall, wordsBeside } from './install-ways.ts';
import { changeOf, placedJson, placedLine, placeOptions, sayShown, soundFleet } from './place-files.ts';

/** @param entryOf what is put into its file; asked again where main has moved */
async function place(
  id: string,
  options: AddOptions,
  entryOf: (fleet: Fleet, at: FilesAt) => Promise<DeviceEntry>,
  signal: AbortSignal,
): Promise<Made> {
  const intend = async (at: FilesAt): Promise<Intent> => {
    const fleet = await soundFleet(at);
    assertGroups(fleet, options);
    const found = fleet.devices.get(id);
    if (options.renew === true && found === undefined)
      throw noSuchDevice(
        id,
        fleet.devices.keys(),
        at.trusted === undefined ? 'in the working tree' : 'at main',
      );
    const present = found === undefined ? undefined : { ...found, text: await textAt(at, found.path) };
    const device = newDevice(id, options);
    // Whether it may be, before anything is made.
    deviceFileWith(device, present, {});
    const file = deviceFileWith(device, present, await entryOf(fleet, at));
    return { files: new Map([file]), message: `Add ${id}` };
  };
  return await makeChange({ options: changeOf(options), name: `add-${id}`, intend }, signal);
}

/** Keys made here and taken to the device by hand. */
async function addWithKeys(
  id: string,
  options: AddOptions,
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  let here: KeysHere | undefined;
  const entryOf = async (fleet: Fleet) => {
    here ??= await keysHere(fleet, id, folder, options);
    return here.entry;
  };
  const made = await place(id, options, entryOf, signal).catch(async (error: unknown) => {
    if (!mayHaveArrived(error, signal)) await here?.takeBack();
    throw error;
  });
  const terminal = standardTerminal();
  const { keys, configuration, anchor } = here ?? { keys: '', configuration: '', anchor: '' };
  if (options.json === true) {
    terminal.json({ device: id, file: made.files[0], keys, configuration, anchor, ...placedJson(made) });
    return;
  }
  terminal.line(placedLine(terminal, made));
  terminal.line(`private keys in ${keys}, configuration in ${configuration}`);
  terminal.line('take both to the device and delete them here');
}

/** A token: the keys are made on the device and never leave it. */
async function addWithToken(id: string, options: AddOptions, signal: AbortSignal): Promise<void> {
  const expiresMs = expiresMsOf(options);
  let enrolment: (Enrolment & { readonly anchor: string }) | undefined;
  let isSecond = false;
  let way: InstallWay | undefined;
  const made = await place(
    id,
    options,
    async (fleet, at) => {
      way = installWay(fleet, id, options, options.group);
      const trusted = at.trusted ?? (await walkToHead(options.repo, signal));
      isSecond = fleet.devices.get(id)?.value.enrolment !== undefined;
      enrolment ??= {
        ...makeEnrolment(fleet.file.value, id, trusted, expiresMs),
        anchor: trusted.commit,
      };
      return { enrolment: enrolment.entry };
    },
    signal,
  );
  const terminal = wordsBeside(way);
  if (enrolment === undefined || sayShown(standardTerminal(), made, options.json)) return;
  const { token, entry, anchor } = enrolment;
  const { expires } = entry;
  const facts = { device: id, token, expires };
  if (options.json === true) {
    const install = installJson(way, facts);
    standardTerminal().json({ ...facts, file: made.files[0], anchor, ...install, ...placedJson(made) });
    return;
  }
  terminal.line(
    `${placedLine(terminal, made)}${made.how === 'written' ? ', then on the device:' : '; on the device:'}`,
  );
  terminal.line();
  if (way === undefined) terminal.line(`  towline agent enroll ${token}`);
  else sayInstall(way, facts);
  terminal.line();
  terminal.line(`The token is shown this once and works until ${expires}. When the device shows its`);
  terminal.line(`fingerprint: towline device accept ${id}`);
  if (isSecond) terminal.line(`The token that was made for ${id} before works no more.`);
}

/** A token that begins the walk of an enrolled device anew: nothing of the fleet changes. */
async function addAnchor(id: string, options: AddOptions, signal: AbortSignal): Promise<void> {
  await using snapshot = await openSnapshot({ repo: options.repo, worktree: true });
  const fleet = await soundFleet(snapshot);
  if (!fleet.devices.has(id)) throw noSuchDevice(id, fleet.devices.keys(), 'in the working tree');
  const trusted = await walkToHead(options.repo, signal);
  const anchor = trusted.commit;
  const { token, entry } = makeEnrolment(fleet.file.value, id, trusted, expiresMsOf(options));
  const terminal = standardTerminal();
  if (options.json === true) {
    terminal.json({ device: id, token, expires: entry.expires, anchor });
    return;
  }
  terminal.line(`The walk of ${id} will begin at ${anchor}. At the device, with its agent stopped:`);
  terminal.line();
  terminal.line(`  towline agent re-anchor ${token}`);
}

async function add(id: string | undefined, options: AddOptions, signal: AbortSignal): Promise<void> {
  if ((id === undefined) !== (options.count !== undefined))
    throw new TowlineError('CLI_USAGE', 'an id, or --count and --prefix for many');
  expiresMsOf(options);
  const { workTree, gitDirectory } = await openRepository(options.repo);
  if (workTree === undefined) {
    throw new TowlineError('CLI_NO_WORKING_TREE', `${gitDirectory} is bare: no file can be written`);
  }
  const inTree = { ...options, repo: workTree };
  if (id === undefined) return await addMany(inTree, signal);
  if (!namePattern.test(id)) {
    throw new TowlineError('CLI_USAGE', `"${id}" must be lower-case letters, digits and dashes`);
  }
  if (options.dryRun === true && (options.out !== undefined || options.reAnchor === true))
    throw new TowlineError(
      'CLI_USAGE',
      '--dry-run: with --out the keys would be made, with --re-anchor nothing changes',
    );
  const isInstalled = options.installLine === true || options.cloudInit === true;
  if (isInstalled && (options.out !== undefined || options.reAnchor === true))
    throw new TowlineError('CLI_USAGE', '--install-line and --cloud-init bring a token, of one device');
  if (options.reAnchor === true) return await addAnchor(id, inTree, signal);
  if (options.out === undefined) return await addWithToken(id, inTree, signal);
  await addWithKeys(id, inTree, options.out, signal);
}

export function registerDeviceAdd(device: Command, stop: Stop): void {
  const verb = device
    .command('add')
    .description('Write a device’s file and print the token with which it enrols; or make its keys here.')
    .argument('[id]', 'id of the device; a file of that name that has no keys yet is used')
    .option('--out <dir>', 'make the keys here instead, into this folder, with agent.yaml for the device')
    .option('--count <number>', 'so many new devices; with --out DIR, where their tokens go')
    .option('--prefix <text>', 'with --count: what their ids begin with: p-001, p-002, …')
    .option(
      '--renew',
      'a token for a device that has keys: the ones it then makes replace them when accepted',
    )
    .option('--install-line', 'print the line that installs the agent, which asks for the token')
    .option('--instance <name>', 'with --install-line: as another agent of a machine that has one')
    .option('--cloud-init', 'print user-data for cloud-init, with the token in it')
    .option(
      '--re-anchor',
      'a token for `towline agent re-anchor`, at a device of a fleet that lost its root, or that was shown another history',
    )
    .option('--expires <duration>', 'how long the token works', '7d')
    .option('--folder <path>', 'folder below devices/ for a new file')
    .option('--group <name>', 'group of a new device; repeatable', collect)
    .option('--label <key=value>', 'label of a new device; repeatable', collect)
    .option('--anchor <commit>', 'with --out: first commit that the device trusts (default: that of `init`)')
    .option('--state-directory <dir>', 'with --out: where the device keeps its state');
  placeOptions(verb)
    .addHelpText(
      'after',
      examples([
        [
          'towline device add pump-4 --folder berlin --group stable',
          'prints a token for `towline agent enroll`',
        ],
        [
          'towline device add pump-4 --install-line',
          'on a machine that has nothing yet: one line, then the token',
        ],
        [
          'towline device add pump-4 --commit --cloud-init > user-data',
          'for a machine that cloud-init sets up',
        ],
        ['towline device add pump-4 --renew', 'the device was replaced, or lost its keys'],
        ['towline device add pump-1 --out ../pump-1', 'keys made here, beside the clone, for the device'],
        [
          'towline device add --count 500 --prefix p- --group stable --out ../tokens --commit',
          'p-001 to p-500 in one commit, and a folder with their tokens',
        ],
        ['towline device add pump-4 --re-anchor', 'its fleet lost its root, or another history was shown'],
      ]),
    )
    .action((id: string | undefined, options: AddOptions) => add(id, options, stop()));
}
