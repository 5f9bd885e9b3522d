/** One push of what a device without a network has exported, by a person who carries: taken in as the device's own would be. */
import { setImmediate as turn } from 'node:timers/promises';
import { TowlineError } from '../../core/errors.ts';
import { DeviceSignature } from '../../core/telemetry/device-signature.ts';
import { telemetryRefs } from '../../core/telemetry/telemetry-ref.ts';
import type { Action, Admission } from '../admission/admission.ts';
import type { AuditEvent } from '../admission/audit.ts';
import type { FleetViewHolder } from '../fleet/fleet-view-holder.ts';
import type { PackedObject } from '../telemetry/pack-reader.ts';
import type { PushResult } from '../telemetry/push-intake.ts';
import { type PushCommand, readShallowPushHead } from '../telemetry/push-request.ts';
import type { CarriedTelemetry } from './carried-telemetry.ts';

/** A person who has logged in, by SSH or at the portal. */
export interface CarryingPerson {
  readonly services: { readonly view: FleetViewHolder; readonly telemetry: CarriedTelemetry };
  admit(action: Action): Admission;
  audit(event: Omit<AuditEvent, 'who' | 'from'>): void;
}

/** Signatures that are checked before others have their turn. */
const signaturesInTurn = 50;

/**
 * @param incoming the body of a push
 * @returns undefined: it asks for nothing
 * @throws TowlineError that refuses it; what of the content is refused, the result says
 */
export async function takeCarriedPush(
  person: CarryingPerson,
  incoming: AsyncIterable<Buffer>,
): Promise<PushResult | undefined> {
  const { intake } = person.services.telemetry;
  let device = '';
  const admit = (command: PushCommand) => {
    device = admitCommand(person, command);
    intake.begin(device);
  };
  const { head, body } = await intake.receive(incoming, admit, { readHead: readShallowPushHead });
  await using _body = body;
  if (head.command === undefined) return undefined;
  const { command } = head;
  const judge = (objects: readonly PackedObject[]) => judgeCommits(person, { device, command, objects });
  const result = await intake.take({ device, command, body, judge });
  const { refusal } = result;
  const action = `take-back ${device}`;
  if (refusal === undefined)
    person.audit({ action, outcome: 'allowed', details: { commit: command.newId ?? '' } });
  else person.audit({ action, outcome: 'refused', code: refusal.code, message: refusal.message });
  return result;
}

/** @returns the device. @throws TowlineError as admission has it, GATEWAY_REF_FORBIDDEN, GATEWAY_DEVICE_RETIRED */
function admitCommand(person: CarryingPerson, { ref }: PushCommand): string {
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
  person: CarryingPerson,
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
