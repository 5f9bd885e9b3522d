/** What is trusted now, and who somebody is by it: asked anew each time. */
import { judgeCertificate } from '../../../core/access/certificate/judge-certificate.ts';
import {
  readUserCertificate,
  type UserCertificate,
} from '../../../core/access/certificate/user-certificate.ts';
import type { AccessOperator, DeviceAccess } from '../../../core/access/device-access.ts';
import { type AccessVerdict, type Coming, judgeAccess, type Wanted } from '../../../core/access/judge.ts';
import { tunnelIsOpen } from '../../../core/access/reach.ts';
import type { Clock } from '../../../core/io/clock.ts';

/** How somebody has proven who they are. */
export interface Identity {
  readonly operator: string;
  readonly by: Coming['by'];
  /** Wire form, base64: the person's key, or the gateway's. */
  readonly key: string;
  readonly certificate?: UserCertificate;
}

/** What somebody shows: a key, and the user name with it. */
export interface Shown {
  /** Wire form, base64. */
  readonly key: string;
  /** Whom a gateway speaks for. */
  readonly spokenFor: string | undefined;
  /** Wire form of one that is for the key. */
  readonly certificate?: Uint8Array | undefined;
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

  /** @returns whose it is, or for whom a gateway's key speaks; undefined: nobody that the fleet knows */
  holderOf({ key, spokenFor, certificate }: Shown): Identity | undefined {
    const { operators = [], gatewayKeys = [] } = this.#access ?? {};
    if (certificate !== undefined) return this.#certified(key, certificate);
    if (spokenFor !== undefined) {
      const isKnown = gatewayKeys.includes(key) && operators.some(({ name }) => name === spokenFor);
      return isKnown ? { operator: spokenFor, by: 'gateway', key } : undefined;
    }
    const holder = operators.find(({ keys }) => keys.includes(key));
    return holder === undefined ? undefined : { operator: holder.name, by: 'key', key };
  }

  #certified(key: string, wire: Uint8Array): Identity | undefined {
    try {
      const certificate = readUserCertificate(wire);
      if (certificate.key !== key) return undefined;
      return { operator: certificate.principal, by: 'certificate', key, certificate };
    } catch {
      return undefined;
    }
  }

  /** For guests, who are nobody: links are allowed here, now, and it is a gateway of the fleet that comes. */
  isForGuests(key: string): boolean {
    const on = this.#access;
    if (on === undefined || !on.access.share || on.device.file.revoked === true) return false;
    return on.gatewayKeys.includes(key) && tunnelIsOpen(on.tunnel, this.now());
  }

  /** Also whether the key is still theirs. */
  judge(who: Identity, wanted: Wanted): AccessVerdict {
    const on = this.#access;
    const operator = on?.operators.find(({ name }) => name === who.operator);
    if (on === undefined) return { allowed: false, why: 'closed' };
    const nowMs = this.now();
    if (operator === undefined || !isStillTheirs({ who, on, operator, nowMs })) {
      return { allowed: false, why: who.by === 'certificate' ? 'certificate' : 'unreachable' };
    }
    return judgeAccess({ on, operator, coming: { by: who.by }, wanted, nowMs });
  }
}

interface Holding {
  readonly who: Identity;
  readonly on: DeviceAccess;
  readonly operator: AccessOperator;
  readonly nowMs: number;
}

function isStillTheirs({ who: { by, key, certificate }, on, operator, nowMs }: Holding): boolean {
  if (by === 'gateway') return on.gatewayKeys.includes(key);
  if (by === 'key') return operator.keys.includes(key);
  if (certificate === undefined) return false;
  const operatorNamed = (name: string) => on.operators.find(one => one.name === name);
  // Whoever comes through the gateway has the gateway's address here.
  const comesFrom = undefined;
  const signers = on.certificateKeys;
  return judgeCertificate({ certificate, signers, operatorNamed, comesFrom, nowMs }).holds;
}
