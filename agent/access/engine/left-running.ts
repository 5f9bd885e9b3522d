/**
 * What runs in containers for people, and what of it went on when they were cut and could not be ended: that is named until it is
 * over. It is written down before it begins: an agent that is killed hangs nobody up, and its next run has to know whom.
 */
import { messageOf } from '../../../core/errors/cause.ts';
import { readBounded, writeDurably } from '../../../core/io/file/durable-file.ts';
import { fieldsOf, readFields } from '../../../core/json.ts';
import type { Log } from '../../../core/log.ts';
import { timeWord } from '../../../core/time-word.ts';
import type { Noted } from '../../telemetry/events/engine-words.ts';

export interface RunningCommand {
  readonly operator: string;
  readonly app: string;
  readonly service: string;
  readonly what: string;
  readonly sinceMs: number;
  /** Ids of the engine. */
  readonly container: string;
  readonly exec: string;
  readonly user?: string;
  /** Of the session: its mark in the command's environment. */
  readonly session: string;
}

/** `unknown`: nobody can say now. */
export type Course = 'over' | 'runs' | 'unknown';

export interface LeftRunningOptions {
  /** `<stateDirectory>/left-running.json`. */
  readonly file: string;
  /** @param again whether it is to be hung up first */
  readonly courseOf: (command: RunningCommand, again: boolean) => Promise<Course>;
  readonly note: (noted: Noted) => void;
  readonly log: Pick<Log, 'warn'>;
}

/** Of an earlier run of the agent, or where the engine was away: `again`. */
type State = 'runs' | 'left' | 'again';

/** Newest ones. */
const maxLeft = 20;
/** With those that run for somebody; beyond, the oldest are not written down. */
const maxWritten = 64;
const maxFileBytes = 256 * 1024;
const longestWords = 300;

export class LeftRunning {
  readonly #options: LeftRunningOptions;
  readonly #all = new Map<RunningCommand, State>();
  readonly #loaded: Promise<void>;
  #writing: Promise<void> = Promise.resolve();
  #looking: Promise<void> | undefined;
  #closed = false;

  /** Reads what an earlier run has left. */
  constructor(options: LeftRunningOptions) {
    this.#options = options;
    this.#loaded = this.#load();
  }

  /** A command is about to run: on the disk when it resolves. Never rejects: who comes to make room on a full disk is let in. */
  async begin(command: RunningCommand): Promise<void> {
    await this.#loaded;
    this.#all.set(command, 'runs');
    this.#write();
    await this.#writing;
  }

  /** It has ended, or was hung up. */
  over(session: string): void {
    for (const command of [...this.#all.keys()]) if (command.session === session) this.#all.delete(command);
    this.#write();
  }

  /** Its person was cut, and it could not be ended. @param again it is to be tried once more: the engine was away */
  left(session: string, again = false): void {
    const state = again ? 'again' : 'left';
    for (const command of this.#all.keys()) if (command.session === session) this.#all.set(command, state);
    const left = this.#left();
    for (const command of left.slice(0, -maxLeft)) this.#all.delete(command);
    this.#write();
  }

  /** A sentence each. */
  words(): readonly string[] {
    return this.#left().map(({ operator, app, service, what, sinceMs }) =>
      `${what} of ${operator} in ${app}.${service}, since ${timeWord(sinceMs)}`.slice(0, longestWords),
    );
  }

  /** Forgets what is over by now: that is known when it resolves. What an earlier run has left is hung up first. Never rejects. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  /** All that was begun here is settled, and written. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#looking;
    await this.#writing;
  }

  #left(): RunningCommand[] {
    return [...this.#all].flatMap(([command, state]) => (state === 'runs' ? [] : [command]));
  }

  async #look(): Promise<void> {
    await this.#loaded;
    for (const [command, state] of [...this.#all]) {
      if (state === 'runs') continue;
      // Of an engine that does not answer each one takes its time.
      if (this.#closed) return;
      const course = await this.#options.courseOf(command, state === 'again');
      if (course === 'over') {
        this.over(command.session);
        this.#note('access.over', 'info', command, 'which was left running, is over');
      } else if (course === 'runs' && state === 'again') {
        this.left(command.session);
        this.#note('access.left', 'warn', command, 'goes on: it was left running, and cannot be ended');
      }
    }
  }

  #note(name: string, level: 'info' | 'warn', command: RunningCommand, words: string): void {
    const { operator, app, service, what, session } = command;
    const text = `${what} of ${operator} in ${app}.${service} ${words}`.slice(0, longestWords * 2);
    const fields = { operator, app, service, session, container: command.container.slice(0, 12) };
    this.#options.note({ name, level, text, fields, always: true });
  }

  async #load(): Promise<void> {
    const bytes = await readBounded(this.#options.file, maxFileBytes).catch(() => undefined);
    for (const command of bytes === undefined ? [] : commandsIn(bytes.toString('utf8')))
      this.#all.set(command, 'again');
  }

  /** One after the other, each as things stand then. */
  #write(): void {
    const { file, log } = this.#options;
    this.#writing = this.#writing.then(async () => {
      const commands = [...this.#all.keys()].slice(-maxWritten);
      try {
        await writeDurably(file, `${JSON.stringify({ commands })}\n`);
      } catch (error) {
        log.warn({ error: messageOf(error) }, 'what runs for people cannot be written down');
      }
    });
  }
}

function commandsIn(text: string): RunningCommand[] {
  try {
    const { commands } = readFields(text);
    return (Array.isArray(commands) ? commands : []).flatMap(one => commandOf(one) ?? []).slice(-maxWritten);
  } catch {
    return [];
  }
}

function commandOf(value: unknown): RunningCommand | undefined {
  const { operator, app, service, what, sinceMs, container, exec, user, session } = fieldsOf(value);
  if (typeof operator !== 'string' || typeof app !== 'string' || typeof service !== 'string')
    return undefined;
  if (typeof what !== 'string' || typeof sinceMs !== 'number' || typeof container !== 'string')
    return undefined;
  if (typeof exec !== 'string' || typeof session !== 'string') return undefined;
  const as = typeof user === 'string' ? { user } : {};
  return { operator, app, service, what, sinceMs, container, exec, session, ...as };
}
