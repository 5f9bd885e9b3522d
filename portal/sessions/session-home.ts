/** Sessions at devices, for who looks at the page: what was recorded, what goes on, and a terminal of one's own. */
import type { SessionViewer, TerminalHome } from '../terminal/terminal-home.ts';

export interface RecordedSession {
  readonly device: string;
  /** As `towline session list` calls it. */
  readonly recording: string;
  readonly operator: string;
  /** `app.service`; empty where the first line is not here. */
  readonly service: string;
  /** ISO 8601, UTC, by the device's clock. */
  readonly started: string;
  /** Absent: it goes on, or its device was lost. */
  readonly seconds?: number;
  readonly bytes: number;
  /** `gone`: the ledger names it, and the gateway does not have it (any more). */
  readonly state: 'ended' | 'open' | 'gone';
}

/** Something is wrong with the ledger of a device: of its sessions none is listed. */
export interface LedgerDoubt {
  readonly device: string;
  readonly code: string;
  readonly message: string;
}

export interface RecordedSessions {
  /** The newest first. */
  readonly sessions: readonly RecordedSession[];
  readonly doubts: readonly LedgerDoubt[];
  /** There are more. */
  readonly isCut: boolean;
}

/** What of the live session of another may be looked at. */
export interface WatchedPlace {
  readonly device: string;
  /** Eight letters and digits, as `ssh pump-17 sessions` shows it. Undefined: by a link. */
  readonly session: string | undefined;
  /** `DEVICE.TOKEN`, as the session's person was given it. */
  readonly link: string | undefined;
}

export interface SessionHome {
  /** Undefined: none from here; `terminalsWhy` says why. */
  readonly terminals: TerminalHome | undefined;
  readonly terminalsWhy: string | undefined;
  /** Of the devices that this viewer reads. @param device of this one alone */
  list(viewer: SessionViewer, device: string | undefined, signal: AbortSignal): Promise<RecordedSessions>;
  /**
   * Lines of an asciicast v2, checked whole before the first of them, and fit to be shown (`ShownOutput`).
   * @throws TowlineError SESSION_…; PORTAL_SESSION_ELSEWHERE where this home has no key that opens it
   */
  recording(
    viewer: SessionViewer,
    place: { readonly device: string; readonly recording: string },
    signal: AbortSignal,
  ): Promise<AsyncIterable<string>>;
  /** Lines of an asciicast v2 as it goes on, fit to be shown, until it is over. @throws TowlineError */
  watch(viewer: SessionViewer, place: WatchedPlace, signal: AbortSignal): Promise<AsyncIterable<string>>;
}
