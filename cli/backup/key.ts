/** `towline backup key`: what opens a device's store, made at random, sealed to the device and to who edits secrets. */
import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { FleetProblems, TowlineError } from '../../core/errors.ts';
import { storesOf } from '../../core/fleet/backup-stores.ts';
import { layersOf } from '../../core/fleet/fleet.ts';
import { loadFleet } from '../../core/fleet/load.ts';
import { mergeDevice } from '../../core/fleet/merge.ts';
import { makeSshPrivateKey, readSshPrivateKey } from '../../core/io/openssh-key.ts';
import { parsePlainSecret, secretFormat } from '../../core/secrets/document.ts';
import { noSuchDevice } from '../../core/unknown-name.ts';
import { examples } from '../command/examples.ts';
import { standardTerminal } from '../command/terminal.ts';
import { openSnapshot } from '../desk/repository.ts';
import { openSecretFile, writeSealed } from '../secret/secret-file.ts';

interface KeyOptions {
  readonly repo: string;
  readonly store?: string;
  readonly json?: boolean;
}

/** Of the device's stores those with one secret file; whether one of them is a server. */
async function secretOf(
  device: string,
  { repo, store }: KeyOptions,
): Promise<{ file: string; isServer: boolean }> {
  await using snapshot = await openSnapshot({ repo, worktree: true });
  const { fleet, problems } = await loadFleet(snapshot.files, snapshot.commit);
  if (fleet === undefined || problems.length > 0) throw new FleetProblems(problems);
  const layers = layersOf(fleet, device);
  if (layers === undefined) throw noSuchDevice(device, fleet.devices.keys(), 'in this working tree');
  const stores = storesOf(mergeDevice(layers).backupStores, device);
  const [first, ...others] = stores.filter(({ name }) => store === undefined || name === store);
  if (first === undefined)
    throw new TowlineError(
      'BACKUP_STORE_UNKNOWN',
      `${device} has no store${store === undefined ? '' : ` ${store}`}`,
    );
  if (others.some(({ secret }) => secret !== first.secret))
    throw new TowlineError('CLI_USAGE', `${device} has several stores: say --store`);
  const same = stores.filter(({ secret }) => secret === first.secret);
  return { file: first.secret, isServer: same.some(({ place }) => 'host' in place) };
}

async function makeKey(device: string, options: KeyOptions): Promise<void> {
  const { file: name, isServer } = await secretOf(device, options);
  const file = await openSecretFile({ repo: options.repo, file: name, now: new Date() }, 'begin');
  // Another password would open nothing of what is there.
  if (file.document !== undefined) throw new TowlineError('CLI_USAGE', `${name} is there already`);
  const identity = isServer ? makeSshPrivateKey(`towline backup ${device}`) : undefined;
  const plain = {
    password: randomBytes(32).toString('base64url'),
    ...(identity === undefined ? {} : { identity }),
  };
  await writeSealed(file, {
    plain: parsePlainSecret(JSON.stringify(plain), secretFormat(name)),
    now: new Date(),
  });
  const publicKey = identity === undefined ? undefined : readSshPrivateKey(identity).publicLine;
  const recipients = file.recipients.map(recipient => recipient.name);
  const terminal = standardTerminal();
  if (options.json === true) {
    terminal.json({ device, file: file.path, recipients, publicKey: publicKey ?? null });
    return;
  }
  terminal.line(`${terminal.colour('green', 'sealed')} ${file.path} for ${recipients.join(', ')}: commit it`);
  if (publicKey === undefined) return;
  terminal.line('For the authorized_keys of its user at the server:');
  terminal.line(`restrict,command="internal-sftp" ${publicKey} ${device}`);
}

export function registerBackupKey(backup: Command): void {
  backup
    .command('key')
    .description('Make the password of a device’s store, and for SFTP its login key, as a sealed secret.')
    .argument('<device>', 'id of the device')
    .option('--store <name>', 'the store, where the device has several')
    .option('--repo <dir>', 'the fleet repository', '.')
    .option('--json', 'one JSON object instead of text')
    .addHelpText(
      'after',
      examples([
        ['towline backup key pump-4', 'writes secrets/backups/pump-4.yaml; nobody sees the password'],
      ]),
    )
    .action(makeKey);
}
