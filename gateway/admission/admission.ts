/**
 * "May this one do this now?" One pure function for devices and people, asked on every request and, for what
 * stays open, again whenever the view changes.
 */
import { judgeAccess, type Refusal, type Wanted } from '../../core/access/judge.ts';
import { mayReach, mayRead, readsSome, tunnelIsOpen } from '../../core/access/reach.ts';
import type { ErrorCode } from '../../core/errors.ts';
import { telemetryRef } from '../../core/telemetry/telemetry-ref.ts';
import { type FleetView, sshKeyBlob, type ViewDevice, type ViewOperator } from '../fleet/fleet-view.ts';

/** Who asks, by the key that was proven on this connection; never by what a message says. */
export type Subject =
  /** On the device port: SubjectPublicKeyInfo in base64, or undefined without a client certificate. */
  | { readonly kind: 'device'; readonly tlsKey: string | undefined }
  /** On the device port: its key stands in the one statement with which this device waits to be accepted. */
  | { readonly kind: 'waiting-device'; readonly device: string }
  /** Inside a tunnel: the device that brought the connection, and the SSH key it proved there. */
  | { readonly kind: 'device-ssh'; readonly device: string; readonly sshKey: string }
  /** On the people's port: the key's blob in base64. */
  | { readonly kind: 'operator'; readonly sshKey: string };

export type Action =
  | { readonly kind: 'fetch-fleet' }
  /** State its keys, and ask whether they were accepted. */
  | { readonly kind: 'enrol' }
  /** Without `ref`: to see the own ref in the advert. */
  | { readonly kind: 'push-telemetry'; readonly ref?: string }
  /** Of its own sessions. */
  | { readonly kind: 'push-recording' }
  | { readonly kind: 'hints' }
  | { readonly kind: 'attach-tunnel' }
  | { readonly kind: 'login' }
  | {
      readonly kind: 'git';
      readonly service: 'upload-pack' | 'receive-pack';
      readonly repository: 'fleet' | 'telemetry';
    }
  /** To see its telemetry, and to have it asked for. */
  | { readonly kind: 'read-telemetry'; readonly device: string }
  | { readonly kind: 'reach'; readonly device: string; readonly wanted: Wanted };

export type Admission =
  /** `who`: the device's id or the operator's name. */
  | { readonly allowed: true; readonly who: string }
  | { readonly allowed: false; readonly who?: string; readonly code: ErrorCode; readonly message: string };

/**
 * @param nowMs wall clock, milliseconds since the epoch: tunnels have an end.
 */
export function admit(view: FleetView, subject: Subject, action: Action, nowMs: number): Admission {
  if (subject.kind === 'operator') return admitOperator(view, subject.sshKey, action, nowMs);
  if (subject.kind === 'waiting-device') return admitWaiting(subject.device, action);
  const device = deviceOf(view, subject);
  if (device === undefined) {
    // The statement itself says who comes, and the desk checks it.
    if (action.kind === 'enrol' && subject.kind === 'device' && subject.tlsKey !== undefined) {
      return { allowed: true, who: `key ${subject.tlsKey.slice(-24)}` };
    }
    return subject.kind === 'device' && subject.tlsKey === undefined
      ? refuse('GATEWAY_CERTIFICATE_MISSING', 'no client certificate')
      : refuse('GATEWAY_KEY_UNKNOWN', 'no device of this fleet has this key');
  }
  if (device.file.revoked === true) {
    return refuse('GATEWAY_DEVICE_REVOKED', `${device.id} is revoked`, device.id);
  }
  return admitDevice(view, device, action, nowMs);
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
    case 'attach-tunnel':
      return tunnelIsOpen(view.desiredTunnel(device.id), nowMs)
        ? { allowed: true, who: device.id }
        : refuse('GATEWAY_TUNNEL_CLOSED', `the tunnel of ${device.id} is closed`, device.id);
    case 'git':
      return refuse('GATEWAY_REPOSITORY_FORBIDDEN', 'devices use the device port', device.id);
    case 'reach':
    case 'read-telemetry':
      return refuse('GATEWAY_DEVICE_UNREACHABLE', 'a device reaches no other', device.id);
  }
}

function admitOperator(view: FleetView, sshKey: string, action: Action, nowMs: number): Admission {
  const operator = view.operatorBySshKey(sshKey.includes(' ') ? sshKeyBlob(sshKey) : sshKey);
  if (operator === undefined) {
    return refuse('GATEWAY_KEY_UNKNOWN', 'no operator of this fleet has this key');
  }
  switch (action.kind) {
    case 'login':
      return { allowed: true, who: operator.name };
    case 'git':
      return mayUseGit(operator, action)
        ? { allowed: true, who: operator.name }
        : refuse(
            'GATEWAY_REPOSITORY_FORBIDDEN',
            `${operator.name} may not ${action.service === 'upload-pack' ? 'read' : 'write'} ${action.repository}.git`,
            operator.name,
          );
    case 'reach':
      return admitReach(view, operator, action, nowMs);
    case 'read-telemetry':
      // One answer whether there is no such device or none for this person.
      return mayRead(view.device(action.device), operator)
        ? { allowed: true, who: operator.name }
        : refuse(
            'GATEWAY_DEVICE_UNREADABLE',
            `${operator.name} does not read a device ${action.device}`,
            operator.name,
          );
    default:
      return refuse('GATEWAY_REPOSITORY_FORBIDDEN', 'this is for devices', operator.name);
  }
}

/** What of fleet.git a person may push. */
export function pushesOf({ file }: ViewOperator): 'all' | 'requests' | 'none' {
  const { fleet } = file.git ?? {};
  return fleet === 'write' ? 'all' : fleet === 'request' ? 'requests' : 'none';
}

function mayUseGit(operator: ViewOperator, action: Extract<Action, { kind: 'git' }>): boolean {
  const { fleet = 'none', telemetry = 'none' } = operator.file.git ?? {};
  if (action.repository === 'telemetry') {
    return action.service === 'upload-pack' && (telemetry === 'read' || readsSome(operator));
  }
  return action.service === 'upload-pack' ? fleet !== 'none' : pushesOf(operator) !== 'none';
}

function admitReach(
  view: FleetView,
  operator: ViewOperator,
  { device: id, wanted }: Extract<Action, { kind: 'reach' }>,
  nowMs: number,
): Admission {
  const on = view.access(id);
  const refused = (why: Refusal) => refuse(codes[why], reasons[why](id, operator.name), operator.name);
  if (on === undefined) {
    const why = mayReach({ device: view.device(id), operator, tunnel: view.desiredTunnel(id), nowMs });
    return refused(why === 'allowed' ? 'closed' : why);
  }
  const person = view.person(operator);
  const verdict = judgeAccess({ on, operator: person, coming: { by: 'key' }, wanted, nowMs });
  return verdict.allowed ? { allowed: true, who: operator.name } : refused(verdict.why);
}

const codes: Readonly<Record<Refusal, ErrorCode>> = {
  unreachable: 'GATEWAY_DEVICE_UNREACHABLE',
  revoked: 'GATEWAY_DEVICE_REVOKED',
  closed: 'GATEWAY_TUNNEL_CLOSED',
  certificate: 'ACCESS_CERTIFICATE',
  'via-gateway': 'ACCESS_VIA_GATEWAY',
  unrecorded: 'ACCESS_UNRECORDED',
};

const reasons: Readonly<Record<Refusal, (device: string, operator: string) => string>> = {
  // One answer whether there is no such device or none for this person: names are not probed for.
  unreachable: (device, operator) => `${operator} does not reach a device ${device}`,
  revoked: device => `${device} is revoked`,
  closed: device => `the tunnel of ${device} is closed`,
  certificate: device => `${device} takes no certificates`,
  'via-gateway': (device, operator) => `${device} takes no session of ${operator} that the gateway ends`,
  unrecorded: device => `${device} is entered by its agent's own server alone, which records`,
};

function refuse(code: ErrorCode, message: string, who?: string): Admission {
  return { allowed: false, code, message, ...(who === undefined ? {} : { who }) };
}
