/** A device with backups, a store of theirs, and what opens it; sealed, by a helper of the real engine. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { storesWithCopy } from '../../agent/backup/store-marks.ts';
import { DeviceStores } from '../../agent/backup/stores/device-stores.ts';
import { SecretOpener } from '../../agent/secrets/secret-opener.ts';
import { type BackupManifest, backupId } from '../../core/backup/manifest.ts';
import type { DesiredState, DesiredStore } from '../../core/desired/state.ts';
import type { DeviceStore } from '../../core/fleet/backup-stores.ts';
import type { Clock } from '../../core/io/clock.ts';
import { ensureOpenpgpKey } from '../../core/io/openpgp-key.ts';
import { createSystemClock } from '../../core/io/system-clock.ts';
import { makeDesired, makeProject } from '../../lab/rig/desired.ts';
import { DeviceRig } from '../../lab/rig/device-rig.ts';
import { sealSecret } from './secrets.ts';

export const storePassword = 'correct-horse-battery-staple';

/** Debian's restic, as a person runs it. @returns what it says */
export function restic(repository: string, ...parameters: string[]): string {
  const { status, stdout, stderr } = spawnSync('restic', ['-r', repository, '--no-cache', ...parameters], {
    env: { ...process.env, RESTIC_PASSWORD: storePassword },
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  return stdout;
}

export class StoreRig {
  readonly device: DeviceRig;
  /** Of the log, and of what was logged. */
  readonly lines: string[] = [];
  /** In memory. */
  readonly runtimeDirectory = mkdtempSync('/dev/shm/towline-stores-');
  readonly #key: string;
  #atMs = Date.parse('2026-11-30T04:15:00Z');
  clock: Clock = createSystemClock();

  private constructor(device: DeviceRig, key: string) {
    this.device = device;
    this.#key = key;
  }

  static async start(): Promise<StoreRig> {
    const device = await DeviceRig.start();
    return new StoreRig(
      device,
      await ensureOpenpgpKey(path.join(device.stateDirectory, 'keys'), device.device),
    );
  }

  get backups(): string {
    return path.join(this.device.room.backupDirectory, this.device.project);
  }

  /** Where it copies to on a disk of another file system. */
  repository(disk: string): string {
    return path.join(disk, 'backups', this.device.device);
  }

  folderStore(disk: string): DeviceStore {
    return {
      name: 'stick',
      place: { folder: this.repository(disk), onFirstDisk: false },
      secret: `secrets/backups/${this.device.device}.yaml`,
    };
  }

  /** @param data folder that the volume holds. @returns id of the backup */
  makeBackup(data: string): string {
    this.#atMs += 1_000;
    const id = backupId(this.#atMs, 'sha256:1a2b3c4d');
    const folder = path.join(this.backups, id);
    mkdirSync(folder, { recursive: true });
    const archive = path.join(folder, 'data.tar.zst');
    const made = spawnSync('sh', [
      '-c',
      'tar -C "$1" --sort=name --format=posix -cf - . | zstd -q -o "$2"',
      'sh',
      data,
      archive,
    ]);
    if (made.status !== 0) throw new Error(String(made.stderr));
    const bytes = readFileSync(archive);
    const manifest: BackupManifest = {
      ...{ version: 1, id, fleet: 'rig', device: this.device.device, app: this.device.project },
      ...{ project: this.device.project, digest: 'sha256:1a2b3c4d', cause: 'schedule', mode: 'stop' },
      ...{ atMs: this.#atMs, tookMs: 1, services: [] },
      volumes: [
        {
          ...{ key: 'data', name: `${this.device.project}_data`, file: 'data.tar.zst' },
          ...{ bytes: statSync(archive).size, contentBytes: 1 },
          sha256: createHash('sha256').update(bytes).digest('hex'),
        },
      ],
    };
    writeFileSync(path.join(folder, 'project.json'), '{}\n');
    writeFileSync(path.join(folder, 'manifest.json'), JSON.stringify(manifest));
    return id;
  }

  async desired(store: DeviceStore, plain = `password: ${storePassword}\n`): Promise<DesiredState> {
    return this.desiredWith(
      store,
      Buffer.from(await sealSecret(store.secret, plain, [this.#key], { fleet: 'rig' })),
    );
  }

  /** @param bytes of its secret, as they lie in the repository */
  desiredWith(store: DeviceStore, bytes: Buffer): DesiredState {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const whole: DesiredStore = { ...store, sealed: { path: store.secret, mode: 0o100644, bytes, sha256 } };
    const project = makeProject(this.device.project, {
      services: { app: { image: 'unused' } },
      backup: { volumes: ['data'], store: store.name },
    });
    return { ...makeDesired(this.device.device, [project]), backupStores: [whole] };
  }

  stores(): DeviceStores {
    const { engine, device, stateDirectory } = this.device;
    // Where the image lies is found out once: it asks some programs.
    const room = { ...this.device.room };
    const log = (fields: object, message: string) => {
      this.lines.push(`${message} ${JSON.stringify(fields)}`);
    };
    return new DeviceStores({
      ...{ engine, room, owner: { device, fleet: 'rig' }, runtimeDirectory: this.runtimeDirectory },
      ...{ secrets: new SecretOpener(stateDirectory), clock: this.clock },
      log: { debug: log, info: log, warn: log, error: log },
    });
  }

  /** Runs until it has copied, or says why it does not. @returns `copied`, or a code */
  async copied(desired: DesiredState, id: string, stores = this.stores()): Promise<string> {
    const over = new AbortController();
    const running = stores.run(over.signal).catch(() => undefined);
    stores.use(desired);
    const [store] = desired.backupStores ?? [];
    try {
      for (;;) {
        if ((await storesWithCopy(path.join(this.backups, id))).includes(store?.name ?? '')) return 'copied';
        for (const { code } of stores.troubles.values()) return code;
        await wait(100);
      }
    } finally {
      over.abort();
      await running;
    }
  }

  /** Address under which helpers see this machine. */
  async gateway(): Promise<string> {
    const { engine, signal } = this.device;
    const network = await engine.call<{ IPAM: { Config: { Gateway?: string }[] } }>(
      { method: 'GET', path: '/networks/bridge' },
      signal,
    );
    return network.IPAM.Config[0]?.Gateway ?? '';
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.device[Symbol.asyncDispose]();
    rmSync(this.runtimeDirectory, { recursive: true, force: true });
  }
}

/** A folder that is removed with its content. */
export class OwnFolder implements Disposable {
  readonly path = mkdtempSync(path.join(tmpdir(), 'towline-store-'));

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** A disk of its own, in memory. */
export class OwnDisk extends OwnFolder {
  constructor(megabytes: number) {
    super();
    const options = ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', this.path];
    const { status, stderr } = spawnSync('mount', options);
    if (status !== 0) throw new Error(String(stderr));
  }

  override [Symbol.dispose](): void {
    spawnSync('umount', ['-l', this.path]);
    super[Symbol.dispose]();
  }
}
