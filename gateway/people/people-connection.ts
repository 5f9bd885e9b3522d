/** One person's connection from its proven key on: what it may do is asked anew each time. */
import type { Duplex } from 'node:stream';
import { isDeepStrictEqual } from 'node:util';
import type { Channel, Connection, TcpipRequestInfo } from 'ssh2';
import type { UserCertificate } from '../../core/access/certificate/user-certificate.ts';
import { isTowlineError, TowlineError } from '../../core/errors.ts';
import type { Clock } from '../../core/io/clock.ts';
import { sleepUntil } from '../../core/io/sleep-until.ts';
import { relay } from '../../core/io/ssh/relay.ts';
import type { SshConnection } from '../../core/io/ssh/ssh-connection.ts';
import type { Log } from '../../core/log.ts';
import type { DeviceLogin } from '../access/device-login.ts';
import { type Action, type Admission, admit, type PersonSubject } from '../admission/admission.ts';
import type { Audit, AuditEvent } from '../admission/audit.ts';
import type { Agents } from '../agents/agents.ts';
import type { BundleMaker } from '../bundles/bundle-maker.ts';
import type { Bell } from '../device-port/bell.ts';
import type { FleetViewHolder } from '../fleet/fleet-view-holder.ts';
import type { RecordingStore } from '../recordings/recording-store.ts';
import type { TelemetryHints } from '../telemetry-hints/telemetry-hints.ts';
import type { TunnelRegistry } from '../tunnel/tunnel-registry.ts';
import type { CarriedTelemetry } from './carried-telemetry.ts';
import { type JumpPlace, jumpPlace } from './jump-place.ts';
import type { PeopleGit } from './people-git.ts';

/** What connections of people are served with. */
export interface PeopleServices {
  readonly view: FleetViewHolder;
  readonly git: PeopleGit;
  readonly tunnels: TunnelRegistry;
  readonly telemetryHints: Pick<TelemetryHints, 'watch'>;
  readonly telemetry: CarriedTelemetry;
  readonly bell: Pick<Bell, 'ask' | 'ring'>;
  readonly bundles: Pick<BundleMaker, 'make'>;
  readonly agents: Pick<Agents, 'list' | 'take'>;
  readonly recordings: Pick<RecordingStore, 'devices' | 'ledger' | 'list' | 'find'>;
  /** Undefined: this gateway ends no sessions of devices. */
  readonly deviceLogin: DeviceLogin | undefined;
  readonly audit: Audit;
  readonly log: Log;
  readonly clock: Clock;
  /** Aborted when the server has waited long enough for what still flows. */
  readonly stopping: AbortSignal;
}

export interface Person {
  /** The key or certificate that was proven on this connection. */
  readonly subject: PersonSubject;
  readonly name: string;
  /** Address. */
  readonly from: string;
}

/** A stream from a device, where it leads, and what it is called in the audit log. */
interface Reached {
  readonly host: string;
  readonly port: number;
  readonly place: JumpPlace;
  readonly action: string;
  readonly far: Duplex;
}

/** Something that goes on for a person. */
interface Doing {
  isAllowed(): boolean;
  cut(): void;
}

export class PeopleConnection {
  readonly connection: SshConnection<Connection>;
  readonly services: PeopleServices;
  readonly subject: PersonSubject;
  readonly name: string;
  readonly #from: string;
  readonly #controller = new AbortController();
  readonly #doing = new Set<Doing>();
  #opening = 0;

  constructor(connection: SshConnection<Connection>, services: PeopleServices, person: Person) {
    const { subject, name, from } = person;
    this.connection = connection;
    this.services = services;
    this.subject = subject;
    this.name = name;
    this.#from = from;
    const { work } = connection;
    const { ssh } = connection;
    ssh.on(
      'close',
      work.listener(() => this.#controller.abort(new Error('the connection is closed'))),
    );
    ssh.on(
      'tcpip',
      work.listener((accept, reject, info) => this.#reach(accept, reject, info)),
    );
    if (subject.kind === 'certified') work.run(() => this.#endWith(subject.certificate));
  }

  /** Aborted when the connection is gone. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  admit(action: Action): Admission {
    const { view, clock } = this.services;
    return admit(view.current, this.subject, action, clock.now());
  }

  audit(event: Omit<AuditEvent, 'who' | 'from'>): void {
    this.services.audit.write({ ...event, who: this.name, from: this.#from });
  }

  isFull(): boolean {
    return this.connection.channelCount + this.#opening >= this.connection.limits.maxChannels;
  }

  refuseFull(reject: () => void): void {
    this.connection.refuse(reject, 'TUNNEL_TOO_MANY_CHANNELS too many channels on this connection');
  }

  /** After a change of the view: whoever may no longer log in is gone, and so is every channel to where they may not be. */
  judgeAgain(): void {
    const login = this.admit({ kind: 'login' });
    if (!login.allowed || login.who !== this.name) {
      this.connection.cut('the key or certificate no longer lets this person in');
      return;
    }
    for (const doing of [...this.#doing]) if (!doing.isAllowed()) doing.cut();
  }

  /** From now on, until what is returned is called, it is cut when it is no longer allowed. */
  begin(doing: Doing): () => void {
    this.#doing.add(doing);
    return () => this.#doing.delete(doing);
  }

  /** Aborted when it is no longer allowed, with why. @param signal that ends it besides */
  whileAllowed(action: Action, signal: AbortSignal): { readonly signal: AbortSignal } & Disposable {
    const ended = new AbortController();
    const over = this.begin({
      isAllowed: () => this.admit(action).allowed,
      cut: () => {
        const now = this.admit(action);
        ended.abort(now.allowed ? undefined : new TowlineError(now.code, now.message));
      },
    });
    return { signal: AbortSignal.any([signal, this.signal, ended.signal]), [Symbol.dispose]: over };
  }

  /** Nobody stays in for longer than what let them in, whatever the clock is set to meanwhile. */
  async #endWith({ untilMs }: UserCertificate): Promise<void> {
    const over = () => this.connection.cut('the certificate has ended');
    await sleepUntil(this.services.clock, untilMs, this.signal).then(over, () => {});
  }

  async #reach(accept: () => Channel, reject: () => void, info: TcpipRequestInfo): Promise<void> {
    if (this.isFull()) return this.refuseFull(reject);
    const { destIP: host, destPort: port } = info;
    const place = jumpPlace(this.services.view.current, host, port);
    const { device, wanted, target } = place;
    const action = `reach ${host.replace(/\.fleet$/, '').slice(0, 253)}:${port}`;
    const refuse = (code: string, message: string) => {
      this.audit({ action, outcome: 'refused', code, message });
      this.connection.refuse(reject, `${code} ${message}`);
    };
    const admission = this.admit({ kind: 'reach', device, wanted });
    if (!admission.allowed) return refuse(admission.code, admission.message);
    if (target === undefined) {
      return refuse('TUNNEL_UNKNOWN_TARGET', `${device} has no tunnel target for port ${port}`);
    }
    this.#opening += 1;
    let far: Duplex;
    try {
      const visitor = { operator: this.name, to: action.replace(/^reach /, '') };
      far = await this.services.tunnels.open(device, target, visitor, this.signal);
    } catch (error) {
      if (this.connection.lost) return;
      if (isTowlineError(error)) return refuse(error.code, error.message);
      this.services.log.error({ err: error, device }, 'tunnel channel failed');
      return refuse('TUNNEL_TARGET_REFUSED', 'the device could not be reached');
    } finally {
      this.#opening -= 1;
    }
    await this.#join({ host, port, place, action, far }, accept, reject);
  }

  /** By the view as it is now: whether they may, and whether that name leads to the same place. */
  #stillReaches({ host, port, place }: Reached): boolean {
    const { device, wanted, target } = jumpPlace(this.services.view.current, host, port);
    return isDeepStrictEqual(target, place.target) && this.admit({ kind: 'reach', device, wanted }).allowed;
  }

  async #join(reached: Reached, accept: () => Channel, reject: () => void): Promise<void> {
    const { action, far } = reached;
    far.on('error', () => {});
    if (this.connection.lost) {
      far.destroy();
      return;
    }
    // The view may have changed while the device was asked.
    if (!this.#stillReaches(reached)) {
      far.destroy();
      return this.connection.refuse(reject, 'GATEWAY_TUNNEL_CLOSED the tunnel was closed meanwhile');
    }
    const near = this.connection.adopt(accept());
    if (near === undefined) {
      far.destroy();
      return;
    }
    this.audit({ action, outcome: 'allowed' });
    const over = this.begin({ isAllowed: () => this.#stillReaches(reached), cut: () => near.destroy() });
    try {
      const { leftToRight, rightToLeft } = await relay(near, far, this.services.stopping);
      const details = { bytesToDevice: leftToRight, bytesFromDevice: rightToLeft };
      this.audit({ action, outcome: 'ended', details });
    } finally {
      over();
    }
  }
}
