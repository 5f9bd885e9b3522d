/**
 * `ssh web+pump-17@gateway`: the gateway ends the person's session, and logs in at the device for them with its own key. Its owner
 * sees what is typed and shown, and could type: so only who and what stands in `access.viaGateway` of the device.
 */
import type { Connection, PseudoTtyInfo, ServerChannel, Session } from 'ssh2';
import { messageOf } from '../../core/errors/cause.ts';
import { isTowlineError } from '../../core/errors.ts';
import { takeSessions, terminalName, terminalSide } from '../../core/io/ssh/session-channels.ts';
import type { ChannelStream } from '../../core/io/ssh/ssh-channel.ts';
import type { SshConnection } from '../../core/io/ssh/ssh-connection.ts';
import { printable } from '../../core/shown-text.ts';
import type { FleetViewHolder } from '../fleet/fleet-view-holder.ts';
import type { DeviceLogin } from './device-login.ts';
import type { EndedPlace } from './ended-place.ts';
import type { EndedSession } from './ended-session.ts';
import { EndedVisit, type VisitingPerson } from './ended-visit.ts';

/** A person who has logged in, as far as a session needs them. */
export interface SessionPerson extends VisitingPerson {
  readonly connection: SshConnection<Connection>;
  readonly services: {
    readonly view: FleetViewHolder;
    /** Undefined: this gateway ends no sessions. */
    readonly deviceLogin: DeviceLogin | undefined;
  };
  isFull(): boolean;
  refuseFull(reject: () => void): void;
}

const refusedCode = 1;

export function serveEndedSessions(person: SessionPerson, place: EndedPlace): void {
  takeSessions(person, (session, used) => new NearSession(person, place, session, used));
}

class NearSession {
  readonly #person: SessionPerson;
  readonly #visit: EndedVisit;
  readonly #used: () => void;
  #terminal: PseudoTtyInfo | undefined;
  #session: EndedSession | undefined;

  constructor(person: SessionPerson, place: EndedPlace, session: Session, used: () => void) {
    this.#person = person;
    const { view, deviceLogin: login } = person.services;
    this.#visit = new EndedVisit({ person, place, view, login });
    this.#used = used;
    const { work } = person.connection;
    session.on(
      'pty',
      work.listener((yes, _no, info) => {
        this.#terminal = info;
        yes?.();
      }),
    );
    session.on(
      'window-change',
      work.listener((yes, _no, { cols, rows }) => {
        yes?.();
        this.#session?.resize(terminalSide(cols, 80), terminalSide(rows, 24));
      }),
    );
    session.on(
      'signal',
      work.listener((yes, _no, { name }) => {
        yes?.();
        this.#session?.signal(name.slice(0, 16));
      }),
    );
    const no = work.listener((_yes: unknown, refuse: (() => void) | undefined) => refuse?.());
    session.on('env', no).on('x11', no).on('auth-agent', no);
    session.on('shell', yes => this.#start(yes, undefined));
    session.on('exec', (yes, _no, { command }) => this.#start(yes, command));
    session.on('subsystem', (yes, _no, { name }) => {
      const words = `${name.slice(0, 40)} does not go through a session that the gateway ends: come by the jump`;
      this.#run(yes, near => this.#refuse(near, words));
    });
  }

  #start(yes: () => ServerChannel | undefined, command: string | undefined): void {
    this.#run(yes, near => this.#serve(near, command));
  }

  #run(yes: () => ServerChannel | undefined, serve: (near: ChannelStream) => Promise<number>): void {
    const { connection } = this.#person;
    connection.work.run(async () => {
      const channel = yes();
      // A second request in one session, or one that has ended: nothing is there to serve.
      if (channel === undefined) return;
      this.#used();
      const near = connection.adopt(channel, { holdEndOfFile: true });
      if (near === undefined) return;
      near.on('error', () => {});
      await near.exit(await serve(near));
    });
  }

  async #serve(near: ChannelStream, command: string | undefined): Promise<number> {
    const opened = (session: EndedSession) => {
      this.#session = session;
    };
    try {
      const carried = await this.#visit.carry(near, { command, terminal: this.#size(), opened });
      return carried.exitCode;
    } catch (error) {
      const code = isTowlineError(error) ? error.code : undefined;
      return await this.#refuse(near, messageOf(error), code);
    }
  }

  #size() {
    if (this.#terminal === undefined) return undefined;
    const { cols, rows } = this.#terminal;
    const term = terminalName('term' in this.#terminal ? this.#terminal.term : undefined);
    return { cols: terminalSide(cols, 80), rows: terminalSide(rows, 24), term };
  }

  async #refuse(near: ChannelStream, message: string, code?: string): Promise<number> {
    this.#person.audit({
      action: this.#visit.action,
      outcome: 'refused',
      message,
      ...(code === undefined ? {} : { code }),
    });
    const end = this.#terminal === undefined ? '\n' : '\r\n';
    near.resume();
    near.writeError(
      Buffer.from(`${printable(`towline: ${code === undefined ? '' : `${code} `}${message}`)}${end}`),
    );
    return refusedCode;
  }
}
