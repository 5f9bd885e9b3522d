/** What is trusted now, and who somebody is by it: asked anew each time. */
import type { AccessOperator, DeviceAccess } from '../../../core/access/device-access.ts';
import { type AccessVerdict, type Coming, judgeAccess, type Wanted } from '../../../core/access/judge.ts';
import type { Clock } from '../../../core/io/clock.ts';

/** How somebody has proven who they are. */
export interface Identity {
  readonly operator: string;
  readonly by: Coming['by'];
  /** Wire form, base64: the person's key, the gateway's, or the one that signed the certificate. */
  readonly key: string;
  /** Of a certificate, milliseconds since the epoch. */
  readonly validUntilMs?: number;
}

export class AccessView {
  readonly #clock: Clock;
  #access: DeviceAccess | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get current(): DeviceAccess | undefined {
    return this.#access;
  }

  use(access: DeviceAccess | undefined): void {
    this.#access = access;
  }

  now(): number {
    return this.#clock.now();
  }

  /** @returns who holds a key, or for whom a gateway's key speaks; undefined: nobody that the fleet knows */
  holderOf(key: string, spokenFor: string | undefined): Identity | undefined {
    const { operators = [], gatewayKeys = [] } = this.#access ?? {};
    if (spokenFor !== undefined) {
      const isKnown = gatewayKeys.includes(key) && operators.some(({ name }) => name === spokenFor);
      return isKnown ? { operator: spokenFor, by: 'gateway', key } : undefined;
    }
    const holder = operators.find(({ keys }) => keys.includes(key));
    return holder === undefined ? undefined : { operator: holder.name, by: 'key', key };
  }

  /** Also whether the key is still theirs. */
  judge(who: Identity, wanted: Wanted): AccessVerdict {
    const on = this.#access;
    const operator = on?.operators.find(({ name }) => name === who.operator);
    if (on === undefined) return { allowed: false, why: 'closed' };
    if (operator === undefined || !isStillTheirs(who, on, operator)) {
      return { allowed: false, why: 'unreachable' };
    }
    const nowMs = this.now();
    if (who.validUntilMs !== undefined && nowMs >= who.validUntilMs) {
      return { allowed: false, why: 'certificate' };
    }
    return judgeAccess({ on, operator, coming: { by: who.by }, wanted, nowMs });
  }
}

function isStillTheirs({ by, key }: Identity, on: DeviceAccess, { keys }: AccessOperator): boolean {
  if (by === 'gateway') return on.gatewayKeys.includes(key);
  if (by === 'certificate') return on.certificateKeys.includes(key);
  return keys.includes(key);
}
