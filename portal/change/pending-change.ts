/** A proposal, and what has become of it. */
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import type { Proposal } from '../api/types.generated.ts';
import type { ChangeDraft } from './change-draft.ts';
import type { PasskeyWay } from './passkey-way.ts';

export type Refusal = NonNullable<Proposal['refused']>;

/** `signing`: a person is asked just now, or it is on its way. */
export type Stage =
  | { readonly is: 'shown' | 'signing' }
  | { readonly is: 'pushed'; readonly signed: ObjectId; readonly atMs: number }
  /** A branch that asks for it. */
  | { readonly is: 'asked'; readonly request: string; readonly atMs: number }
  | { readonly is: 'moved'; readonly successor: string }
  | { readonly is: 'refused'; readonly why: Refusal };

export interface PendingChange {
  /** Unguessable. */
  readonly id: string;
  /** Whose it is: nobody else is told that it is there. */
  readonly viewer: string;
  readonly madeMs: number;
  readonly draft: ChangeDraft;
  readonly passkey: PasskeyWay;
  stage: Stage;
}
