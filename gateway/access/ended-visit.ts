/** One session of a person that the gateway ends: asked whether it may be, held while it may, and written down. */
import type { PseudoTtyOptions } from 'ssh2';
import { gatewayUserName } from '../../core/access/user-name.ts';
import { TowlineError } from '../../core/errors.ts';
import type { Action, Admission } from '../admission/admission.ts';
import type { AuditEvent } from '../admission/audit.ts';
import type { FleetViewHolder } from '../fleet/fleet-view-holder.ts';
import type { DeviceLogin } from './device-login.ts';
import { type EndedPlace, endedService } from './ended-place.ts';
import { EndedSession, type NearEnd, type SessionFigures } from './ended-session.ts';

/** A person who has logged in, by SSH or at the portal. */
export interface VisitingPerson {
  readonly name: string;
  /** Aborted when they are gone. */
  readonly signal: AbortSignal;
  admit(action: Action): Admission;
  audit(event: Omit<AuditEvent, 'who' | 'from'>): void;
  /** From now on, until what is returned is called, it is cut when it is no longer allowed. */
  begin(doing: { isAllowed(): boolean; cut(): void }): () => void;
}

export interface EndedVisitOptions {
  readonly person: VisitingPerson;
  readonly place: EndedPlace;
  readonly view: FleetViewHolder;
  /** Undefined: this gateway ends no sessions. */
  readonly login: Pick<DeviceLogin, 'enter'> | undefined;
}

export interface Carried {
  /** Undefined: a shell. */
  readonly command: string | undefined;
  readonly terminal: PseudoTtyOptions | undefined;
  /** Is told when the device has let in. */
  readonly opened: (session: EndedSession) => void;
}

export class EndedVisit {
  readonly #options: EndedVisitOptions;

  constructor(options: EndedVisitOptions) {
    this.#options = options;
  }

  /** As the audit log calls it. */
  get action(): string {
    const { name, device } = this.#options.place;
    return `session ${name}+${device}`.slice(0, 200);
  }

  /** Asked of what the name means now. */
  admit(): Admission {
    const { person, place, view } = this.#options;
    const { device } = place;
    const service = endedService(view.current, place);
    // What is no service is refused as one that is not there.
    const wanted = { kind: 'service', app: service?.app ?? '', service: service?.service ?? '' } as const;
    return person.admit({ kind: 'reach', device, wanted, ended: true });
  }

  /**
   * Until it is over; what came from the device has been handed to `near` then.
   * @throws TowlineError as admission has it, ACCESS_VIA_GATEWAY, and as `DeviceLogin.enter`; Error where no session is opened
   */
  async carry(near: NearEnd, { command, terminal, opened }: Carried): Promise<SessionFigures> {
    const { person, place, login } = this.#options;
    const { name, device } = place;
    this.#assertAllowed();
    if (login === undefined)
      throw new TowlineError('ACCESS_VIA_GATEWAY', 'this gateway ends no sessions of devices');
    const user = gatewayUserName(person.name, name);
    const visitor = { operator: person.name, to: `${name}+${device} (via gateway)` };
    const connection = await login.enter(device, user, visitor, person.signal);
    const session = await EndedSession.open(connection, { command, terminal }, person.signal);
    const cut = () => session.cut('it is no longer allowed');
    const over = person.begin({ isAllowed: () => this.admit().allowed, cut });
    try {
      // The view may have changed while the device was asked.
      this.#assertAllowed();
      opened(session);
      person.audit({ action: this.action, outcome: 'allowed' });
      const figures = await session.carry(near);
      person.audit({ action: this.action, outcome: 'ended', details: { ...figures } });
      return figures;
    } catch (error) {
      cut();
      throw error;
    } finally {
      over();
    }
  }

  #assertAllowed(): void {
    const admission = this.admit();
    if (!admission.allowed) throw new TowlineError(admission.code, admission.message);
  }
}
