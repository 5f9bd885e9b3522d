import type { Changes } from '../../core/change/changed-files.ts';
import type { UnsignedCommit } from '../../core/change/commit-of.ts';
import type { FleetLoads } from '../../core/change/fleet-loads.ts';
import type { FileVersions } from '../../core/change/tunnel/device-at.ts';
import type { Person } from '../../core/trust/git/commit-object.ts';
import type { ObjectId, ObjectSource } from '../../core/trust/git/object-source.ts';
import type { HolderIndex } from '../../core/trust/holders/holder-index.ts';
import type { TrustedState } from '../../core/trust/line/trusted-state.ts';
import type { PolicyCache } from '../../core/trust/policy/policy-load.ts';
import type { Way } from '../api/types.generated.ts';
import type { Viewer } from './viewer.ts';

/** Where nobody answers in time, nothing is signed, milliseconds. */
export const personMs = 180_000;

/** The newest main that is trusted: what is proposed stands on it. */
export interface MainLook extends AsyncDisposable {
  readonly trusted: TrustedState;
  readonly objects: ObjectSource;
  readonly versions: FileVersions;
  readonly policies: PolicyCache;
  /** Of one walk at a time. Absent: made anew where a change gains an id or a key, which none from a page does. */
  readonly holders?: HolderIndex | undefined;
  readonly loads: FleetLoads;
}

/** What a person is asked to sign, in words for their terminal. */
export interface Asked {
  readonly commit: UnsignedCommit;
  readonly fingerprint: string;
  /** First line of its message. */
  readonly title: string;
  readonly files: readonly string[];
}

/** A branch of the person's own that asks for a change. */
export interface AskedBranch extends Asked {
  /** `changes/pause-device-…` */
  readonly branch: string;
  readonly changes: Changes;
  /** Without the trailer. */
  readonly message: string;
}

/** A commit with all that it needs. */
export interface Pushed {
  readonly viewer: Viewer;
  /** `refs/heads/…` */
  readonly ref: string;
  readonly base: ObjectId;
  readonly commit: ObjectId;
  /** The commit among them. */
  readonly objects: UnsignedCommit['objects'];
  /** For the audit log: `Pause pump-1, signed by passkey`. */
  readonly what: string;
}

export type PushAnswer =
  /** `words`: what the remote said to the person. */
  { readonly outcome: 'taken'; readonly words: readonly string[] } | { readonly outcome: 'moved' };

/** How a change is signed and pushed from here. */
export interface ChangeHome {
  /** Of the page, where passkeys may sign on it. */
  readonly origin: string | undefined;
  /** Every way of signing, those that are closed with the reason. */
  ways(viewer: Viewer): readonly Way[];
  /**
   * Looks anew: at a desk it fetches.
   * @throws TowlineError TRUST_… where main's head is not trusted: nothing is built on it that devices would not follow
   */
  look(signal: AbortSignal): Promise<MainLook>;
  /** Whose commit it is. */
  author(viewer: Viewer, signal: AbortSignal): Promise<Pick<Person, 'name' | 'email' | 'zone'>>;
  /** So that `towline show pending/<id>` finds it. @throws TowlineError */
  keep(id: string, commit: UnsignedCommit, viewer: Viewer, signal: AbortSignal): Promise<void>;
  forget(id: string): Promise<void>;
  /**
   * By the person's own key, once they have said yes where they started the program. Absent: not from here.
   * @returns the armored signature of exactly these bytes
   * @throws TowlineError CLI_SIGNING; PORTAL_NOT_SIGNED where they said no
   */
  sign?(asked: Asked, signal: AbortSignal): Promise<string>;
  /**
   * A branch with their approval in it, where the policy knows their key; once they have said yes. Absent: what is asked for is
   * pushed without.
   * @returns what the remote said: a forge, where to open the pull request
   * @throws TowlineError as `sign`, and where the push is refused
   */
  draft?(asked: AskedBranch, signal: AbortSignal): Promise<readonly string[]>;
  /** As a push of this person's. @throws TowlineError where it is refused */
  push(pushed: Pushed, signal: AbortSignal): Promise<PushAnswer>;
}
