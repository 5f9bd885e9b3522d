/** May this person do this on this device now? One pure function, asked by the gateway, the agent and the desk, each for itself. */
import type { AccessOperator, DeviceAccess } from './device-access.ts';
import { mayReach, mayRead } from './reach.ts';
import type { EnteredService, Recording } from './settings.ts';

/** What a person wants. */
export type Wanted =
  /** To log in at the agent's server: what is done there is asked for by itself. */
  | { readonly kind: 'server' }
  /** A declared target, by its name. */
  | { readonly kind: 'target'; readonly name: string }
  | {
      readonly kind: 'service';
      readonly app: string;
      readonly service: string;
      /** Somebody is there, as this user: nobody else's place. */
      readonly entered?: Pick<EnteredService, 'user'>;
    }
  /** An account at the device's own sshd. */
  | { readonly kind: 'login'; readonly user: string }
  /** Logs, status and live sessions. */
  | { readonly kind: 'watch' };

/** How they come, as far as the one who asks can tell by keys. */
export interface Coming {
  /** `certificate`: of the gateway's signer; `gateway`: the gateway ended their session and types for them. */
  readonly by: 'key' | 'certificate' | 'gateway';
}

export interface AccessQuestion {
  readonly on: DeviceAccess;
  readonly operator: AccessOperator;
  readonly coming: Coming;
  readonly wanted: Wanted;
  /** Wall clock, milliseconds since the epoch. */
  readonly nowMs: number;
}

export type Refusal =
  /** No such device, service, account or target, or none for this person: who asks is not told which. */
  | 'unreachable'
  | 'revoked'
  | 'closed'
  /** The device takes no certificates. */
  | 'certificate'
  /** Not by a session that the gateway ends. */
  | 'via-gateway'
  /** This way cannot be recorded, and recording is required. */
  | 'unrecorded';

export type AccessVerdict =
  | { readonly allowed: true; readonly record: Recording; readonly service?: EnteredService }
  | { readonly allowed: false; readonly why: Refusal };

export function judgeAccess(question: AccessQuestion): AccessVerdict {
  const { on, operator, coming, wanted, nowMs } = question;
  const { device, tunnel, access } = on;
  const reach = mayReach({ device, operator, tunnel, nowMs });
  if (reach !== 'allowed') return refuse(reach);
  if (coming.by === 'certificate' && !access.certificates) return refuse('certificate');
  if (coming.by === 'gateway' && !comesByGateway(question)) return refuse('via-gateway');
  const { record } = access;
  switch (wanted.kind) {
    case 'server':
      return { allowed: true, record };
    case 'target':
      if (!tunnel.targets.some(({ name }) => name === wanted.name)) return refuse('unreachable');
      return record === 'required' ? refuse('unrecorded') : { allowed: true, record: 'off' };
    case 'login':
      if (!access.logins.some(login => login.user === wanted.user && isNamed(login, operator)))
        return refuse('unreachable');
      return record === 'required' ? refuse('unrecorded') : { allowed: true, record: 'off' };
    case 'service': {
      const service = serviceOf(on, wanted, operator);
      const isOther = wanted.entered !== undefined && wanted.entered.user !== service?.user;
      return service === undefined || isOther ? refuse('unreachable') : { allowed: true, record, service };
    }
    case 'watch':
      return mayRead(device, operator) ? { allowed: true, record: 'off' } : refuse('unreachable');
  }
}

function comesByGateway({ on, operator, wanted }: AccessQuestion): boolean {
  const via = on.access.viaGateway;
  if (via === undefined || !via.operators.includes(operator.name)) return false;
  if (wanted.kind === 'server') return true;
  return wanted.kind === 'service' && via.services.includes(`${wanted.app}.${wanted.service}`);
}

function serviceOf(
  { access }: DeviceAccess,
  { app, service }: { readonly app: string; readonly service: string },
  operator: AccessOperator,
): EnteredService | undefined {
  return access.services.find(
    entered => entered.app === app && entered.service === service && isNamed(entered, operator),
  );
}

function isNamed(
  { operators }: { readonly operators?: readonly string[] },
  { name }: AccessOperator,
): boolean {
  return operators === undefined || operators.includes(name);
}

function refuse(why: Refusal): AccessVerdict {
  return { allowed: false, why };
}
