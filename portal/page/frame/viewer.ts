/** Who looks, and what they may: asked once, and again after a login. */
import { signal } from '@preact/signals';
import { factsOf } from '../api/answer.ts';
import type { Me } from '../api/answers.ts';
import { ask, keepCsrf, keepSession } from '../api/client.ts';
import type { FailureFacts } from '../api/failure.ts';

export const viewer = signal<Me | undefined>(undefined);
/** Of the login that the address brought along. */
export const loginFailure = signal<FailureFacts | undefined>(undefined);
export const viewerFailure = signal<FailureFacts | undefined>(undefined);

/** A token in the address's fragment is used, and the fragment gone, before anything else is asked. */
export async function logInByFragment(): Promise<void> {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (token === null) return;
  history.replaceState(undefined, '', location.pathname + location.search);
  // A gateway answers with a cookie.
  const { session } = await ask<{ readonly session?: string }>('/login/token', {
    method: 'POST',
    body: { token },
  });
  if (session !== undefined) keepSession(session);
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
