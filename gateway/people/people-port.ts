/**
 * The people's SSH port: git for operators, and the way through to devices (`ssh -J`). End to end the gateway sees
 * ciphertext only; it knows and writes down who reached which device, when, and how many bytes.
 */
import { type AddressInfo, createServer, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import ssh2, { type Connection } from 'ssh2';
import { authenticate } from '../../core/io/ssh/authentication.ts';
import { sshAlgorithms } from '../../core/io/ssh/ssh-algorithms.ts';
import { connectionLimits, SshConnection } from '../../core/io/ssh/ssh-connection.ts';
import { transportOf } from '../../core/io/ssh/ssh2-state.ts';
import { endedPlace } from '../access/ended-place.ts';
import { serveEndedSessions } from '../access/serve-ended-sessions.ts';
import { failedPeer } from '../device-port/failed-peer.ts';
import { listenOn } from '../plain-port/listening.ts';
import { Doorkeeper, type DoorLimits, doorLimits, type Entry } from './doorkeeper.ts';
import { PeopleConnection, type PeopleServices } from './people-connection.ts';
import { byCertificate, logIn } from './people-login.ts';
import { servePeopleSessions } from './people-session.ts';

export interface PeopleServerOptions extends Omit<PeopleServices, 'stopping'> {
  /** Private keys, OpenSSH or PEM. Ed25519 only. */
  readonly hostKeys: readonly string[];
  readonly listen: { readonly host: string; readonly port: number };
  readonly limits?: Partial<DoorLimits>;
}

export interface PeopleServer {
  readonly address: AddressInfo;
  /** Connections now, logged in or not. */
  readonly connections: number;
  /** Takes no new connections, waits for those that work, then cuts. */
  close(graceMs: number): Promise<void>;
}

const keepaliveMs = 20_000;

/** Starts to listen. @throws the listen error of `node:net` */
export async function createPeopleServer(options: PeopleServerOptions): Promise<PeopleServer> {
  const limits: DoorLimits = { ...doorLimits, ...options.limits };
  const doorkeeper = new Doorkeeper(limits);
  const entries = new Map<Duplex, Entry>();
  const sockets = new Set<Socket>();
  const people = new Set<PeopleConnection>();
  const stopping = new AbortController();
  const services = { ...options, stopping: stopping.signal };
  const ssh = new ssh2.Server(
    {
      hostKeys: [...options.hostKeys],
      algorithms: sshAlgorithms,
      ident: 'Towline',
      keepaliveInterval: keepaliveMs,
      keepaliveCountMax: 3,
    },
    connection => welcome(connection, { services, limits, entries, people }),
  );
  // Before ssh2 sees a socket: caps, grace, and no waiting for full packets (6 ms to log in instead of 88).
  const server = createServer({ noDelay: true }, socket => {
    socket.on('error', () => {});
    const entry = doorkeeper.enter(socket);
    if (entry === undefined) {
      socket.destroy();
      return;
    }
    entries.set(socket, entry);
    sockets.add(socket);
    socket.once('close', () => {
      entries.delete(socket);
      sockets.delete(socket);
    });
    ssh.injectSocket(socket);
  });
  const address = await listenOn(server, options.listen);
  server.on('error', error => options.log.error({ err: error }, 'people port failed'));
  const unsubscribe = options.view.onChange(() => {
    for (const person of [...people]) person.judgeAgain();
  });
  return {
    address,
    get connections() {
      return sockets.size;
    },
    async close(graceMs) {
      const closed = new Promise<void>(resolve => server.close(() => resolve()));
      for (const socket of sockets) if (!isBusy(socket, people)) socket.destroy();
      const controller = new AbortController();
      const grace = wait(graceMs, undefined, { signal: controller.signal }).catch(() => {});
      await Promise.race([closed, grace]);
      controller.abort();
      unsubscribe();
      stopping.abort();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function isBusy(socket: Socket, people: ReadonlySet<PeopleConnection>): boolean {
  return [...people].some(
    person => person.connection.transport === socket && person.connection.channelCount > 0,
  );
}

interface Door {
  readonly services: PeopleServices;
  readonly limits: DoorLimits;
  readonly entries: ReadonlyMap<Duplex, Entry>;
  /** Who has logged in. */
  readonly people: Set<PeopleConnection>;
}

function welcome(ssh: Connection, { services, limits, entries, people }: Door): void {
  const socket = transportOf(ssh);
  const from = (socket instanceof Socket ? socket.remoteAddress : undefined) ?? '';
  let who: string | undefined;
  let tried = false;
  const failed = failedPeer(services, () => ({ who, from }));
  const { rekeyBytes } = limits;
  const connection = new SshConnection(ssh, socket, failed, { ...connectionLimits, rekeyBytes });
  // Without a listener a failed negotiation would end the process.
  ssh.on('error', error => {
    services.log.debug({ err: error, from }, 'people connection failed');
    connection.fail('failed');
  });
  const login = (key: string, certificate?: Buffer) => logIn(services, { key, certificate, from });
  // An agent offers all of its keys: whether somebody was refused shows at the end.
  ssh.on('close', () => {
    const message = 'no key of an operator, or not proven';
    if (tried && who === undefined)
      services.audit.write({ action: 'login', outcome: 'refused', from, message });
  });
  authenticate(connection, {
    maxTries: limits.maxTries,
    certificates: true,
    mayLogIn: (key, _user, certificate) => {
      const { allowed } = login(key, certificate);
      if (!allowed) tried = true;
      return allowed;
    },
    loggedIn: (key, user, certificate) => {
      const admission = login(key, certificate);
      if (!admission.allowed) return connection.cut('not an operator');
      const others = [...people].filter(({ name }) => name === admission.who).length;
      if (others >= limits.maxPerOperator) return connection.cut('too many connections of this operator');
      entries.get(socket)?.loggedIn();
      const name = admission.who;
      who = name;
      const person = new PeopleConnection(connection, services, { subject: admission.subject, name, from });
      people.add(person);
      ssh.on('close', () => people.delete(person));
      const place = endedPlace(user);
      if (place === undefined) servePeopleSessions(person);
      else serveEndedSessions(person, place);
      person.audit({ action: 'login', outcome: 'allowed', ...byCertificate(admission.subject) });
    },
    unproven: () => {
      tried = true;
    },
    tooMany: () => {
      tried = false;
      services.audit.write({ action: 'login', outcome: 'refused', from, message: 'too many tries' });
      connection.fail('too many tries');
    },
  });
}
