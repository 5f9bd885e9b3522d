/** "May this person do this now?" By their key, or by a certificate. */
import { judgeCertificate } from '../../core/access/certificate/judge-certificate.ts';
import { judgeAccess, type Refusal } from '../../core/access/judge.ts';
import { carriesSome, mayCarry, mayReach, mayRead, readsSome } from '../../core/access/reach.ts';
import type { ErrorCode } from '../../core/errors.ts';
import { isFrom } from '../../core/io/ssh/source-address.ts';
import { type FleetView, sshKeyBlob, type ViewOperator } from '../fleet/fleet-view.ts';
import { type Action, type Admission, type PersonSubject, type Refused, refuse } from './question.ts';

export function admitPerson(
  view: FleetView,
  subject: PersonSubject,
  action: Action,
  nowMs: number,
): Admission {
  const person = personOf(view, subject, nowMs);
  return 'code' in person ? person : admitOperator(view, person, action, nowMs);
}

/** An operator, and how they have shown that they are. */
interface ShownOperator {
  readonly operator: ViewOperator;
  readonly by: 'key' | 'certificate';
}

function personOf(view: FleetView, subject: PersonSubject, nowMs: number): ShownOperator | Refused {
  if (subject.kind === 'certified') return certifiedOperator(view, subject, nowMs);
  if (subject.kind === 'logged-in') {
    const operator = view.operators.get(subject.operator);
    return operator === undefined ? nobodyNamed() : { operator, by: subject.by };
  }
  const { sshKey } = subject;
  const operator = view.operatorBySshKey(sshKey.includes(' ') ? sshKeyBlob(sshKey) : sshKey);
  return operator === undefined
    ? refuse('GATEWAY_KEY_UNKNOWN', 'no operator of this fleet has this key')
    : { operator, by: 'key' };
}

function certifiedOperator(
  view: FleetView,
  { certificate, from }: Extract<PersonSubject, { kind: 'certified' }>,
  nowMs: number,
): ShownOperator | Refused {
  const verdict = judgeCertificate({
    certificate,
    signers: view.certificateKeys,
    operatorNamed: name => view.operators.get(name),
    comesFrom: sources => isFrom(sources, from),
    nowMs,
  });
  if (!verdict.holds) return refuse('ACCESS_CERTIFICATE_REFUSED', verdict.why);
  const operator = view.operators.get(verdict.operator);
  return operator === undefined ? nobodyNamed() : { operator, by: 'certificate' };
}

function nobodyNamed(): Refused {
  return refuse('GATEWAY_KEY_UNKNOWN', 'no operator of this fleet has this name');
}

function admitOperator(view: FleetView, person: ShownOperator, action: Action, nowMs: number): Admission {
  const { operator } = person;
  switch (action.kind) {
    case 'login':
      return { allowed: true, who: operator.name };
    case 'git':
      return admitGit(operator, action);
    case 'reach':
      return admitReach(view, person, action, nowMs);
    case 'read-telemetry':
      // One answer whether there is no such device or none for this person.
      return mayRead(view.device(action.device), operator)
        ? { allowed: true, who: operator.name }
        : refuse(
            'GATEWAY_DEVICE_UNREADABLE',
            `${operator.name} does not read a device ${action.device}`,
            operator.name,
          );
    case 'carry':
      return admitCarry(view, operator, action.device);
    case 'list-agents':
      return admitGit(operator, { kind: 'git', service: 'upload-pack', repository: 'fleet' });
    case 'bring-agent':
      return pushesOf(operator) === 'all'
        ? { allowed: true, who: operator.name }
        : refuse('GATEWAY_AGENT_FORBIDDEN', `${operator.name} may not push to main`, operator.name);
    case 'ring':
      return admitRing(view, operator, action.device, nowMs);
    default:
      return refuse('GATEWAY_REPOSITORY_FORBIDDEN', 'this is for devices', operator.name);
  }
}

function admitGit(operator: ViewOperator, action: Extract<Action, { kind: 'git' }>): Admission {
  const { service, repository } = action;
  return mayUseGit(operator, action)
    ? { allowed: true, who: operator.name }
    : refuse(
        'GATEWAY_REPOSITORY_FORBIDDEN',
        `${operator.name} may not ${service === 'upload-pack' ? 'read' : 'write'} ${repository}.git`,
        operator.name,
      );
}

function admitCarry(view: FleetView, operator: ViewOperator, id: string): Admission {
  const device = view.device(id);
  // One answer whether there is no such device or none for this person.
  if (!mayCarry(device, operator))
    return refuse(
      'GATEWAY_BUNDLE_FORBIDDEN',
      `${operator.name} carries nothing for a device ${id}`,
      operator.name,
    );
  return device?.file.revoked === true
    ? refuse('GATEWAY_DEVICE_REVOKED', `${id} is revoked`, operator.name)
    : { allowed: true, who: operator.name };
}

/** Whoever reaches it, tunnel or not, or may push to main, by which all devices are told to look. */
function admitRing(view: FleetView, operator: ViewOperator, id: string, nowMs: number): Admission {
  const device = view.device(id);
  const reach = mayReach({ device, operator, tunnel: view.desiredTunnel(id), nowMs });
  const isTheirs = reach !== 'unreachable' || pushesOf(operator) === 'all';
  // One answer whether there is no such device or none for this person.
  if (device === undefined || !isTheirs)
    return refuse(
      'GATEWAY_DEVICE_UNREACHABLE',
      `${operator.name} does not reach a device ${id}`,
      operator.name,
    );
  return device.file.revoked === true
    ? refuse('GATEWAY_DEVICE_REVOKED', `${id} is revoked`, operator.name)
    : { allowed: true, who: operator.name };
}

/** What of fleet.git a person may push. */
export function pushesOf({ file }: ViewOperator): 'all' | 'requests' | 'none' {
  const { fleet } = file.git ?? {};
  return fleet === 'write' ? 'all' : fleet === 'request' ? 'requests' : 'none';
}

function mayUseGit(operator: ViewOperator, action: Extract<Action, { kind: 'git' }>): boolean {
  const { fleet = 'none', telemetry = 'none' } = operator.file.git ?? {};
  if (action.repository === 'telemetry') {
    return action.service === 'upload-pack'
      ? telemetry === 'read' || readsSome(operator)
      : carriesSome(operator);
  }
  return action.service === 'upload-pack' ? fleet !== 'none' : pushesOf(operator) !== 'none';
}

function admitReach(
  view: FleetView,
  { operator, by }: ShownOperator,
  { device: id, wanted, ended = false }: Extract<Action, { kind: 'reach' }>,
  nowMs: number,
): Admission {
  const on = view.access(id);
  const refused = (why: Refusal) => refuse(codes[why], reasons[why](id, operator.name), operator.name);
  if (on === undefined) {
    const why = mayReach({ device: view.device(id), operator, tunnel: view.desiredTunnel(id), nowMs });
    return refused(why === 'allowed' ? 'closed' : why);
  }
  const person = view.person(operator);
  // A device that takes no certificates is not reached by one, also where the gateway would type for its holder.
  for (const coming of ended ? ([by, 'gateway'] as const) : [by]) {
    const verdict = judgeAccess({ on, operator: person, coming: { by: coming }, wanted, nowMs });
    if (!verdict.allowed) return refused(verdict.why);
  }
  return { allowed: true, who: operator.name };
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
