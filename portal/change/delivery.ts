/** A change that was shown, signed and on its way: exactly those bytes, or nothing. */

import type { NewObject } from '../../core/change/changed-tree.ts';
import { commitOf, withSignature } from '../../core/change/commit-of.ts';
import { OverlaySource } from '../../core/change/overlay-source.ts';
import { errorRegistry, TowlineError } from '../../core/errors.ts';
import { commitFingerprint } from '../../core/trust/git/commit-fingerprint.ts';
import { parseCommit } from '../../core/trust/git/commit-object.ts';
import { objectId } from '../../core/trust/git/object-hash.ts';
import { ObjectReader } from '../../core/trust/git/object-reader.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import { walk } from '../../core/trust/walk.ts';
import type { Asked, ChangeHome, MainLook } from '../home/change-home.ts';
import type { Viewer } from '../home/viewer.ts';
import { type ChangeDraft, changeLimits } from './change-draft.ts';
import type { Refusal } from './pending-change.ts';

export interface Delivery {
  readonly home: ChangeHome;
  readonly viewer: Viewer;
  readonly look: MainLook;
  readonly draft: ChangeDraft;
}

export type Delivered =
  | { readonly is: 'pushed'; readonly signed: ObjectId }
  | { readonly is: 'asked'; readonly request: string }
  | { readonly is: 'moved' }
  | { readonly is: 'refused'; readonly why: Refusal };

const mainRef = 'refs/heads/main';

/**
 * Devices are asked before anything is pushed.
 * @param armored Of the commit's payload.
 * @throws TowlineError PORTAL_SIGNATURE_REFUSED where it is none of these bytes; as `ChangeHome.push`
 */
export async function deliverSigned(
  { home, viewer, look, draft }: Delivery,
  armored: string,
  way: 'local' | 'passkey',
  signal: AbortSignal,
): Promise<Delivered> {
  const { payload, objects } = draft.commit;
  const bytes = withSignature(payload, armored);
  const commit: NewObject = { type: 'commit', bytes, id: objectId({ type: 'commit', bytes }) };
  // What is read there is what devices read.
  const found = parseCommit(bytes, commit.id).signature?.payload;
  if (found === undefined || !payload.equals(found))
    throw new TowlineError('PORTAL_SIGNATURE_REFUSED', 'it would make another commit of it');
  const all = [...objects, commit];
  const { trusted, policies, holders } = look;
  const reader = new ObjectReader(new OverlaySource(look.objects, all), changeLimits);
  const kept = holders === undefined ? {} : { holders };
  const { stopped } = await walk({ reader, trusted, head: commit.id, signal, policies, ...kept });
  if (stopped !== undefined) {
    const { code, message, missing } = stopped;
    const who = missing.length === 0 ? '' : `; missing: ${missing.join(', or ')}`;
    return { is: 'refused', why: { code, message: `${message}${who}`, remedy: errorRegistry[code].remedy } };
  }
  const what = `${titleOf(draft)}, signed ${way === 'local' ? 'locally' : 'by a passkey'}`;
  const { base } = draft;
  const pushed = { viewer, ref: mainRef, base, commit: commit.id, objects: all, what };
  signal.throwIfAborted();
  // From here on it goes on, though nobody waits for the answer: what was signed is there, or is not, and never perhaps.
  const answer = await home.push(pushed, viewer.signal);
  return answer.outcome === 'moved' ? { is: 'moved' } : { is: 'pushed', signed: commit.id };
}

/** The change without a signature, on a branch that asks for it. Not meant for main: no forge can put it there as it is. */
export async function deliverRequest(
  { home, viewer, look, draft }: Delivery,
  branch: string,
  signal: AbortSignal,
): Promise<Delivered> {
  const { base, changes, message, commit } = draft;
  const { author, committer } = parseCommit(commit.payload, commit.id);
  const reader = new ObjectReader(look.objects, changeLimits);
  const bare = await commitOf({ reader, base, changes, message, author, committer });
  const own: NewObject = { type: 'commit', bytes: bare.payload, id: bare.id };
  const what = `${titleOf(draft)}, as a request`;
  const ref = `refs/heads/${branch}`;
  const objects = [...bare.objects, own];
  signal.throwIfAborted();
  const answer = await home.push({ viewer, ref, base, commit: bare.id, objects, what }, viewer.signal);
  if (answer.outcome === 'moved')
    throw new TowlineError('PORTAL_CHANGE_STATE', `${branch} is there already: ask anew`);
  return { is: 'asked', request: addressIn(answer.words) ?? branch };
}

/** A branch for a pull request of the forge: at a desk with the person's approval in it, as `--pr` has it. */
export async function deliverDraft(
  delivery: Delivery,
  branch: string,
  signal: AbortSignal,
): Promise<Delivered> {
  const { home, draft } = delivery;
  if (home.draft === undefined) return await deliverRequest(delivery, branch, signal);
  const { changes, message } = draft;
  const words = await home.draft({ ...askedOf(draft), branch, changes, message }, signal);
  return { is: 'asked', request: addressIn(words) ?? branch };
}

const addressIn = (words: readonly string[]) => words.find(word => /^https?:\/\/\S+$/.test(word));

/** What the person is shown once more where they say yes. */
export const askedOf = (draft: ChangeDraft): Asked => ({
  commit: draft.commit,
  fingerprint: commitFingerprint(draft.commit.payload),
  title: titleOf(draft),
  files: [...draft.changes.keys()].sort(),
});

export const titleOf = ({ message }: ChangeDraft): string => message.split('\n')[0] ?? '';
