/** Signing by a passkey: whether that is enough for a change, what the browser is asked, and what it answers. */
import { TowlineError } from '../../core/errors.ts';
import type { Way } from '../api/types.generated.ts';
import type { MainLook } from '../home/change-home.ts';
import type { Viewer } from '../home/viewer.ts';
import type { ChangeDraft } from './change-draft.ts';

export interface PasskeyWay {
  readonly way: Way;
  /** For `navigator.credentials.get`, where it is open. */
  readonly challenge?: Readonly<Record<string, unknown>>;
}

export interface PasskeyQuestion {
  readonly viewer: Viewer;
  readonly look: MainLook;
  readonly draft: ChangeDraft;
}

export async function passkeyWay(_question: PasskeyQuestion): Promise<PasskeyWay> {
  return { way: { way: 'passkey', open: false, why: 'not yet' } };
}

export async function passkeySignature(_question: PasskeyQuestion, _given: unknown): Promise<string> {
  throw new TowlineError('PORTAL_WAY_CLOSED', 'not yet');
}
