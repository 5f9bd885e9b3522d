/** Bundles of the desk's page: as `towline bundle create` makes them, from the person's clone. */
import { tmpdir } from 'node:os';
import { TowlineError } from '../../core/errors.ts';
import type { Fleet } from '../../core/fleet/fleet.ts';
import type { BundleHome, BundleWish, MadeBundle, TakenBack } from '../../portal/bundles/bundle-home.ts';
import type { SessionViewer } from '../../portal/terminal/terminal-home.ts';
import { DraftedBundle } from '../bundle/drafted-bundle.ts';
import { pushStatus } from '../bundle/push-status.ts';

export interface DeskBundleHomeOptions {
  /** The newest trusted main; undefined: none was read yet. */
  readonly fleet: () => Fleet | undefined;
  readonly repo: string;
  readonly telemetry?: string;
}

export class DeskBundleHome implements BundleHome {
  readonly folder = tmpdir();
  readonly #options: DeskBundleHomeOptions;

  constructor(options: DeskBundleHomeOptions) {
    this.#options = options;
  }

  /** Whoever has the clone may. */
  may(_viewer: SessionViewer, device: string): boolean {
    return this.#options.fleet()?.devices.has(device) === true;
  }

  async judge(viewer: SessionViewer, device: string): Promise<void> {
    if (!this.may(viewer, device)) throw new TowlineError('PORTAL_NOT_FOUND', 'there is no such device');
  }

  async make(
    _viewer: SessionViewer,
    { device, since }: BundleWish,
    signal: AbortSignal,
  ): Promise<MadeBundle> {
    const { repo, telemetry } = this.#options;
    const drafted = await DraftedBundle.open(
      {
        ...{ repo, device: [device] },
        ...(since === undefined ? {} : { since }),
        ...(telemetry === undefined ? {} : { telemetry }),
      },
      signal,
    );
    try {
      const { draft, size, bytes } = await drafted.plan();
      return {
        ...{ commit: draft.contents.commit, bytes: size, notes: drafted.told.notes },
        pieces: bytes,
        [Symbol.asyncDispose]: () => drafted[Symbol.asyncDispose](),
      };
    } catch (error) {
      await drafted[Symbol.asyncDispose]();
      throw error;
    }
  }

  async takeBack(
    _viewer: SessionViewer,
    input: AsyncIterable<Uint8Array>,
    signal: AbortSignal,
  ): Promise<TakenBack> {
    const { repo, telemetry } = this.#options;
    const options = { repo, ...(telemetry === undefined ? {} : { telemetry }) };
    const { device, head, pushed } = await pushStatus(input, options, signal);
    return { device, head, isNew: pushed > 0 };
  }
}
