/**
 * `git-receive-pack 'telemetry.git'`: what devices without a network have exported comes back by a person. It goes the way of a
 * device's own push, and each new commit must be one that the device has signed.
 */
import { once } from 'node:events';
import { isTowlineError, TowlineError } from '../../core/errors.ts';
import type { ChannelStream } from '../../core/io/ssh/ssh-channel.ts';
import { TimeLimit } from '../../core/io/time-limit.ts';
import { telemetryRef } from '../../core/telemetry/telemetry-ref.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import { receivePackRefs } from '../git/advert.ts';
import { takeCarriedPush } from './carried-push.ts';
import type { PeopleConnection } from './people-connection.ts';

/** From the first byte to the last, milliseconds: a push is small. */
const wholeMs = 10 * 60_000;

/**
 * The session is over afterwards. @param signal aborted when it is no longer allowed
 * @throws TowlineError that refuses it; what of the content is refused, git is told
 */
export async function serveTakeBack(
  person: PeopleConnection,
  stream: ChannelStream,
  allowed: AbortSignal,
): Promise<void> {
  using late = new TimeLimit(wholeMs);
  const signal = AbortSignal.any([allowed, person.services.stopping, late.signal]);
  const onAbort = () => stream.destroy();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    stream.write(receivePackRefs(carriedTips(person)));
    // It stays open: who is refused is told so.
    const incoming: AsyncIterable<Buffer> = stream.iterator({ destroyOnReturn: false });
    const result = await takeCarriedPush(person, incoming);
    if (result === undefined) return;
    if (!stream.write(result.report)) await once(stream, 'drain', { signal });
  } catch (error) {
    if (signal.aborted && isTowlineError(signal.reason)) throw signal.reason;
    if (late.signal.aborted) throw new TowlineError('GATEWAY_SESSION_SILENT', 'a push that does not end');
    // Who has left needs no answer.
    if (isTowlineError(error) || !stream.destroyed) throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** Of those that this person carries for, and no others. */
function carriedTips(person: PeopleConnection): ReadonlyMap<string, ObjectId> {
  const { view, telemetry } = person.services;
  const tips = new Map<string, ObjectId>();
  for (const device of view.current.devices.keys()) {
    const ref = telemetryRef(device);
    const tip = telemetry.store.tip(ref);
    if (tip !== undefined && person.admit({ kind: 'carry', device }).allowed) tips.set(ref, tip);
  }
  return tips;
}
