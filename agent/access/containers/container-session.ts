/** A shell or a command in a container: the person's channel on one side, the engine's streams on the other. */
import { messageOf } from '../../../core/errors/cause.ts';
import { engineStatus } from '../../runtime/engine/refusals.ts';
import { ContainerExec, execCourse } from '../engine/container-exec.ts';
import type { ExecOutput } from '../engine/exec-frames.ts';
import { type HangUp, hangUp, sessionMark } from '../engine/hang-up.ts';
import type { Course } from '../engine/left-running.ts';
import { SignalSender } from '../engine/send-signal.ts';
import type { EnteredContainer } from './entered-container.ts';
import { EnteredSession, type SessionPlace } from './entered-session.ts';
import { runningCommand } from './running-command.ts';

const shell = ['sh', '-c', 'command -v bash >/dev/null 2>&1 && exec bash; exec sh'];

/** As ssh says that it could not do what it was asked to. */
const notDone = 255;

/** Until it is over. @returns the exit code for the person */
export async function serveContainer(place: SessionPlace): Promise<number> {
  const { asked } = place.channel;
  const command = asked.kind === 'command' ? asked.command : undefined;
  const running = new RunningSession(place, command);
  const refused = await running.session.begin();
  if (refused === undefined) {
    return await running.run(command === undefined ? shell : commandOf(command, place.entered));
  }
  await place.channel.warn(`towline: ${refused}`);
  return notDone;
}

/** Where the image has no shell, the words of a command are its arguments as they stand. */
function commandOf(command: string, { hasShell }: EnteredContainer): readonly string[] {
  return hasShell ? ['sh', '-c', command] : command.trim().split(/\s+/);
}

class RunningSession {
  readonly session: EnteredSession;
  readonly #place: SessionPlace;
  #exec: ContainerExec | undefined;

  constructor(place: SessionPlace, command: string | undefined) {
    this.#place = place;
    this.session = new EnteredSession(place, { command, type: bytes => this.#exec?.typed(bytes) });
  }

  async run(command: readonly string[]): Promise<number> {
    const { channel, entered, rooms } = this.#place;
    const { container, user } = entered;
    const cut = this.session.signal;
    const environment = [sessionMark(this.session.live.start.id)];
    let exec: ContainerExec;
    let made: string | undefined;
    try {
      const onMade = (id: string) => {
        made = id;
        return rooms.left.begin(runningCommand(this.#place, this.session.live, id));
      };
      const { terminal } = channel;
      const ask = { container, command, user, terminal, environment, hasInput: true, made: onMade };
      exec = await ContainerExec.start(rooms.exec, ask, cut);
    } catch (error) {
      return await this.#notBegun(made, error);
    }
    this.#exec = exec;
    this.#listen(exec, cut);
    const gone = () => exec.letGo();
    // A channel may be closed while its connection goes on.
    channel.stream.once('close', gone);
    cut.addEventListener('abort', gone, { once: true });
    if (cut.aborted || channel.stream.destroyed) gone();
    await exec.read(output => this.#put(output)).catch(() => undefined);
    const isCut = cut.aborted || channel.stream.destroyed;
    return await this.#close(exec, isCut ? undefined : await exec.exitCode(cut).catch(() => undefined));
  }

  async #put({ stream, bytes }: ExecOutput): Promise<void> {
    await this.session.live.output(bytes);
    // What could not be recorded is not shown.
    if (this.session.live.signal.aborted) return;
    await this.#place.channel.write(bytes, stream);
  }

  #listen(exec: ContainerExec, signal: AbortSignal): void {
    const { person, channel, entered, rooms } = this.#place;
    const { work } = person.connection;
    const { live } = this.session;
    const { id } = live.start;
    work.run(async () => {
      try {
        for await (const chunk of channel.input()) await exec.write(chunk);
        exec.endInput();
      } catch {
        // The channel was cut: that ends it elsewhere.
      }
    });
    channel.onSize = (columns, rows) => {
      live.resized(columns, rows);
      work.run(() => exec.resize(columns, rows, signal));
    };
    const signals = new SignalSender(rooms.exec, { ...entered, id, exec }, channel.terminal);
    channel.onSignal = name => signals.send(name);
  }

  /** An engine that has not answered may have begun it all the same. @param made its id, where it got one */
  async #notBegun(made: string | undefined, error: unknown): Promise<number> {
    const isKnown = made === undefined || engineStatus(error) !== undefined;
    const mayRun = async (signal: AbortSignal) =>
      (await execCourse(this.#place.rooms.exec.engine, made ?? '', signal)) !== 'over';
    await this.#over(undefined, isKnown ? 'over' : await this.#hangUp({ mayRun }));
    await this.#place.channel.warn(`towline: ${messageOf(error)}`);
    return notDone;
  }

  async #close(exec: ContainerExec, exitCode: number | undefined): Promise<number> {
    await this.#over(exitCode, exitCode === undefined ? await this.#hangUp(exec) : 'over');
    if (exitCode !== undefined) return exitCode;
    const { reason } = this.session.live.signal;
    const why = reason instanceof Error ? reason.message : 'the container or the engine went away';
    await this.#place.channel.warn(`towline: ${why}`);
    return notDone;
  }

  async #over(exitCode: number | undefined, course: Course): Promise<void> {
    const { left } = this.#place.rooms;
    const { id } = this.session.live.start;
    if (course === 'over') left.over(id);
    else left.left(id, course === 'unknown');
    await this.session.over({ exitCode, leftRunning: course !== 'over' });
  }

  async #hangUp(exec: HangUp['exec']): Promise<Course> {
    const { entered, rooms } = this.#place;
    const { container, user } = entered;
    const { id } = this.session.live.start;
    return await hangUp(rooms.exec, { container, user, id, exec });
  }
}
