/**
 * `ssh web+pump-17@gateway`: the gateway ends the person's session, and logs in at the device for them with its own key. Its owner
 * sees what is typed and shown, and could type: so only who and what stands in `access.viaGateway` of the device.
 */
import type { Connection, PseudoTtyInfo, ServerChannel, Session } from 'ssh2';
import { gatewayUserName } from '../../core/access/user-name.ts';
import { messageOf } from '../../core/errors/cause.ts';
import { isTowlineError } from '../../core/errors.ts';
import { takeSessions, terminalName, terminalSide } from '../../core/io/ssh/session-channels.ts';
import type { ChannelStream } from '../../core/io/ssh/ssh-channel.ts';
import type { SshConnection } from '../../core/io/ssh/ssh-connection.ts';
import { printable } from '../../core/shown-text.ts';
import type { Action, Admission } from '../admission/admission.ts';
import type { AuditEvent } from '../admission/audit.ts';
import type { FleetViewHolder } from '../fleet/fleet-view-holder.ts';
import type { DeviceLogin } from './device-login.ts';
import { type EndedPlace, type EndedService, endedService } from './ended-place.ts';
import { EndedSession } from './ended-session.ts';

/** A person who has logged in, as far as a session needs them. */
export interface SessionPerson {
  readonly name: string;
  readonly connection: SshConnection<Connection>;
  /** Aborted when they are gone. */
  readonly signal: AbortSignal;
  readonly services: {
    readonly view: FleetViewHolder;
    /** Undefined: this gateway ends no sessions. */
    readonly deviceLogin: DeviceLogin | undefined;
  };
  admit(action: Action): Admission;
  audit(event: Omit<AuditEvent, 'who' | 'from'>): void;
  isFull(): boolean;
  refuseFull(reject: () => void): void;
  /** From now on, until what is returned is called, it is cut when it is no longer allowed. */
  begin(doing: { isAllowed(): boolean; cut(): void }): () => void;
}

const refusedCode = 1;

export function serveEndedSessions(person: SessionPerson, place: EndedPlace): void {
  takeSessions(person, (session, used) => new NearSession(person, place, session, used));
}

class NearSession {
  readonly #person: SessionPerson;
  readonly #place: EndedPlace;
  readonly #used: () => void;
  #terminal: PseudoTtyInfo | undefined;
  #session: EndedSession | undefined;

  constructor(person: SessionPerson, place: EndedPlace, session: Session, used: () => void) {
    this.#person = person;
    this.#place = place;
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
    const { deviceLogin, view } = this.#person.services;
    const service = endedService(view.current, this.#place);
    const admission = this.#admit(service);
    if (!admission.allowed) return await this.#refuse(near, admission.message, admission.code);
    if (deviceLogin === undefined)
      return await this.#refuse(near, 'this gateway ends no sessions of devices');
    try {
      return await this.#carry(near, deviceLogin, command);
    } catch (error) {
      const code = isTowlineError(error) ? error.code : undefined;
      return await this.#refuse(near, messageOf(error), code);
    }
  }

  /** Asked of what the name means now. */
  #admit(service: EndedService | undefined): Admission {
    const { device } = this.#place;
    // What is no service is refused as one that is not there.
    const wanted = { kind: 'service', app: service?.app ?? '', service: service?.service ?? '' } as const;
    return this.#person.admit({ kind: 'reach', device, wanted, ended: true });
  }

  async #carry(near: ChannelStream, login: DeviceLogin, command: string | undefined): Promise<number> {
    const person = this.#person;
    const { name, device } = this.#place;
    const { view } = person.services;
    const user = gatewayUserName(person.name, name);
    const visitor = { operator: person.name, to: `${name}+${device} (via gateway)` };
    const connection = await login.enter(device, user, visitor, person.signal);
    const session = await EndedSession.open(connection, { command, terminal: this.#size() }, person.signal);
    this.#session = session;
    const admission = () => this.#admit(endedService(view.current, this.#place));
    const cut = () => session.cut('it is no longer allowed');
    const over = person.begin({ isAllowed: () => admission().allowed, cut });
    // The view may have changed while the device was asked.
    const now = admission();
    if (!now.allowed) {
      over();
      cut();
      return await this.#refuse(near, now.message, now.code);
    }
    person.audit({ action: this.#action, outcome: 'allowed' });
    try {
      const figures = await session.carry(near);
      person.audit({ action: this.#action, outcome: 'ended', details: { ...figures } });
      return figures.exitCode;
    } finally {
      over();
    }
  }

  get #action(): string {
    const { name, device } = this.#place;
    return `session ${name}+${device}`.slice(0, 200);
  }

  #size() {
    if (this.#terminal === undefined) return undefined;
    const { cols, rows } = this.#terminal;
    const term = terminalName('term' in this.#terminal ? this.#terminal.term : undefined);
    return { cols: terminalSide(cols, 80), rows: terminalSide(rows, 24), term };
  }

  async #refuse(near: ChannelStream, message: string, code?: string): Promise<number> {
    this.#person.audit({
      action: this.#action,
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
