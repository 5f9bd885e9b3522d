/** Bundles for devices without a network, and what they have to say back, for who carries both. */
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

/** What came back of a device. */
export interface TakenBack {
  readonly device: string;
  /** Commit at which its branch is. */
  readonly head: string;
  /** False: all of it was there already. */
  readonly isNew: boolean;
}

export interface BundleHome {
  /** Where bundles lie while they are fetched; no other user may look into it. */
  readonly folder: string;
  /** Whether this viewer carries for the device, now: for a page that says so, where nobody has asked for one. */
  may(viewer: SessionViewer, device: string): boolean;
  /** As `may`, of who asks for one: a refusal is written down. @throws TowlineError that says why not */
  judge(viewer: SessionViewer, device: string): Promise<void>;
  /** @throws TowlineError as `towline bundle create`, or the gateway's `bundle`, has it */
  make(viewer: SessionViewer, wish: BundleWish, signal: AbortSignal): Promise<MadeBundle>;
  /**
   * @param input what `towline agent export-status` wrote
   * @throws TowlineError BUNDLE_FORMAT, TELEMETRY_FORGED, TELEMETRY_NOT_FORWARD, GATEWAY_REQUEST_TOO_LARGE; as `judge`; what refuses the push
   */
  takeBack(viewer: SessionViewer, input: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<TakenBack>;
}
