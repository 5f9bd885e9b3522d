/** Who is logged in at the portal, to what serves people who come by SSH: the same questions, and the same lines in the audit log. */
import type { Clock } from '../../core/io/clock.ts';
import type { SessionViewer } from '../../portal/terminal/terminal-home.ts';
import type { VisitingPerson } from '../access/ended-visit.ts';
import { type Action, type Admission, admit, type PersonSubject } from '../admission/admission.ts';
import type { Audit, AuditEvent } from '../admission/audit.ts';
import type { FleetViewHolder } from '../fleet/fleet-view-holder.ts';

export interface SessionServices {
  readonly view: FleetViewHolder;
  readonly clock: Pick<Clock, 'now'>;
  readonly audit: Audit;
}

/** What admission is asked of. Whom the provider vouches for is let in where certificates are. */
export function subjectOf({ name, by }: Pick<SessionViewer, 'name' | 'by'>): PersonSubject {
  return { kind: 'logged-in', operator: name, by: by === 'oidc' ? 'certificate' : 'key' };
}

export class SessionPerson implements VisitingPerson {
  readonly name: string;
  readonly signal: AbortSignal;
  readonly #viewer: SessionViewer;
  readonly #services: SessionServices;

  /** @param signal aborted when they, or their page, are gone */
  constructor(viewer: SessionViewer, services: SessionServices, signal: AbortSignal) {
    this.name = viewer.name;
    this.signal = AbortSignal.any([signal, viewer.signal]);
    this.#viewer = viewer;
    this.#services = services;
  }

  admit(action: Action): Admission {
    const { view, clock } = this.#services;
    return admit(view.current, subjectOf(this.#viewer), action, clock.now());
  }

  audit(event: Omit<AuditEvent, 'who' | 'from'>): void {
    const { by, from } = this.#viewer;
    const where = from === undefined ? {} : { from };
    const details = { ...event.details, portal: by };
    this.#services.audit.write({ ...event, details, who: this.name, ...where });
  }

  begin(doing: { isAllowed(): boolean; cut(): void }): () => void {
    return this.#services.view.onChange(() => {
      if (!doing.isAllowed()) doing.cut();
    });
  }
}
