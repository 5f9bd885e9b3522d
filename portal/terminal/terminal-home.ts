/** What opens a terminal at a device for who looks at the page: the person's own ssh at a desk, the gateway's login at a gateway. */
import type { Duplex } from 'node:stream';

/** Who looks, as far as terminals, sessions and bundles ask. A `Viewer` is one. */
export interface SessionViewer {
  /** Of an operator; at a desk of the person whose clone it is. */
  readonly name: string;
  readonly by: 'desk' | 'passkey' | 'ssh' | 'oidc';
  /** Their address, where it is known. */
  readonly from?: string;
  /** Aborted when their login is over: whatever is open for them ends then. */
  readonly signal: AbortSignal;
  /** Whether they read the telemetry of a device, now. */
  reads(device: string): boolean;
}

export interface TerminalPlace {
  readonly device: string;
  /** As in `ssh NAME@pump-17`: `web`, `app.web`, `web-2`. Undefined: the device's own menu. */
  readonly name: string | undefined;
}

/** What xterm.js is. */
export const pageTerminal = 'xterm-256color';

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** The page's end of a terminal: what is read from it was typed there, what is written to it is shown there. */
export interface PageEnd extends Duplex {
  /** As it is now. */
  readonly size: TerminalSize;
  /** From now on; one at a time. */
  onResize(listener: (size: TerminalSize) => void): void;
  /** As `write`: a terminal has one screen. */
  writeError(bytes: Uint8Array): boolean;
}

export interface TerminalEnd {
  /** Undefined: it was cut, or ended by a signal. */
  readonly exitCode: number | undefined;
}

export interface TerminalHome {
  /** Whether it may be now; no device is asked. @throws TowlineError that says why not */
  judge(viewer: SessionViewer, place: TerminalPlace): Promise<void>;
  /**
   * Until it is over; all that came from the device has been handed to the page then.
   * @param opened called when the device lets in
   * @param signal ends it
   * @throws TowlineError as `judge`; what is in the way of reaching the device
   */
  enter(
    viewer: SessionViewer,
    place: TerminalPlace,
    page: { readonly end: PageEnd; readonly opened: () => void },
    signal: AbortSignal,
  ): Promise<TerminalEnd>;
}
