/** The sessions of one connection: what a client may ask for in them, and what it is told that may not be. */
import type { PseudoTtyInfo, ServerChannel, Session, WindowChangeInfo } from 'ssh2';
import { takeSessions, terminalName, terminalSide } from '../../../core/io/ssh/session-channels.ts';
import type { Person } from '../people/person.ts';
import { type Asked, SessionChannel } from '../people/session-channel.ts';
import type { Terminal } from '../sessions/live-session.ts';

/** Does what is asked for. @returns the exit code */
export type ServeSession = (person: Person, channel: SessionChannel) => Promise<number>;

/** Milliseconds. */
const betweenSizesMs = 50;
/** What clients send without being asked to: no word of it. */
const usualVariables = /^(?:LANG|LC_\w+|COLORTERM|NO_COLOR)$/;

type Yes = (() => void) | undefined;

export function serveSessions(person: Person, serve: ServeSession): void {
  takeSessions(person, (session, used) => new OpenSession(person, session, serve, used));
}

class OpenSession {
  readonly #person: Person;
  readonly #serve: ServeSession;
  readonly #used: () => void;
  #terminal: Terminal | undefined;
  #channel: SessionChannel | undefined;
  /** That waits for its time. */
  #size: { readonly columns: number; readonly rows: number } | undefined;
  #resting: NodeJS.Timeout | undefined;

  constructor(person: Person, session: Session, serve: ServeSession, used: () => void) {
    this.#person = person;
    this.#serve = serve;
    this.#used = used;
    const { work } = person.connection;
    session.on(
      'pty',
      work.listener((yes: Yes, _no: Yes, info: PseudoTtyInfo) => this.#onTerminal(yes, info)),
    );
    session.on(
      'window-change',
      work.listener((yes: Yes, _no: Yes, info: WindowChangeInfo) => this.#onSize(yes, info)),
    );
    session.on(
      'signal',
      work.listener((yes: Yes, _no: Yes, { name }: { name: string }) => {
        this.#channel?.onSignal?.(name.slice(0, 16));
        yes?.();
      }),
    );
    this.#refuse(session);
    session.on('shell', yes => this.#start(yes, { kind: 'shell' }));
    session.on('exec', (yes, _no, { command }) => this.#start(yes, { kind: 'command', command }));
    session.on('subsystem', (yes, _no, { name }) =>
      this.#start(yes, { kind: 'subsystem', name: name.slice(0, 64) }),
    );
  }

  #refuse(session: Session): void {
    const { work } = this.#person.connection;
    session.on(
      'env',
      work.listener((_yes: Yes, no: Yes, { key }: { key: string }) => {
        if (!usualVariables.test(key)) {
          this.#person.note(`the environment is not passed on (${key.slice(0, 40)}): set it in the command`);
        }
        no?.();
      }),
    );
    session.on(
      'x11',
      work.listener((_yes: Yes, no: Yes) => {
        this.#person.note('X11 is not forwarded here');
        no?.();
      }),
    );
    const onAgent = work.listener((_yes: Yes, no: Yes) => {
      this.#person.note('the agent with your keys is not forwarded here: your keys stay where they are');
      no?.();
    });
    session.on('auth-agent', onAgent);
  }

  #onTerminal(yes: Yes, { cols, rows, term }: PseudoTtyInfo & { term?: string }): void {
    this.#terminal = {
      columns: terminalSide(cols, 80),
      rows: terminalSide(rows, 24),
      term: terminalName(term),
    };
    yes?.();
  }

  /** A size is a call of the engine: of more than a hand can make the last one counts. */
  #onSize(yes: Yes, { cols, rows }: WindowChangeInfo): void {
    yes?.();
    this.#size = { columns: terminalSide(cols, 80), rows: terminalSide(rows, 24) };
    if (this.#resting === undefined) this.#tellSize();
  }

  readonly #tellSize = (): void => {
    const size = this.#size;
    this.#size = undefined;
    this.#resting = size && setTimeout(this.#tellSize, betweenSizesMs).unref();
    if (size !== undefined) this.#channel?.onSize?.(size.columns, size.rows);
  };

  #start(yes: () => ServerChannel | undefined, asked: Asked): void {
    const person = this.#person;
    person.connection.work.run(async () => {
      const channel = yes();
      // A second request in one session, or one that has ended: nothing is there to serve.
      if (channel === undefined) return;
      this.#used();
      const stream = person.connection.adopt(channel, { holdEndOfFile: true });
      if (stream === undefined) return;
      stream.on('error', () => {});
      const session = new SessionChannel(stream, asked, this.#terminal);
      this.#channel = session;
      for (const note of person.takeNotes()) await session.warn(`towline: ${note}`);
      await stream.exit(await this.#serve(person, session));
    });
  }
}
