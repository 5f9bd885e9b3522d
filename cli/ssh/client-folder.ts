/** A configuration of ssh and the keys that it knows, in a folder that goes away again. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type ClientFleet, clientFiles } from './client-files.ts';

export class ClientFolder implements AsyncDisposable {
  /** No other user looks into it. */
  readonly folder: string;
  readonly config: string;

  static async make(fleet: Omit<ClientFleet, 'knownHosts'>): Promise<ClientFolder> {
    const made = new ClientFolder(await mkdtemp(path.join(tmpdir(), 'towline-ssh-')));
    try {
      const knownHosts = path.join(made.folder, 'known_hosts');
      const files = clientFiles({ ...fleet, knownHosts });
      await writeFile(knownHosts, files.knownHosts, { mode: 0o600 });
      await writeFile(made.config, files.config, { mode: 0o600 });
      return made;
    } catch (error) {
      await made[Symbol.asyncDispose]();
      throw error;
    }
  }

  private constructor(folder: string) {
    this.folder = folder;
    this.config = path.join(folder, 'config');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}
