/** Terminals of the gateway's page: sessions that the gateway ends, where `access.viaGateway` of the device has the person and the service. */
import { isTowlineError, TowlineError } from '../../core/errors.ts';
import {
  type PageEnd,
  pageTerminal,
  type SessionViewer,
  type TerminalEnd,
  type TerminalHome,
  type TerminalPlace,
} from '../../portal/terminal/terminal-home.ts';
import type { DeviceLogin } from '../access/device-login.ts';
import { noExitCode } from '../access/ended-session.ts';
import { EndedVisit } from '../access/ended-visit.ts';
import { SessionPerson, type SessionServices } from './session-person.ts';

export interface SessionTerminalsOptions extends SessionServices {
  readonly login: Pick<DeviceLogin, 'enter'>;
}

export class SessionTerminals implements TerminalHome {
  readonly #options: SessionTerminalsOptions;

  constructor(options: SessionTerminalsOptions) {
    this.#options = options;
  }

  async judge(viewer: SessionViewer, place: TerminalPlace): Promise<void> {
    const person = new SessionPerson(viewer, this.#options, viewer.signal);
    const visit = this.#visit(person, place);
    const admission = visit.admit();
    if (admission.allowed) return;
    const { code, message } = admission;
    person.audit({ action: visit.action, outcome: 'refused', code, message });
    throw new TowlineError(code, message);
  }

  async enter(
    viewer: SessionViewer,
    place: TerminalPlace,
    { end, opened }: { readonly end: PageEnd; readonly opened: () => void },
    signal: AbortSignal,
  ): Promise<TerminalEnd> {
    const person = new SessionPerson(viewer, this.#options, signal);
    const visit = this.#visit(person, place);
    const { columns: cols, rows } = end.size;
    try {
      const { exitCode } = await visit.carry(end, {
        command: undefined,
        terminal: { cols, rows, term: pageTerminal },
        opened: session => {
          end.onResize(size => session.resize(size.columns, size.rows));
          person.signal.addEventListener('abort', () => session.cut('the person is gone'), { once: true });
          opened();
        },
      });
      // What was cut by a commit says by which rule.
      const now = visit.admit();
      if (exitCode === noExitCode && !now.allowed) throw new TowlineError(now.code, now.message);
      return { exitCode };
    } catch (error) {
      const code = isTowlineError(error) ? { code: error.code, message: error.message } : {};
      person.audit({ action: visit.action, outcome: 'refused', ...code });
      throw error;
    }
  }

  /** The device's own menu is no service: by the gateway it is not reached. */
  #visit(person: SessionPerson, { device, name = '' }: TerminalPlace): EndedVisit {
    const { view, login } = this.#options;
    return new EndedVisit({ person, place: { device, name }, view, login });
  }
}
