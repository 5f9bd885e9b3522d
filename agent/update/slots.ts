/**
 * `<stateDirectory>/versions`: versions of the agent that it has brought by itself, a folder each, and which of them counts.
 * `0` is what a package has put beside the launcher; it never lies here. deploy/launch reads what is written here, and the
 * other way round.
 */
import { readlink, rename, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import {
  makeFolderDurably,
  namesIn,
  readBounded,
  removeDurably,
  syncFolder,
  writeDurably,
} from '../../core/io/file/durable-file.ts';
import { readSlotFile, type SlotFile } from './slot-file.ts';

/** What a package or the install script has put there. */
export const packageSlot = '0';

/** Why a version that was on trial does not run any more: the launcher's words, and `silent`, which are its own. */
export type Fallen = 'crashed' | 'hung' | 'late' | 'cut' | 'damaged' | 'silent';

export interface Trial {
  readonly to: string;
  readonly from: string;
}

const nameForm = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,159}$/;
const fallenForm = /^(crashed|hung|late|cut|damaged|silent)$/;
const maxLineBytes = 1024;
/** Each is of one file that a start writes, or of one slot that is being made. */
const unfinished = /^\.|\.tmp$/;

/** `0.2.0-1a2b3c4d5e6f`. @param digest `sha256:…` */
export function slotName(version: string, digest: string): string {
  return `${version}-${digest.slice('sha256:'.length, 'sha256:'.length + 12)}`;
}

export class Slots {
  readonly folder: string;

  constructor(stateDirectory: string) {
    this.folder = path.join(stateDirectory, 'versions');
  }

  folderOf(slot: string): string {
    return path.join(this.folder, slot);
  }

  /** The committed one. */
  async current(): Promise<string> {
    const target = await readlink(path.join(this.folder, 'current')).catch(() => packageSlot);
    return nameForm.test(target) ? target : packageSlot;
  }

  /** @returns undefined where there is no whole one of that name */
  async read(slot: string): Promise<SlotFile | undefined> {
    return nameForm.test(slot) ? await readSlotFile(this.folderOf(slot)) : undefined;
  }

  /** From now on this one counts, also after a power cut. */
  async use(slot: string): Promise<void> {
    const pointer = path.join(this.folder, 'current');
    if (slot === packageSlot) return await removeDurably(pointer);
    await makeFolderDurably(this.folder);
    const next = path.join(this.folder, '.current.tmp');
    await rm(next, { force: true });
    await symlink(slot, next);
    await rename(next, pointer);
    await syncFolder(this.folder);
  }

  async trial(): Promise<Trial | undefined> {
    const [to = '', from = ''] = await this.#words('trying');
    return nameForm.test(to) && nameForm.test(from) ? { to, from } : undefined;
  }

  /** The next start is the first of this trial: it stands in no boot, and none of its starts has failed. */
  async beginTrial({ to, from }: Trial): Promise<void> {
    await removeDurably(path.join(this.folder, 'fell-back'));
    await writeDurably(path.join(this.folder, 'trying'), `${to} ${from} 0 0 =\n`);
  }

  /** From now on what was committed counts: what ran before it, or what `use` has named. */
  async endTrial(): Promise<void> {
    await removeDurably(path.join(this.folder, 'trying'));
  }

  async fallen(): Promise<{ readonly to: string; readonly why: Fallen } | undefined> {
    const [to = '', why = ''] = await this.#words('fell-back');
    return nameForm.test(to) && isFallen(why) ? { to, why } : undefined;
  }

  async noteFallen(to: string, why: Fallen): Promise<void> {
    await writeDurably(path.join(this.folder, 'fell-back'), `${to} ${why}\n`);
  }

  async forgetFallen(): Promise<void> {
    await removeDurably(path.join(this.folder, 'fell-back'));
  }

  /** Removes all slots but these, and what was begun and not ended. */
  async keep(slots: readonly string[]): Promise<void> {
    const kept = new Set(['current', 'trying', 'fell-back', 'failed', 'state-format', ...slots]);
    for (const name of await namesIn(this.folder)) {
      const isSlot = nameForm.test(name) && !kept.has(name) && !name.startsWith('update.json');
      const isLeft = unfinished.test(name) && !name.startsWith('.parts');
      if (isSlot || isLeft) await rm(path.join(this.folder, name), { recursive: true, force: true });
    }
  }

  async #words(name: string): Promise<string[]> {
    const bytes = await readBounded(path.join(this.folder, name), maxLineBytes).catch(() => undefined);
    return bytes?.toString('latin1').trim().split(/\s+/) ?? [];
  }
}

const isFallen = (word: string): word is Fallen => fallenForm.test(word);
