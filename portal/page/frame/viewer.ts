/** Who looks, and what they may: asked once, and again after a login. */
import { signal } from '@preact/signals';
import { factsOf } from '../api/answer.ts';
import type { Me } from '../api/answers.ts';
import { ask, keepCsrf, keepSession } from '../api/client.ts';
import type { FailureFacts } from '../api/failure.ts';
import { say } from '../words/say.ts';

export const viewer = signal<Me | undefined>(undefined);
/** Of the login that the address brought along. */
export const loginFailure = signal<FailureFacts | undefined>(undefined);
export const viewerFailure = signal<FailureFacts | undefined>(undefined);

/** A token in the address's fragment is used, and the fragment gone, before anything else is asked. */
export async function logInByFragment(): Promise<void> {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (token === null) return;
  history.replaceState(undefined, '', location.pathname + location.search);
  // At a desk that is all. A gateway says as whom: an address that another has sent would have them act as that other.
  const body = { token, look: true };
  const { session, name } = await ask<TakenToken>('/login/token', { method: 'POST', body });
  if (session !== undefined) keepSession(session);
  else if (name !== undefined && confirm(say('login.as', { name })))
    await ask('/login/token', { method: 'POST', body: { token } });
}

interface TakenToken {
  readonly session?: string;
  readonly name?: string;
}

/** @returns whether somebody is logged in */
export async function askViewer(): Promise<boolean> {
  try {
    const me = await ask<Me>('/me');
    keepCsrf(me.csrf);
    viewer.value = me;
    viewerFailure.value = undefined;
    return true;
  } catch (error) {
    viewer.value = undefined;
    viewerFailure.value = factsOf(error);
    return false;
  }
}

export async function logOut(): Promise<void> {
  await ask('/logout', { method: 'POST' }).catch(() => undefined);
  keepSession(undefined);
  // The page begins anew: nothing of what it knew stays behind.
  location.assign('/login');
}
