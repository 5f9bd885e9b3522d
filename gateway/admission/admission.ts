/**
 * "May this one do this now?" One pure function for devices and people, asked on every request and, for what
 * stays open, again whenever the view changes.
 */
import { tunnelIsOpen } from '../../core/access/reach.ts';
import { telemetryRef } from '../../core/telemetry/telemetry-ref.ts';
import type { FleetView, ViewDevice } from '../fleet/fleet-view.ts';
import { admitPerson } from './person-admission.ts';
import { type Action, type Admission, type PersonSubject, refuse, type Subject } from './question.ts';

export type { Action, Admission, PersonSubject, Subject } from './question.ts';

/**
 * @param nowMs wall clock, milliseconds since the epoch: tunnels have an end.
 */
export function admit(view: FleetView, subject: Subject, action: Action, nowMs: number): Admission {
  if (isPerson(subject)) {
    return admitPerson(view, subject, action, nowMs);
  }
  if (subject.kind === 'waiting-device') return admitWaiting(subject.device, action);
  const device = deviceOf(view, subject);
  const engineOf = device === undefined ? deviceOfEngine(view, subject) : undefined;
  if (engineOf !== undefined) return admitEngine(view, engineOf, action, nowMs);
  if (device === undefined) {
    // The statement itself says who comes, and the desk checks it.
    if (action.kind === 'enrol' && subject.kind === 'device' && subject.tlsKey !== undefined) {
      return { allowed: true, who: `key ${subject.tlsKey.slice(-24)}` };
    }
    return subject.kind === 'device' && subject.tlsKey === undefined
      ? refuse('GATEWAY_CERTIFICATE_MISSING', 'no client certificate')
      : refuse('GATEWAY_KEY_UNKNOWN', 'no device of this fleet has this key');
  }
  return isRevoked(device) ?? admitDevice(view, device, action, nowMs);
}

function isPerson(subject: Subject): subject is PersonSubject {
  return subject.kind === 'operator' || subject.kind === 'certified' || subject.kind === 'logged-in';
}

function isRevoked({ id, file }: ViewDevice): Admission | undefined {
  return file.revoked === true ? refuse('GATEWAY_DEVICE_REVOKED', `${id} is revoked`, id) : undefined;
}

/** By the key of its engine (`keys.registry`), which pulls and does nothing else. */
function admitEngine(view: FleetView, device: ViewDevice, action: Action, nowMs: number): Admission {
  const isPull = action.kind === 'pull-image' || action.kind === 'change-registry';
  const admission = isPull
    ? (isRevoked(device) ?? admitDevice(view, device, action, nowMs))
    : refuse('GATEWAY_KEY_PULLS_ONLY', 'it pulls images, and does nothing else', device.id);
  return admission.allowed
    ? admission
    : { ...admission, message: `the engine of ${device.id}, by keys.registry: ${admission.message}` };
}

function deviceOfEngine(view: FleetView, subject: Subject): ViewDevice | undefined {
  return subject.kind === 'device' && subject.tlsKey !== undefined
    ? view.deviceByRegistryKey(subject.tlsKey)
    : undefined;
}

/** Until a person has accepted it: main, and the question whether they have. */
function admitWaiting(device: string, action: Action): Admission {
  return action.kind === 'fetch-fleet' || action.kind === 'enrol'
    ? { allowed: true, who: device }
    : refuse('GATEWAY_DEVICE_WAITING', `${device} waits until a person accepts it`, device);
}

function deviceOf(
  view: FleetView,
  subject: Extract<Subject, { kind: 'device' | 'device-ssh' }>,
): ViewDevice | undefined {
  if (subject.kind === 'device') {
    return subject.tlsKey === undefined ? undefined : view.deviceByTlsKey(subject.tlsKey);
  }
  const device = view.device(subject.device);
  const proven = view.deviceBySshKey(subject.sshKey);
  return device !== undefined && device === proven ? device : undefined;
}

function admitDevice(view: FleetView, device: ViewDevice, action: Action, nowMs: number): Admission {
  switch (action.kind) {
    case 'fetch-fleet':
    case 'enrol':
    case 'push-recording':
    case 'hints':
    case 'login':
      return { allowed: true, who: device.id };
    case 'push-telemetry':
      return action.ref === undefined || action.ref === telemetryRef(device.id)
        ? { allowed: true, who: device.id }
        : refuse('GATEWAY_REF_FORBIDDEN', `${device.id} may not write this ref`, device.id);
    case 'pull-image':
      return action.image?.isPinned === false
        ? refuse('GATEWAY_IMAGE_FORBIDDEN', `no release of ${device.id} pins ${action.image.name}`, device.id)
        : { allowed: true, who: device.id };
    case 'change-registry':
      return refuse('GATEWAY_REGISTRY_READ_ONLY', 'devices pull, by what their releases pin', device.id);
    case 'attach-tunnel':
      return tunnelIsOpen(view.desiredTunnel(device.id), nowMs)
        ? { allowed: true, who: device.id }
        : refuse('GATEWAY_TUNNEL_CLOSED', `the tunnel of ${device.id} is closed`, device.id);
    case 'git':
      return refuse('GATEWAY_REPOSITORY_FORBIDDEN', 'devices use the device port', device.id);
    case 'list-agents':
    case 'bring-agent':
      return refuse('GATEWAY_AGENT_FORBIDDEN', 'people bring agents', device.id);
    case 'reach':
    case 'read-telemetry':
    case 'carry':
    case 'ring':
      return refuse('GATEWAY_DEVICE_UNREACHABLE', 'a device reaches no other', device.id);
  }
}
