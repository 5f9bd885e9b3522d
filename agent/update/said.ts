/** What is said of an update, in the status and to whoever stands at the device. Pure. */
import type { UpdateStatus } from './self-update.ts';
import type { UpdateMemory } from './update-file.ts';
import { namedOf, type Wish } from './wanted.ts';

export interface Standing {
  readonly wish: Wish;
  readonly memory: UpdateMemory;
  readonly isOnTrial: boolean;
  /** It was on trial and could not report; whether it is to blame is not known yet. */
  readonly unjudged: boolean;
  readonly isStaged: boolean;
  /** It is being brought. */
  readonly isBusy: boolean;
  /** Why it is not brought, or not put on trial. */
  readonly waits: string | undefined;
}

const longestMessage = 500;
const worded = (message: string | undefined) =>
  message === undefined || message === '' ? {} : { message: message.slice(0, longestMessage) };

export function saidOf({ wish, memory, isOnTrial, unjudged, ...now }: Standing): UpdateStatus | undefined {
  const { version = '', digest = '' } = memory;
  const last = version === '' ? undefined : { version, ...(digest === '' ? {} : { digest }) };
  if (isOnTrial && last !== undefined)
    return { ...last, phase: 'trying', message: 'it has not yet shown that it may stay' };
  if (unjudged && last !== undefined) {
    const message = 'it could not report: the version before it looks whether it can';
    return { ...last, phase: 'waiting', code: 'AGENT_UPDATE_CUT', message };
  }
  if (wish.kind === 'nothing') return undefined;
  if (wish.kind === 'trouble') {
    const { version, digest, code, message } = wish;
    return {
      version,
      ...(digest === undefined ? {} : { digest }),
      phase: 'waiting',
      code,
      ...worded(message),
    };
  }
  const of = namedOf(wish);
  if (wish.kind === 'refused') {
    const { code, reason } = wish.aside;
    return { ...of, phase: 'refused', code, ...worded(reason) };
  }
  if (now.isStaged) return { ...of, phase: 'staged', ...worded(now.waits) };
  if (now.isBusy) return { ...of, phase: 'downloading' };
  const before = memory.digest === of.digest ? memory : undefined;
  const code = before?.code === undefined ? {} : { code: before.code };
  return { ...of, phase: 'waiting', ...code, ...worded(before?.message ?? now.waits) };
}
