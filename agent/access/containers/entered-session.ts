/** What every session in a container begins and ends with, whatever is done in it: who looks on, what is recorded. */
import { randomBytes } from 'node:crypto';
import { messageOf } from '../../../core/errors/cause.ts';
import { printable } from '../../../core/shown-text.ts';
import type { AccessRooms } from '../people/access-rooms.ts';
import type { Ended } from '../people/connection-records.ts';
import type { Person } from '../people/person.ts';
import { refusalWords } from '../people/refusal-words.ts';
import type { SessionChannel } from '../people/session-channel.ts';
import { LiveSession } from '../sessions/live-session.ts';
import type { EnteredContainer } from './entered-container.ts';

/** Letters and digits that nobody takes for others: five bits each. */
const letters = 'abcdefghijkmnpqrstuvwxyz23456789';

function sessionId(): string {
  return [...randomBytes(8)].map(byte => letters[byte & 31]).join('');
}

export interface SessionPlace {
  readonly person: Person;
  readonly channel: SessionChannel;
  readonly entered: EnteredContainer;
  readonly rooms: AccessRooms;
}

export interface SessionKind {
  /** Undefined: a shell. */
  readonly command: string | undefined;
  /** Who joined has typed this. */
  readonly type?: (bytes: Uint8Array) => void;
}

export class EnteredSession {
  readonly live: LiveSession;
  readonly #place: SessionPlace;
  readonly #ended: (ended: Ended) => void;

  constructor(place: SessionPlace, { command, type = () => {} }: SessionKind) {
    const { person, channel, entered, rooms } = place;
    const { app, service, container, user, wanted } = entered;
    const { operator, by } = person.identity;
    this.#place = place;
    this.live = new LiveSession(
      {
        ...{ id: sessionId(), operator, by, app, service },
        ...(user === undefined ? {} : { user }),
        ...(command === undefined ? {} : { command }),
        ...(channel.terminal === undefined ? {} : { terminal: channel.terminal }),
        startedMs: rooms.now(),
        commit: person.view.current?.commit ?? '',
      },
      { type, say: line => this.#say(line) },
    );
    this.#ended = rooms.records.begin(person, {
      ...{ wanted, app, service, session: this.live.start.id, container: container.slice(0, 12) },
      what: `${command ?? 'shell'} in ${app}.${service}`,
      cut: reason => this.live.cut(reason),
    });
  }

  /** Aborted when it is cut, or its person is gone. */
  get signal(): AbortSignal {
    return AbortSignal.any([this.live.signal, this.#place.person.signal]);
  }

  /** @returns why it may not begin */
  async begin(): Promise<string | undefined> {
    const { person, entered, rooms } = this.#place;
    try {
      await rooms.keeper.begin(this.live);
    } catch (error) {
      await this.over({});
      return messageOf(error);
    }
    // What is trusted may have changed while it was made ready.
    const verdict = person.judge(entered.wanted);
    if (verdict.allowed && !this.live.signal.aborted) return undefined;
    await this.over({});
    return verdict.allowed ? 'it was cut' : refusalWords(verdict.why);
  }

  /** Of ours, beside what runs there: on a screen it stands by itself, elsewhere nothing of it is in the output. */
  #say(line: string): void {
    const { channel, person } = this.#place;
    const words = `towline: ${line}`;
    const bytes = Buffer.from(`\r\n[${printable(words)}]\r\n`);
    person.connection.work.run(() =>
      channel.terminal === undefined ? channel.warn(words) : channel.write(bytes),
    );
  }

  async over({ exitCode, leftRunning = false }: Pick<Ended, 'exitCode' | 'leftRunning'>): Promise<void> {
    const { channel, rooms } = this.#place;
    const { bytesIn, bytesOut } = channel;
    const { signal } = this.live;
    this.#ended({ bytesIn, bytesOut, exitCode, signal, leftRunning });
    const { reason } = signal;
    const cut = reason instanceof Error ? reason.message : exitCode === undefined ? 'gone' : undefined;
    await this.live.ended({
      ...{ endedMs: rooms.now(), bytesIn, bytesOut },
      ...(exitCode === undefined ? {} : { exitCode }),
      ...(cut === undefined ? {} : { cut }),
    });
  }
}
