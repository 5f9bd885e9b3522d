/** A command in a running container: its input, its outputs, its terminal, its exit code. */
import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { members, nullable, number, truth } from '../../runtime/engine/answer-shape.ts';
import type { Engine } from '../../runtime/engine/engine.ts';
import { made } from '../../runtime/engine/engine-answers.ts';
import { engineStatus } from '../../runtime/engine/refusals.ts';
import type { Terminal } from '../sessions/live-session.ts';
import { drained } from './drained.ts';
import type { Hijack } from './engine-socket.ts';
import { ExecFrames, type ExecOutput } from './exec-frames.ts';
import type { Course } from './left-running.ts';

/** What commands are run with. */
export interface ExecEngine {
  readonly engine: Engine;
  readonly hijack: Hijack;
}

export interface ExecAsk {
  /** Id of a running container. */
  readonly container: string;
  readonly command: readonly string[];
  /** `name`, `uid`, `uid:gid`; undefined: the container's own. */
  readonly user: string | undefined;
  readonly terminal?: Terminal | undefined;
  /** `NAME=value`. */
  readonly environment?: readonly string[];
  readonly hasInput: boolean;
  /** Awaited before it begins. @param exec its id */
  readonly made?: (exec: string) => Promise<void>;
}

/** Its outputs ended, and the engine has not said yet that it is over: milliseconds. */
const overMs = 10_000;
const pollMs = 50;

const execState = members({ Running: truth, ExitCode: nullable(number) });

export class ContainerExec {
  readonly id: string;
  readonly #engine: Engine;
  readonly #socket: Socket;
  readonly #framed: boolean;

  private constructor(engine: Engine, id: string, socket: Socket, framed: boolean) {
    this.#engine = engine;
    this.id = id;
    this.#socket = socket;
    this.#framed = framed;
  }

  /** Where the signal was aborted meanwhile it is let go already: it has begun. @throws TowlineError ENGINE_… */
  static async start(
    { engine, hijack }: ExecEngine,
    ask: ExecAsk,
    signal: AbortSignal,
  ): Promise<ContainerExec> {
    const { container, command, user, terminal, environment = [], hasInput, made: onMade } = ask;
    const isTerminal = terminal !== undefined;
    const body = {
      Cmd: command,
      ...{ AttachStdin: hasInput, AttachStdout: true, AttachStderr: true, Tty: isTerminal },
      ...(isTerminal ? { ConsoleSize: [terminal.rows, terminal.columns] } : {}),
      Env: [...(isTerminal ? [`TERM=${terminal.term}`] : []), ...environment],
      ...(user === undefined ? {} : { User: user }),
    };
    const path = `/containers/${container}/exec`;
    const { Id: id } = await engine.call({ method: 'POST', path, body, answer: made }, signal);
    await onMade?.(id);
    const start = { Detach: false, Tty: isTerminal };
    const socket = await hijack(`/exec/${id}/start`, start, signal);
    const exec = new ContainerExec(engine, id, socket, !isTerminal);
    if (signal.aborted) exec.letGo();
    // An engine before API 1.42 does not know the size of a terminal that it makes.
    else if (isTerminal) await exec.resize(terminal.columns, terminal.rows, signal);
    return exec;
  }

  /** Resolves when the command may be given more. */
  async write(bytes: Uint8Array): Promise<void> {
    if (!this.#socket.destroyed && !this.#socket.write(bytes)) await drained(this.#socket);
  }

  /** What one who joined has typed: nothing is kept for a command that does not read. */
  typed(bytes: Uint8Array): void {
    if (!this.#socket.writableNeedDrain && this.#socket.writable) this.#socket.write(bytes);
  }

  /**
   * The end of its input; its outputs go on. A terminal has no such end, as with sshd: dockerd would close its output, too, and
   * what the command still says would be lost.
   */
  endInput(): void {
    if (this.#framed && this.#socket.writable) this.#socket.end();
  }

  /** Until its outputs end. While what `take` returns is not resolved nothing more is read. @throws TowlineError ENGINE_ANSWER */
  async read(take: (output: ExecOutput) => void | Promise<void>): Promise<void> {
    const frames = this.#framed ? new ExecFrames() : undefined;
    const pieces: AsyncIterable<Buffer> = this.#socket.iterator({ destroyOnReturn: false });
    try {
      for await (const chunk of pieces) {
        const outputs: readonly ExecOutput[] = frames?.push(chunk) ?? [{ stream: 'stdout', bytes: chunk }];
        for (const output of outputs) await take(output);
      }
    } finally {
      this.#socket.destroy();
    }
  }

  /** A size that is not taken is no reason to end anything. */
  async resize(columns: number, rows: number, signal: AbortSignal): Promise<void> {
    const query = { h: rows, w: columns };
    const request = { method: 'POST', path: `/exec/${this.id}/resize`, query } as const;
    await this.#engine.call(request, signal).catch(() => undefined);
  }

  /** After its outputs have ended. @returns undefined where it still runs, or nobody knows */
  async exitCode(signal: AbortSignal): Promise<number | undefined> {
    const endMs = performance.now() + overMs;
    for (;;) {
      const { Running: running, ExitCode: code } = await this.#state(signal);
      if (!running && code !== null) return code;
      if (performance.now() > endMs) return undefined;
      await pause(pollMs, undefined, { signal });
    }
  }

  /** Where nobody can say, it may: an engine that is away; not where the engine knows no such command any more. */
  async mayRun(signal: AbortSignal): Promise<boolean> {
    return (await execCourse(this.#engine, this.id, signal, true)) !== 'over';
  }

  /** Lets go of it: what runs is not ended by that. */
  letGo(): void {
    this.#socket.destroy();
  }

  #state(signal: AbortSignal) {
    return stateOf(this.#engine, this.id, signal);
  }
}

function stateOf(engine: Engine, id: string, signal: AbortSignal) {
  return engine.call({ method: 'GET', path: `/exec/${id}/json`, answer: execState }, signal);
}

/** Of a command by its id alone. Never rejects. @param begun the engine was asked to begin it, and may not say yet that it runs */
export async function execCourse(
  engine: Engine,
  id: string,
  signal: AbortSignal,
  begun = false,
): Promise<Course> {
  try {
    const { Running: running, ExitCode: code } = await stateOf(engine, id, signal);
    return running || (begun && code === null) ? 'runs' : 'over';
  } catch (error) {
    return engineStatus(error) === undefined ? 'unknown' : 'over';
  }
}
