/**
 * `git-receive-pack 'telemetry.git'`: what devices without a network have exported comes back by a person. It goes the way of a
 * device's own push, and each new commit must be one that the device has signed.
 */
import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { isTowlineError, TowlineError } from '../../core/errors.ts';
import type { ChannelStream } from '../../core/io/ssh/ssh-channel.ts';
import { TimeLimit } from '../../core/io/time-limit.ts';
import { DeviceSignature } from '../../core/telemetry/device-signature.ts';
import { telemetryRef, telemetryRefs } from '../../core/telemetry/telemetry-ref.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import { receivePackRefs } from '../git/advert.ts';
import type { PackedObject } from '../telemetry/pack-reader.ts';
import { type PushCommand, readShallowPushHead } from '../telemetry/push-request.ts';
import type { PeopleConnection } from './people-connection.ts';

/** From the first byte to the last, milliseconds: a push is small. */
const wholeMs = 10 * 60_000;
/** Signatures that are checked before others have their turn. */
const signaturesInTurn = 50;

/**
 * The session is over afterwards. @param signal aborted when it is no longer allowed
 * @throws TowlineError that refuses it; what of the content is refused, git is told
 */
export async function serveTakeBack(
  person: PeopleConnection,
  stream: ChannelStream,
  allowed: AbortSignal,
): Promise<void> {
  const { intake } = person.services.telemetry;
  using late = new TimeLimit(wholeMs);
  const signal = AbortSignal.any([allowed, person.services.stopping, late.signal]);
  const onAbort = () => stream.destroy();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    stream.write(receivePackRefs(carriedTips(person)));
    let device = '';
    const admit = (command: PushCommand) => {
      device = admitCommand(person, command);
      intake.begin(device);
    };
    // It stays open: who is refused is told so.
    const incoming: AsyncIterable<Buffer> = stream.iterator({ destroyOnReturn: false });
    const { head, body } = await intake.receive(incoming, admit, { readHead: readShallowPushHead });
    await using _body = body;
    if (head.command === undefined) return;
    const { command } = head;
    const judge = (objects: readonly PackedObject[]) => judgeCommits(person, { device, command, objects });
    const { report, refusal } = await intake.take({ device, command, body, judge });
    const action = `take-back ${device}`;
    if (refusal === undefined)
      person.audit({ action, outcome: 'allowed', details: { commit: command.newId ?? '' } });
    else person.audit({ action, outcome: 'refused', code: refusal.code, message: refusal.message });
    if (!stream.write(report)) await once(stream, 'drain', { signal });
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

/** @returns the device. @throws TowlineError as admission has it, GATEWAY_REF_FORBIDDEN, GATEWAY_DEVICE_RETIRED */
function admitCommand(person: PeopleConnection, { ref }: PushCommand): string {
  const { view, telemetry } = person.services;
  if (!ref.startsWith(telemetryRefs))
    throw new TowlineError('GATEWAY_REF_FORBIDDEN', 'nothing but the branch of a device is taken back');
  const id = ref.slice(telemetryRefs.length);
  const admission = person.admit({ kind: 'carry', device: id });
  if (!admission.allowed) throw new TowlineError(admission.code, admission.message);
  const device = view.current.device(id);
  if (device !== undefined && telemetry.departures.has(device))
    throw new TowlineError('GATEWAY_DEVICE_RETIRED', `${id} is retired, and has said its last word`);
  return id;
}

interface Brought {
  readonly device: string;
  readonly command: PushCommand;
  readonly objects: readonly PackedObject[];
}

/**
 * All that is new is a line that the device has signed, from its tip on. By the view of now: it may have been revoked, or have
 * got another key, while it was sent.
 */
async function judgeCommits(
  person: PeopleConnection,
  { device, command: { newId, oldId }, objects }: Brought,
): Promise<void> {
  const admission = person.admit({ kind: 'carry', device });
  if (!admission.allowed) throw new TowlineError(admission.code, admission.message);
  const { current } = person.services.view;
  const signature = new DeviceSignature(device, current.device(device)?.file.keys?.ssh);
  const commits = new Map(objects.flatMap(object => (object.type === 'commit' ? [[object.id, object]] : [])));
  let next = newId;
  for (let count = 1; next !== undefined && next !== oldId; count += 1) {
    const commit = commits.get(next);
    if (commit === undefined) throw new TowlineError('GATEWAY_PACK_REFUSED', `${next} is missing`);
    next = signature.parentOf(commit);
    if (count % signaturesInTurn === 0) await turn();
  }
}
