/** restic, in the helper, for one store. */
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { knownHosts } from '../../../core/backup/store-ssh.ts';
import { isAbsent, storeError } from '../../../core/backup/store-words.ts';
import type { DesiredStore } from '../../../core/desired/state.ts';
import { isTowlineError, TowlineError } from '../../../core/errors.ts';
import { writeDurably } from '../../../core/io/file/durable-file.ts';
import type { SecretAccess } from '../../secrets/opened-secrets.ts';
import { runHelper } from '../data-container.ts';
import type { DataRoom, HelperHost } from '../data-room.ts';
import { type StorePlace, sshWords, storePlace } from './store-place.ts';

export interface StoreSettings extends HelperHost {
  readonly room: DataRoom;
  /** The agent's folder in memory. */
  readonly runtimeDirectory: string;
  readonly secrets: Pick<SecretAccess, 'store' | 'prepareFolder'>;
}

/** With the agent at its largest less than 150 MB. */
const memoryBytes = 80 * 1024 * 1024;
const goMemory = ['GOGC=20', 'GOMEMLIMIT=48MiB', 'GOMAXPROCS=1'];
/** Of one run of restic, and of a part at the thinnest of tunnels. */
const timeoutMs = 6 * 60 * 60_000;

const before = `
if [ -n "$STORE_DISK" ] && [ "$(/bin/stat -c %d /store)" != "$STORE_DISK" ]; then echo "store is not mounted"; exit 1; fi
/bin/mkdir -p /cache/tmp
/bin/rm -f ${sshWords}
cd /part || exit 1
`;
const after = `/bin/restic "$@"; code=$?; [ ! -e ${sshWords} ] || /bin/cat ${sshWords}; exit $code`;
/**
 * A lock of a run that was killed is one of this host whose process is not there. So what makes locks has a number that
 * what removes them, its threads and its ssh never have.
 */
const asChild = `${before}n=0; while [ $n -lt 200 ]; do (:); n=$((n+1)); done\n${after}`;
const asFirst = `${before}${after}`;
const emptyCache = '/bin/rm -rf /cache/*';

export interface ResticRun {
  readonly arguments: readonly string[];
  /** Puts files into the part's folder. */
  readonly isReading?: boolean;
}

/** A store that is open: its secrets are in memory for as long. */
export class OpenStore implements AsyncDisposable {
  readonly #settings: StoreSettings;
  readonly #store: DesiredStore;
  readonly #place: StorePlace;
  readonly #secret: string;
  readonly #folder: string;

  private constructor(settings: StoreSettings, store: DesiredStore, place: StorePlace) {
    this.#settings = settings;
    this.#store = store;
    this.#place = place;
    this.#secret = path.join(settings.runtimeDirectory, 'stores', store.name);
    this.#folder = path.join(settings.room.backupDirectory, '.stores', store.name);
  }

  /** What goes to the store, and what comes from it. */
  get part(): string {
    return path.join(this.#folder, 'part');
  }

  get name(): string {
    return this.#store.name;
  }

  get device(): string {
    return this.#settings.owner.device;
  }

  /** @throws TowlineError BACKUP_STORE_UNREACHABLE, BACKUP_STORE_SECRET, SECRET_… */
  static async open(settings: StoreSettings, store: DesiredStore): Promise<OpenStore> {
    await mkdir(settings.room.backupDirectory, { recursive: true, mode: 0o700 });
    const place = await storePlace(store, settings.room.backupDirectory);
    const { password, identity } = await settings.secrets.store(store.sealed, settings.owner.fleet);
    const needsIdentity = 'host' in store.place;
    if (password === undefined || (needsIdentity && identity === undefined)) {
      const missing = password === undefined ? 'password' : 'identity';
      throw new TowlineError('BACKUP_STORE_SECRET', `${store.secret} has no ${missing}`);
    }
    const opened = new OpenStore(settings, store, place);
    await opened.#prepare(password, identity ?? '');
    return opened;
  }

  async #prepare(password: string, identity: string): Promise<void> {
    const { place } = this.#store;
    await this.#settings.secrets.prepareFolder(this.#settings.runtimeDirectory);
    await writeDurably(path.join(this.#secret, 'password'), password);
    if ('host' in place) {
      await writeDurably(path.join(this.#secret, 'identity'), `${identity.trim()}\n`);
      await writeDurably(path.join(this.#secret, 'known_hosts'), knownHosts(place));
    }
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    // The helper's root is nobody special here.
    const cache = path.join(this.#folder, 'cache');
    await mkdir(cache, { recursive: true });
    const { chmod } = await import('node:fs/promises');
    await chmod(cache, 0o777).catch(() => undefined);
    await this.emptyPart();
  }

  /** @returns the folder, empty */
  async emptyPart(): Promise<string> {
    await rm(this.part, { recursive: true, force: true });
    await mkdir(this.part, { mode: 0o755 });
    return this.part;
  }

  /** @returns its last lines. @throws TowlineError BACKUP_STORE_…, BACKUP_HELPER, ENGINE_…; the signal's reason */
  async run(run: ResticRun, signal: AbortSignal): Promise<readonly string[]> {
    const { lines, exitCode, outOfMemory } = await this.#help(run, signal);
    if (exitCode === 0) return lines;
    if (outOfMemory)
      throw new TowlineError(
        'BACKUP_STORE_FAILED',
        `store ${this.name}: restic needs more than ${memoryBytes} bytes`,
      );
    const error = storeError(this.name, lines);
    // What it has read lies in its cache, and would be damaged still when the store is mended.
    if (error.code === 'BACKUP_STORE_DAMAGED')
      await this.#help({ arguments: [], script: emptyCache }, signal).catch(() => undefined);
    throw error;
  }

  async #help(
    { arguments: given, isReading = false, script = asChild }: ResticRun & { readonly script?: string },
    signal: AbortSignal,
  ) {
    const { repository, options, binds, capabilities, network, environment } = this.#place;
    const rate = this.#store.maxRateBytes;
    const kib = rate === undefined ? undefined : String(Math.max(1, Math.floor(rate / 1024)));
    const limits = kib === undefined ? [] : ['--limit-upload', kib, '--limit-download', kib];
    const reading = isReading ? ['CHOWN', 'DAC_OVERRIDE', 'FOWNER'] : [];
    try {
      return await runHelper(
        this.#settings,
        {
          name: `${this.device}-store-${this.name}`,
          hostname: this.device,
          command: ['/bin/sh', '-c', script, 'restic', ...options, ...limits, ...given],
          binds: [
            ...binds,
            `${this.#secret}:/secret:ro`,
            `${path.join(this.#folder, 'cache')}:/cache`,
            `${this.part}:/part${isReading ? '' : ':ro'}`,
          ],
          capabilities: [...new Set([...capabilities, ...reading])],
          memoryBytes,
          environment: [
            ...environment,
            ...goMemory,
            `RESTIC_REPOSITORY=${repository}`,
            'RESTIC_PASSWORD_FILE=/secret/password',
            'RESTIC_CACHE_DIR=/cache',
            'TMPDIR=/cache/tmp',
            'HOME=/',
          ],
          ...(network === undefined ? {} : { network }),
          timeoutMs,
        },
        signal,
      );
    } catch (error) {
      if (!isTowlineError(error, 'BACKUP_TIMEOUT')) throw error;
      throw new TowlineError('BACKUP_STORE_UNREACHABLE', `store ${this.name}: ${error.message}`, {
        cause: error,
      });
    }
  }

  /**
   * Removes locks of runs of this device that were killed: nobody else writes here. A store without a repository gets one.
   * @throws as `run`
   */
  async ready(signal: AbortSignal): Promise<void> {
    const { lines, exitCode } = await this.#help(
      { arguments: ['unlock', '--quiet'], script: asFirst },
      signal,
    );
    if (exitCode === 0) return;
    if (!isAbsent(lines.join('\n'))) throw storeError(this.name, lines);
    await this.run({ arguments: ['init', '--quiet'] }, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#secret, { recursive: true, force: true });
    await rm(this.part, { recursive: true, force: true });
  }
}
