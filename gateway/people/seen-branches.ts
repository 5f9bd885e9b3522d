/** Which branches of telemetry.git git shows to one person. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mayRead, readsAll } from '../../core/access/reach.ts';
import { telemetryRef } from '../../core/telemetry/telemetry-ref.ts';
import type { FleetView, ViewOperator } from '../fleet/fleet-view.ts';

/** Ids of devices. */
export type SeenBranches = readonly string[];

/** @returns undefined: all there are */
export function seenBranches(view: FleetView, operator: ViewOperator): SeenBranches | undefined {
  if (readsAll(operator)) return undefined;
  return [...view.devices.values()].filter(device => mayRead(device, operator)).map(({ id }) => id);
}

/**
 * git's settings for whom not every branch is theirs: hidden refs are advertised to nobody, and what is not advertised cannot be
 * wanted. In a file, since a command line has not room for many.
 *
 * That holds in git's protocol 0 alone: in version 2 a client may want any object whose id it knows (git's upload-pack.c,
 * `parse_want`), so that version must not be spoken where this is used.
 */
export class HidingSettings implements AsyncDisposable {
  readonly #folder: string;

  static async write(seen: SeenBranches): Promise<HidingSettings> {
    const folder = await mkdtemp(join(tmpdir(), 'towline-seen-'));
    const settings = new HidingSettings(folder);
    // The last one that matches decides.
    const hidden = ['refs/', 'HEAD', ...seen.map(device => `!${telemetryRef(device)}`)];
    const wants = ['allowTipSHA1InWant', 'allowReachableSHA1InWant', 'allowAnySHA1InWant'];
    const lines = [...wants.map(name => `${name} = false`), ...hidden.map(ref => `hideRefs = ${ref}`)];
    await writeFile(settings.#file, `[uploadpack]\n${lines.map(line => `\t${line}\n`).join('')}`);
    return settings;
  }

  private constructor(folder: string) {
    this.#folder = folder;
  }

  get #file(): string {
    return join(this.#folder, 'config');
  }

  get arguments(): readonly string[] {
    return ['-c', `include.path=${this.#file}`];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}
