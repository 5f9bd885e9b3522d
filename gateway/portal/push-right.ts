/** Whether who has logged in at the page may push now, and for as long as a push goes on: by the right of their operator file. */
import { TowlineError } from '../../core/errors.ts';
import type { Clock } from '../../core/io/clock.ts';
import type { Viewer } from '../../portal/home/viewer.ts';
import { admit } from '../admission/admission.ts';
import type { FleetViewHolder } from '../fleet/fleet-view-holder.ts';

export interface PushRightOptions {
  readonly view: FleetViewHolder;
  readonly clock: Clock;
}

/**
 * The same question as at the people's port.
 * @returns aborted when it is over
 * @throws TowlineError GATEWAY_REPOSITORY_FORBIDDEN, GATEWAY_KEY_UNKNOWN; PORTAL_WAY_CLOSED for who came by a provider
 */
export function whileMayPush(
  { view, clock }: PushRightOptions,
  viewer: Viewer,
  signal: AbortSignal,
): { readonly signal: AbortSignal } & Disposable {
  if (viewer.by === 'oidc' || viewer.by === 'desk')
    throw new TowlineError('PORTAL_WAY_CLOSED', 'who logged in by a provider changes nothing');
  const subject = { kind: 'logged-in', operator: viewer.name, by: 'key' } as const;
  const action = { kind: 'git', service: 'receive-pack', repository: 'fleet' } as const;
  const asked = () => admit(view.current, subject, action, clock.now());
  const now = asked();
  if (!now.allowed) throw new TowlineError(now.code, now.message);
  const ended = new AbortController();
  const end = view.onChange(() => {
    const later = asked();
    if (!later.allowed) ended.abort(new TowlineError(later.code, later.message));
  });
  return { signal: AbortSignal.any([signal, viewer.signal, ended.signal]), [Symbol.dispose]: end };
}
