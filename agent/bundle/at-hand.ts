/** The bundle that lies on this device, for as long as it does. */
import { existsSync } from 'node:fs';
import type { DesiredState } from '../../core/desired/state.ts';
import { isTowlineError, type TowlineError } from '../../core/errors.ts';
import { lockFolder } from '../../core/io/file/state-lock.ts';
import type { Dialler } from '../../core/io/https/dialler.ts';
import { imageDialler } from './image-dialler.ts';
import { type ImportedBundle, ImportFolder, isUnreadable } from './import-folder.ts';

export class BundleAtHand {
  readonly #stateDirectory: string;
  readonly #folder: ImportFolder;
  #bundle: ImportedBundle | undefined;
  #hasSwept = false;

  constructor(stateDirectory: string) {
    this.#stateDirectory = stateDirectory;
    this.#folder = new ImportFolder(stateDirectory);
  }

  get bundle(): ImportedBundle | undefined {
    return this.#bundle;
  }

  /** Whether the image of this digest is in it. */
  brings(digest: string): boolean {
    return this.#bundle?.contents.images.some(image => image.digest === digest) === true;
  }

  /** Where it has the bytes of this hash, hexadecimal; undefined: it has not. */
  fileOf(sha256: string): string | undefined {
    const file = this.#bundle?.fileOf(`sha256:${sha256}`);
    return file !== undefined && existsSync(file) ? file : undefined;
  }

  /** A way to images that asks it before the gateway. */
  images(gateway: Pick<Dialler, 'request'>): Pick<Dialler, 'request'> {
    return imageDialler(gateway, () => this.#bundle);
  }

  /** Those of its images that the device is to have and whose names are not on the engine. */
  missing({ projects, next = [] }: DesiredState, there: ReadonlyMap<string, string>): string[] {
    const all = [...projects, ...next.flatMap(({ would }) => (would === undefined ? [] : [would]))];
    const images = all.flatMap(({ model }) => Object.values(model.services).map(({ image = '' }) => image));
    return images.filter(image => this.brings(image.slice(image.indexOf('@') + 1)) && !there.has(image));
  }

  /** Whether it has parts of the agent that is to run here, and does not yet: also of one that was refused. */
  bringsAgent({ agent }: DesiredState, running: string): boolean {
    if (agent === undefined || agent.version === running) return false;
    const parts = Object.values(agent.platforms).flatMap(platform => platform.parts);
    return parts.some(({ sha256 }) => this.#bundle?.contents.agents?.includes(`sha256:${sha256}`) === true);
  }

  /** Looks anew. @returns why what lies there cannot be read: it is removed then */
  async look(): Promise<TowlineError | undefined> {
    try {
      this.#bundle = await this.#folder.current();
      // What an import that was cut off has left.
      if (!this.#hasSwept && (await this.#folder.isLittered())) await this.remove('');
      this.#hasSwept = true;
      return undefined;
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      await this.remove((await this.#folder.named()) ?? '');
      return error;
    }
  }

  /** Durably, and what nothing names too. Not while somebody imports: then the next pass does it. */
  async remove(name: string): Promise<void> {
    const words = { who: 'import', inUse: 'AGENT_STATE_LOCKED', unusable: 'AGENT_CONFIG' } as const;
    try {
      await using _lock = await lockFolder(this.#stateDirectory, { name: 'import.lock', ...words });
      await this.#folder.remove(name);
      if (this.#bundle?.name === name) this.#bundle = undefined;
    } catch (error) {
      if (!isTowlineError(error, 'AGENT_STATE_LOCKED')) throw error;
    }
  }
}
