/** A device's store at a desk: opened by the person's own keyring, read and pruned by the desk's restic. */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { knownHosts, sshCommand } from '../../core/backup/store-ssh.ts';
import { isAbsent, storeError } from '../../core/backup/store-words.ts';
import { messageOf } from '../../core/errors/cause.ts';
import { FleetProblems, isTowlineError, TowlineError } from '../../core/errors.ts';
import { type DeviceStore, storesOf } from '../../core/fleet/backup-stores.ts';
import { layersOf } from '../../core/fleet/fleet.ts';
import { loadFleet } from '../../core/fleet/load.ts';
import { mergeDevice } from '../../core/fleet/merge.ts';
import { writeDurably } from '../../core/io/file/durable-file.ts';
import { fieldsOf } from '../../core/json.ts';
import { maxSecretBytes, readSecretDocument, secretFormat } from '../../core/secrets/document.ts';
import { plainData } from '../../core/secrets/tree.ts';
import { noSuchDevice } from '../../core/unknown-name.ts';
import { openSnapshot } from '../desk/repository.ts';
import { snapshotOptions } from '../desk/snapshot-options.ts';
import { memoryFolder } from '../secret/editor.ts';
import { openDataKey } from '../secret/keyring.ts';
import { openForPerson } from '../secret/opened.ts';

export interface DeskStoreOptions {
  readonly repo: string;
  readonly commit?: string;
  readonly worktree?: boolean;
  readonly store?: string;
  readonly folder?: string;
  readonly user?: string;
  readonly identity?: string;
}

export const storeOptions = (command: Command): Command => openingOptions(snapshotOptions(command));

/** Which store, and how it is reached from here. */
export const openingOptions = (command: Command): Command =>
  command
    .option('--store <name>', 'the store, where the device has several')
    .option('--folder <dir>', 'the repository of the store, where its disk is mounted here')
    .option('--user <name>', 'log in at the server as somebody else than the device does')
    .option('--identity <file>', 'with this private key, and not the device’s');

/** In the folder of the secret: what ssh has said. */
const sshWords = 'ssh';
/** Of what restic says, bytes: a line for each snapshot. */
const maxOutputBytes = 64 * 1024 * 1024;

interface Opened {
  readonly fleet: string;
  readonly store: DeviceStore;
  readonly secret: ReturnType<typeof fieldsOf>;
}

function chosen(stores: readonly DeviceStore[], device: string, name: string | undefined): DeviceStore {
  const names = stores.map(store => store.name).join(', ');
  const [only, ...others] = name === undefined ? stores : stores.filter(store => store.name === name);
  if (only === undefined)
    throw new TowlineError(
      'BACKUP_STORE_UNKNOWN',
      name === undefined
        ? `${device} has no store`
        : `${device} has no store ${name}: it has ${names || 'none'}`,
    );
  if (others.length > 0)
    throw new TowlineError('CLI_USAGE', `${device} has the stores ${names}: say --store`);
  return only;
}

/** @throws TowlineError SECRET_…, CLI_…, BACKUP_STORE_UNKNOWN; FleetProblems */
async function openSecret(device: string, options: DeskStoreOptions): Promise<Opened> {
  await using snapshot = await openSnapshot(options);
  const { files, commit } = snapshot;
  const { fleet, problems } = await loadFleet(files, commit);
  if (fleet === undefined || problems.length > 0) throw new FleetProblems(problems);
  const layers = layersOf(fleet, device);
  if (layers === undefined) throw noSuchDevice(device, fleet.devices.keys(), 'in this fleet');
  const store = chosen(storesOf(mergeDevice(layers).backupStores, device), device, options.store);
  const file = await files.fileAt(commit, store.secret, maxSecretBytes);
  if (file === undefined) throw new TowlineError('SECRET_FILE_MISSING', `there is no ${store.secret}`);
  const format = secretFormat(store.secret);
  const document = readSecretDocument(file.bytes, format);
  const dataKey = await openDataKey(document.metadata);
  const place = { fleet: fleet.name, path: store.secret, format };
  const { plain } = openForPerson(document, dataKey, place, false);
  return { fleet: fleet.name, store, secret: fieldsOf(plainData(plain)) };
}

export class DeskStore implements AsyncDisposable {
  readonly fleet: string;
  readonly device: string;
  readonly name: string;
  readonly #secret: string;
  readonly #repository: string;
  readonly #options: readonly string[];
  #work: string | undefined;

  private constructor(
    device: string,
    { fleet, store }: Opened,
    where: { secret: string; options: DeskStoreOptions },
  ) {
    const { place, name } = store;
    const { folder, user } = where.options;
    this.device = device;
    this.fleet = fleet;
    this.name = name;
    this.#secret = where.secret;
    const isServer = 'host' in place && folder === undefined;
    this.#repository = isServer
      ? `sftp:store:${place.path}`
      : path.resolve(folder ?? ('folder' in place ? place.folder : ''));
    const command = isServer
      ? sshCommand({ ...place, user: user ?? place.user }, where.secret, path.join(where.secret, sshWords))
      : undefined;
    this.#options = command === undefined ? [] : ['-o', `sftp.command=${command}`];
  }

  /** The secret stands in memory for as long. @throws TowlineError BACKUP_STORE_…, SECRET_…, CLI_… */
  static async open(device: string, options: DeskStoreOptions): Promise<DeskStore> {
    const opened = await openSecret(device, options);
    const { password } = opened.secret;
    if (typeof password !== 'string')
      throw new TowlineError('BACKUP_STORE_SECRET', `${opened.store.secret} has no password`);
    const own = options.identity === undefined ? undefined : await readFile(options.identity, 'utf8');
    const identity = own ?? opened.secret.identity;
    const secret = await memoryFolder(process.env);
    const desk = new DeskStore(device, opened, { secret, options });
    try {
      await writeDurably(path.join(secret, 'password'), password);
      if (typeof identity === 'string')
        await writeDurably(path.join(secret, 'identity'), `${identity.trim()}\n`);
      const { place } = opened.store;
      if ('host' in place) await writeDurably(path.join(secret, 'known_hosts'), knownHosts(place));
      return desk;
    } catch (error) {
      await desk[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** @returns what restic prints. @throws TowlineError BACKUP_RESTIC, BACKUP_STORE_…; the signal's reason */
  async restic(parameters: readonly string[], signal: AbortSignal): Promise<string> {
    const child = spawn('restic', [...this.#options, '--cleanup-cache', ...parameters], {
      stdio: ['ignore', 'pipe', 'pipe'],
      signal,
      env: {
        ...process.env,
        RESTIC_REPOSITORY: this.#repository,
        RESTIC_PASSWORD_FILE: path.join(this.#secret, 'password'),
      },
    });
    const [output, words]: [Buffer[], string[]] = [[], []];
    let bytes = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= maxOutputBytes) output.push(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      words.push(chunk.toString('utf8').slice(0, 4096));
      if (words.length > 200) words.shift();
    });
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    }).catch((cause: unknown) => {
      signal.throwIfAborted();
      throw new TowlineError('BACKUP_RESTIC', `restic cannot be run: ${messageOf(cause)}`, { cause });
    });
    const said = Buffer.concat(output).toString('utf8');
    if (code === 0) return said;
    words.push(await readFile(path.join(this.#secret, sshWords), 'utf8').catch(() => ''));
    if (isAbsent(words.join(''))) throw this.#absent();
    throw storeError(this.name, [...said.split('\n').slice(-50), ...words.join('').split('\n')].slice(-200));
  }

  #absent(): TowlineError {
    if (this.#options.length > 0)
      return new TowlineError('BACKUP_STORE_MISSING', `store ${this.name} has no repository yet`);
    const why = `store ${this.name}: ${this.#repository} has no repository here`;
    return new TowlineError('BACKUP_STORE_UNREACHABLE', `${why}; --folder says where its disk is mounted`);
  }

  /** Puts the newest snapshot with these tags into a folder. @param below a folder with room */
  async fetch(tags: string, below: string, signal: AbortSignal): Promise<string> {
    this.#work ??= await mkdtemp(path.join(below, '.towline-part-'));
    await rm(this.#work, { recursive: true, force: true });
    await mkdir(this.#work, { mode: 0o700 });
    const parameters = ['restore', 'latest', '--quiet', '--tag', tags, '--host', this.device];
    try {
      await this.restic([...parameters, '--target', this.#work], signal);
    } catch (error) {
      if (!isTowlineError(error) || !/no snapshot found|no matching ID/.test(error.message)) throw error;
      const message = `store ${this.name} has nothing with ${tags}`;
      throw new TowlineError('BACKUP_STORE_MISSING', message, { cause: error });
    }
    return this.#work;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#secret, { recursive: true, force: true });
    if (this.#work !== undefined) await rm(this.#work, { recursive: true, force: true });
  }
}
