/** Bundles for devices without a network, for who carries them. */
import type { SessionViewer } from '../terminal/terminal-home.ts';

export interface BundleWish {
  readonly device: string;
  /** A commit that the device trusts already: the commits begin after it. */
  readonly since: string | undefined;
}

export interface MadeBundle extends AsyncDisposable {
  readonly commit: string;
  /** Of all of it. */
  readonly bytes: number;
  /** For a person: what is not in it, and why. */
  readonly notes: readonly string[];
  pieces(): AsyncIterable<Uint8Array>;
}

export interface BundleHome {
  /** Where bundles lie while they are fetched; no other user may look into it. */
  readonly folder: string;
  /** Whether this viewer carries for the device, now. @throws TowlineError that says why not */
  judge(viewer: SessionViewer, device: string): Promise<void>;
  /** @throws TowlineError as `towline bundle create`, or the gateway's `bundle`, has it */
  make(viewer: SessionViewer, wish: BundleWish, signal: AbortSignal): Promise<MadeBundle>;
}
