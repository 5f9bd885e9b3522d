/**
 * The agent's own SSH server behind the tunnel: no sshd is needed. Its host key is the device's, a person's key is checked
 * against what this device has verified, and whoever may no longer be in is cut: at each change of that, and at the end.
 */
import type { Duplex } from 'node:stream';
import ssh2, { type Connection } from 'ssh2';
import type { UserCertificate } from '../../../core/access/certificate/user-certificate.ts';
import type { DeviceAccess } from '../../../core/access/device-access.ts';
import { tunnelEndMs } from '../../../core/access/tunnel-end.ts';
import { guestUserName, readUserName } from '../../../core/access/user-name.ts';
import type { Clock } from '../../../core/io/clock.ts';
import { sleepUntil } from '../../../core/io/sleep-until.ts';
import { authenticate } from '../../../core/io/ssh/authentication.ts';
import { sshAlgorithms } from '../../../core/io/ssh/ssh-algorithms.ts';
import { SshConnection } from '../../../core/io/ssh/ssh-connection.ts';
import { transportOf } from '../../../core/io/ssh/ssh2-state.ts';
import { UntilWatch } from '../../../core/io/until-watch.ts';
import type { Log } from '../../../core/log.ts';
import { AccessView, type Identity } from '../people/access-view.ts';
import type { ConnectionRecords } from '../people/connection-records.ts';
import { Person } from '../people/person.ts';
import type { GuestKeeper } from '../sessions/session-house.ts';
import type { AccessServer } from './access-server.ts';
import { Door, type DoorLimits, doorLimits, personLimits } from './door.ts';
import { serveForwards } from './forwards.ts';
import { serveGuest } from './guest-session.ts';
import { type ServeSession, serveSessions } from './session-requests.ts';

export interface AgentSshServerOptions {
  /** Ed25519, OpenSSH's private key format: the device's `keys.ssh`. */
  readonly hostKey: string;
  readonly clock: Clock;
  readonly log: Pick<Log, 'debug' | 'info' | 'warn'>;
  readonly records: ConnectionRecords;
  readonly limits?: Partial<DoorLimits>;
  readonly guests: GuestKeeper;
  /** Sessions that go on are awaited when the server closes. */
  readonly serve: (server: AgentSshServer) => ServeSession;
}

const keepaliveMs = 20_000;
const maxGuests = 16;
/** What ran is hung up by then, or named. */
const closingMs = 60_000;

export class AgentSshServer implements AccessServer {
  readonly #options: AgentSshServerOptions;
  readonly #limits: DoorLimits;
  readonly #view: AccessView;
  readonly #door: Door;
  readonly #ssh: ssh2.Server;
  readonly #people = new Set<Person>();
  /** With the gateway's key by which each came. */
  readonly #guests = new Map<SshConnection<Connection>, string>();
  readonly #working = new Set<Promise<unknown>>();
  readonly #until: UntilWatch;
  readonly #serve: ServeSession;

  constructor(options: AgentSshServerOptions) {
    this.#options = options;
    this.#limits = { ...doorLimits, ...options.limits };
    this.#view = new AccessView(options.clock);
    this.#door = new Door(this.#limits);
    this.#until = new UntilWatch(options.clock, () => this.#change(undefined));
    const serve = options.serve(this);
    this.#serve = (person, channel) => this.#tracked(serve(person, channel));
    this.#ssh = new ssh2.Server(
      {
        hostKeys: [options.hostKey],
        algorithms: sshAlgorithms,
        ident: 'Towline',
        keepaliveInterval: keepaliveMs,
        keepaliveCountMax: 3,
      },
      connection => this.#welcome(connection),
    );
  }

  get people(): readonly Person[] {
    return [...this.#people];
  }

  accept(stream: Duplex): void {
    stream.on('error', () => {});
    if (this.#view.current === undefined || !this.#door.enter(stream)) {
      stream.destroy();
      return;
    }
    this.#ssh.injectSocket(stream);
  }

  /** What has ended by itself is not open again as long as the repository says the same. */
  use(access: DeviceAccess | undefined): void {
    const isOver = this.#until.watch(access && tunnelEndMs(access.tunnel));
    this.#change(isOver ? undefined : access);
  }

  async close(reason: string): Promise<void> {
    this.#until.watch(undefined);
    this.#view.use(undefined);
    for (const connection of [...[...this.#people].map(person => person.connection), ...this.#guests.keys()])
      connection.cut(reason);
    for (const stream of this.#door.connections) stream.destroy();
    const late = new Promise(resolve => setTimeout(resolve, closingMs).unref());
    await Promise.race([Promise.allSettled([...this.#working]), late]);
  }

  #change(access: DeviceAccess | undefined): void {
    this.#view.use(access);
    for (const person of [...this.#people]) person.judgeAgain();
    for (const [guest, key] of [...this.#guests])
      if (!this.#view.isForGuests(key)) guest.cut('links for guests are not allowed any more');
  }

  async #tracked(work: Promise<number>): Promise<number> {
    this.#working.add(work);
    try {
      return await work;
    } finally {
      this.#working.delete(work);
    }
  }

  #welcome(ssh: Connection): void {
    const { log, records } = this.#options;
    const stream = transportOf(ssh);
    const failed = (error: unknown) => log.warn({ err: error }, 'a connection to the agent was cut');
    const connection = new SshConnection(ssh, stream, failed, personLimits);
    // Without a listener a failed negotiation would end the process.
    ssh.on('error', error => {
      log.debug({ err: error }, 'a connection to the agent failed');
      connection.fail('failed');
    });
    let entered: string | undefined;
    let tried: string | undefined;
    ssh.on('close', () => {
      if (entered === undefined && tried !== undefined)
        records.refused(tried, 'log in', 'no key of an operator');
    });
    const identify = (key: string, user: string, certificate?: Buffer): Identity | undefined => {
      const identity = this.#view.holderOf({ key, certificate, spokenFor: readUserName(user).operator });
      const verdict = identity && this.#view.judge(identity, { kind: 'server' });
      if (verdict?.allowed !== true) tried = user.slice(0, 64);
      return verdict?.allowed === true ? identity : undefined;
    };
    authenticate(connection, {
      maxTries: this.#limits.maxTries,
      certificates: true,
      mayLogIn: (...shown) => this.#isGuest(...shown) || identify(...shown) !== undefined,
      loggedIn: (key, user, certificate) => {
        if (this.#isGuest(key, user, certificate)) {
          entered = 'a guest';
          this.#enterGuest(connection, key);
          return;
        }
        const identity = identify(key, user, certificate);
        if (identity === undefined) return connection.cut('not an operator');
        entered = identity.operator;
        this.#enter(connection, identity, user);
      },
      unproven: () => {
        tried ??= 'somebody with a key that does not sign';
      },
      tooMany: () => {
        const who = tried ?? 'somebody';
        tried = undefined;
        records.refused(who, 'log in', 'too many tries');
        connection.fail('too many tries');
      },
    });
  }

  /** Nobody stays in for longer than what let them in, whatever the clock is set to meanwhile. */
  async #endWith({ untilMs }: UserCertificate, person: Person): Promise<void> {
    const over = () => person.connection.cut('the certificate has ended');
    await sleepUntil(this.#options.clock, untilMs, person.signal).then(over, () => {});
  }

  /** The gateway comes for one who has a link. */
  #isGuest(key: string, user: string, certificate: Buffer | undefined): boolean {
    return user === guestUserName && certificate === undefined && this.#view.isForGuests(key);
  }

  #enterGuest(connection: SshConnection<Connection>, key: string): void {
    if (this.#guests.size >= maxGuests) {
      connection.cut('as many guests as may be');
      return;
    }
    this.#door.loggedIn(connection.transport);
    this.#guests.set(connection, key);
    connection.ssh.on('close', () => this.#guests.delete(connection));
    serveGuest(connection, this.#options.guests);
  }

  #enter(connection: SshConnection<Connection>, identity: Identity, user: string): void {
    const { records } = this.#options;
    const others = this.people.filter(({ identity: { operator } }) => operator === identity.operator);
    if (others.length >= this.#limits.maxPerOperator) {
      connection.cut('too many connections of this operator');
      return;
    }
    this.#door.loggedIn(connection.transport);
    const person = new Person(connection, this.#view, { identity, entrance: readUserName(user).entrance });
    this.#people.add(person);
    connection.ssh.on('close', () => {
      this.#people.delete(person);
      if (person.begun === 0) records.visited(person);
    });
    const { certificate } = identity;
    if (certificate !== undefined) connection.work.run(() => this.#endWith(certificate, person));
    serveSessions(person, this.#serve);
    serveForwards(person, records);
  }
}
