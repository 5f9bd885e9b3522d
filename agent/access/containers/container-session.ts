/** A shell or a command in a container: the person's channel on one side, the engine's streams on the other. */
import { randomBytes } from 'node:crypto';
import { messageOf } from '../../../core/errors/cause.ts';
import { printable } from '../../../core/shown-text.ts';
import { ContainerExec } from '../engine/container-exec.ts';
import { hangUp, sessionMark } from '../engine/hang-up.ts';
import { sendSignal } from '../engine/send-signal.ts';
import type { AccessRooms } from '../people/access-rooms.ts';
import type { Ended } from '../people/connection-records.ts';
import type { Person } from '../people/person.ts';
import { refusalWords } from '../people/refusal-words.ts';
import type { SessionChannel } from '../people/session-channel.ts';
import { LiveSession } from '../sessions/live-session.ts';
import type { EnteredContainer } from './entered-container.ts';

/** What it is that runs: of a shell, no more than that. */
const shell = ['sh', '-c', 'command -v bash >/dev/null 2>&1 && exec bash; exec sh'];

/** As ssh says that it could not do what it was asked to. */
const notDone = 255;

/** Letters and digits that nobody takes for others: five bits each. */
const letters = 'abcdefghijkmnpqrstuvwxyz23456789';

export function sessionId(): string {
  return [...randomBytes(8)].map(byte => letters[byte & 31]).join('');
}

/** Until it is over. @returns the exit code for the person */
export async function serveContainer(
  person: Person,
  channel: SessionChannel,
  entered: EnteredContainer,
  rooms: AccessRooms,
): Promise<number> {
  const { asked } = channel;
  const command = asked.kind === 'command' ? asked.command : undefined;
  const running = new RunningSession(person, channel, entered, rooms);
  try {
    await rooms.keeper.begin(running.live);
  } catch (error) {
    await running.over(undefined);
    await channel.warn(`towline: ${messageOf(error)}`);
    return notDone;
  }
  // What is trusted may have changed while it was made ready.
  const verdict = person.judge(entered.wanted);
  if (!verdict.allowed) {
    await running.over(undefined);
    await channel.warn(`towline: ${refusalWords(verdict.why)}`);
    return notDone;
  }
  return await running.run(command === undefined ? shell : commandOf(command, entered));
}

/** Where the image has no shell, the words of a command are its arguments as they stand. */
function commandOf(command: string, { hasShell }: EnteredContainer): readonly string[] {
  return hasShell ? ['sh', '-c', command] : command.trim().split(/\s+/);
}

class RunningSession {
  readonly live: LiveSession;
  readonly #person: Person;
  readonly #channel: SessionChannel;
  readonly #entered: EnteredContainer;
  readonly #rooms: AccessRooms;
  readonly #ended: (ended: Ended) => void;
  #exec: ContainerExec | undefined;

  constructor(person: Person, channel: SessionChannel, entered: EnteredContainer, rooms: AccessRooms) {
    const { asked, terminal } = channel;
    const { app, service, container, user } = entered;
    const { operator, by } = person.identity;
    this.#person = person;
    this.#channel = channel;
    this.#entered = entered;
    this.#rooms = rooms;
    const command = asked.kind === 'command' ? asked.command : undefined;
    this.live = new LiveSession(
      {
        ...{ id: sessionId(), operator, by, app, service },
        ...(user === undefined ? {} : { user }),
        ...(command === undefined ? {} : { command }),
        ...(terminal === undefined ? {} : { terminal }),
        startedMs: rooms.now(),
        commit: person.view.current?.commit ?? '',
      },
      {
        say: line => this.#say(line),
        type: bytes => this.#exec?.typed(bytes),
      },
    );
    this.#ended = rooms.records.begin(person, {
      ...{ wanted: entered.wanted, app, service, session: this.live.start.id },
      container: container.slice(0, 12),
      what: `${command === undefined ? 'shell' : `command ${command}`} in ${app}.${service}`,
      cut: reason => this.live.cut(reason),
    });
  }

  async run(command: readonly string[]): Promise<number> {
    const { container, user } = this.#entered;
    const { terminal } = this.#channel;
    const cut = AbortSignal.any([this.live.signal, this.#person.signal]);
    const environment = [sessionMark(this.live.start.id)];
    let exec: ContainerExec;
    try {
      const ask = { container, command, user, terminal, environment, hasInput: true };
      exec = await ContainerExec.start(this.#rooms.exec, ask, cut);
    } catch (error) {
      await this.over(undefined);
      await this.#channel.warn(`towline: ${messageOf(error)}`);
      return notDone;
    }
    this.#exec = exec;
    this.#listen(exec, cut);
    const gone = () => exec.letGo();
    // A channel may be closed while its connection goes on.
    this.#channel.stream.once('close', gone);
    cut.addEventListener('abort', gone, { once: true });
    if (cut.aborted || this.#channel.stream.destroyed) gone();
    await exec.read(output => this.#put(output)).catch(() => undefined);
    const isCut = cut.aborted || this.#channel.stream.destroyed;
    const code = isCut ? undefined : await exec.exitCode(cut).catch(() => undefined);
    return await this.#close(exec, code);
  }

  async #put({ stream, bytes }: { stream: 'stdout' | 'stderr'; bytes: Buffer }): Promise<void> {
    await this.live.output(bytes);
    // What could not be recorded is not shown.
    if (this.live.signal.aborted) return;
    await this.#channel.write(bytes, stream);
  }

  #listen(exec: ContainerExec, signal: AbortSignal): void {
    const { work } = this.#person.connection;
    const { terminal } = this.#channel;
    work.run(async () => {
      try {
        for await (const chunk of this.#channel.input()) await exec.write(chunk);
        exec.endInput();
      } catch {
        // The channel was cut: that ends it elsewhere.
      }
    });
    this.#channel.onSize = (columns, rows) => {
      this.live.resized(columns, rows);
      work.run(() => exec.resize(columns, rows, signal));
    };
    const { id } = this.live.start;
    this.#channel.onSignal = name =>
      work.run(() => sendSignal(this.#rooms.exec, { ...this.#entered, id, exec }, { name, terminal }));
  }

  /** Of ours, beside what runs there: on a screen it stands by itself, elsewhere nothing of it is in the output. */
  #say(line: string): void {
    const channel = this.#channel;
    const words = `towline: ${line}`;
    const bytes = Buffer.from(`\r\n[${printable(words)}]\r\n`);
    this.#person.connection.work.run(() =>
      channel.terminal === undefined ? channel.warn(words) : channel.write(bytes),
    );
  }

  async #close(exec: ContainerExec, code: number | undefined): Promise<number> {
    const leftRunning = code === undefined && !(await this.#hangUp(exec));
    await this.over(code, leftRunning);
    if (code !== undefined) return code;
    const { reason } = this.live.signal;
    const why = reason instanceof Error ? reason.message : 'the container or the engine went away';
    await this.#channel.warn(`towline: ${why}`);
    return notDone;
  }

  /** @returns whether nothing of it runs any more */
  async #hangUp(exec: ContainerExec): Promise<boolean> {
    const { container, user, app, service } = this.#entered;
    const { id, operator, command } = this.live.start;
    if (await hangUp(this.#rooms.exec, { container, user, id, exec })) return true;
    const left = { operator, app, service, what: command ?? 'shell', sinceMs: this.live.start.startedMs };
    this.#rooms.left.add(left, () => exec.mayRun(AbortSignal.timeout(10_000)));
    return false;
  }

  async over(exitCode: number | undefined, leftRunning = false): Promise<void> {
    const { bytesIn, bytesOut } = this.#channel;
    const { signal } = this.live;
    const { reason } = signal;
    this.#ended({ bytesIn, bytesOut, exitCode, signal, leftRunning });
    const cut = reason instanceof Error ? reason.message : exitCode === undefined ? 'gone' : undefined;
    await this.live.ended({
      ...{ endedMs: this.#rooms.now(), bytesIn, bytesOut },
      ...(exitCode === undefined ? {} : { exitCode }),
      ...(cut === undefined ? {} : { cut }),
    });
  }
}
