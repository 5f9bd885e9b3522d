/** Where live sessions are known by their id: who records them, watches them, joins them. */
import type { Duplex } from 'node:stream';
import type { AccessVerdict, Coming, Wanted } from '../../../core/access/judge.ts';
import type { LiveSession, Terminal } from './live-session.ts';

/** `ssh watch+ID@pump-17`, `ssh join+ID@pump-17`: one who has logged in and asked for a shell. */
export interface SessionVisit {
  readonly kind: 'watch' | 'join';
  readonly id: string;
  readonly operator: string;
  readonly by: Coming['by'];
  /** Half-closable; what is written to it the visitor sees. */
  readonly stream: Duplex;
  readonly terminal: Terminal | undefined;
  /** Aborted when the visitor is gone or may no longer be here. */
  readonly signal: AbortSignal;
  /** Asked anew each time: what may be done now. */
  judge(wanted: Wanted): AccessVerdict;
}

/** A live session, for who asks which there are. */
export interface ShownSession {
  readonly id: string;
  readonly operator: string;
  readonly by: Coming['by'];
  readonly app: string;
  readonly service: string;
  readonly startedMs: number;
  readonly command?: string;
  readonly recorded: boolean;
  readonly onlookers: readonly { readonly name: string; readonly kind: 'watch' | 'join' | 'guest' }[];
}

/** `ssh pump-17 share ID --for 15m`. */
export interface ShareWish {
  readonly id: string;
  /** Whose session it has to be. */
  readonly operator: string;
  readonly forMs: number;
}

/** One who comes by a link, through the gateway. */
export interface GuestKeeper {
  /** Until it is over. @returns exit code: 1 where there is no such link (any more) */
  guest(visit: {
    readonly token: string;
    readonly stream: Duplex;
    readonly signal: AbortSignal;
  }): Promise<number>;
}

export interface SessionKeeper extends GuestKeeper {
  /** Recording and the like, before anything runs in it. A rejection refuses the session; its message is shown to the person. */
  begin(session: LiveSession): Promise<void>;
  /** Until it is over. @returns exit code */
  visit(visit: SessionVisit): Promise<number>;
  list(): readonly ShownSession[];
  /** @returns words for the person, with the link in them @throws TowlineError ACCESS_SHARE_REFUSED */
  share(wish: ShareWish): string;
  /** What is trusted has changed: whoever may no longer look on is let go, and what has to be recorded and is not is cut. */
  judgeAgain(): void;
}
