/** Sessions at devices, for who looks at the page: what was recorded, what goes on, and a terminal of one's own. */
import type { RecordedRow } from '../../core/recording/recorded-row.ts';
import type { SessionViewer, TerminalHome } from '../terminal/terminal-home.ts';

/** Something is wrong with the ledger of a device: of its sessions none is listed. */
export interface LedgerDoubt {
  readonly device: string;
  readonly code: string;
  readonly message: string;
}

export interface RecordedSessions {
  /** The newest first. */
  readonly rows: readonly RecordedRow[];
  readonly doubts: readonly LedgerDoubt[];
  /** There are more. */
  readonly isCut: boolean;
}

export interface SessionPlace {
  readonly device: string;
  /** As `towline session list` calls it. */
  readonly recording: string;
}

export interface SessionHome {
  /** Undefined: none from here. */
  readonly terminals: TerminalHome | undefined;
  /** Why nothing recorded is played here; undefined: it is, for who has an auditor's key. */
  readonly noReplay: string | undefined;
  /** Why nobody looks on at a session of this device from here; undefined: it may be tried. */
  noWatch(device: string): string | undefined;
  /** Of devices that this viewer reads. @param device of this one alone */
  list(viewer: SessionViewer, device: string | undefined, signal: AbortSignal): Promise<RecordedSessions>;
  /**
   * Lines of an asciicast v2, checked whole before the first of them, and fit to be shown (`ShownOutput`).
   * @throws TowlineError SESSION_…, PORTAL_SESSION_ELSEWHERE
   */
  recording(viewer: SessionViewer, place: SessionPlace, signal: AbortSignal): Promise<Iterable<string>>;
  /**
   * Lines of an asciicast v2 as it goes on, fit to be shown, until it is over.
   * @throws TowlineError PORTAL_SESSION_ELSEWHERE; what is in the way of reaching the device
   */
  watch(viewer: SessionViewer, place: SessionPlace, signal: AbortSignal): Promise<AsyncIterable<string>>;
}
