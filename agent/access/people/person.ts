/** One person at the agent's server, from the proven key on: what they may do is asked anew each time. */
import type { Connection } from 'ssh2';
import type { AccessVerdict, Wanted } from '../../../core/access/judge.ts';
import type { Entrance } from '../../../core/access/user-name.ts';
import type { SshConnection } from '../../../core/io/ssh/ssh-connection.ts';
import type { AccessView, Identity } from './access-view.ts';
import { refusalWords } from './refusal-words.ts';

/** Something that goes on for a person. */
export interface Doing {
  readonly wanted: Wanted;
  /** For who looks: `web of app shop`, `logs web -f`. */
  readonly what: string;
  readonly sinceMs: number;
  cut(reason: string): void;
}

/** Words that wait for a session to be shown in. */
const maxNotes = 8;

export class Person {
  readonly connection: SshConnection<Connection>;
  readonly identity: Identity;
  readonly entrance: Entrance;
  readonly sinceMs: number;
  readonly #view: AccessView;
  readonly #controller = new AbortController();
  readonly #doing = new Set<Doing>();
  readonly #notes = new Set<string>();
  /** How many things were begun. */
  begun = 0;

  constructor(
    connection: SshConnection<Connection>,
    view: AccessView,
    who: { readonly identity: Identity; readonly entrance: Entrance },
  ) {
    this.connection = connection;
    this.identity = who.identity;
    this.entrance = who.entrance;
    this.sinceMs = view.now();
    this.#view = view;
    const onClose = () => {
      this.#controller.abort(new Error(connection.cutReason ?? 'the person is gone'));
    };
    connection.ssh.on('close', onClose);
  }

  get view(): AccessView {
    return this.#view;
  }

  /** Aborted when the connection is gone. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get doing(): readonly Doing[] {
    return [...this.#doing];
  }

  judge(wanted: Wanted): AccessVerdict {
    return this.#view.judge(this.identity, wanted);
  }

  /** From now on, until what is returned is called, it is cut when it is no longer allowed. */
  begin(doing: Doing): () => void {
    this.begun += 1;
    this.#doing.add(doing);
    return () => this.#doing.delete(doing);
  }

  /** After a change of what is trusted, or of the time. */
  judgeAgain(): void {
    const login = this.judge({ kind: 'server' });
    if (!login.allowed) {
      this.connection.cut(refusalWords(login.why));
      return;
    }
    for (const doing of [...this.#doing]) {
      const verdict = this.judge(doing.wanted);
      if (!verdict.allowed) doing.cut(refusalWords(verdict.why));
    }
  }

  isFull(): boolean {
    return this.connection.channelCount >= this.connection.limits.maxChannels;
  }

  refuseFull(reject: () => void): void {
    this.connection.refuse(reject, 'TUNNEL_TOO_MANY_CHANNELS too many channels');
  }

  /** Something was refused that SSH has no words for: the next session shows it. */
  note(words: string): void {
    if (this.#notes.size < maxNotes) this.#notes.add(words);
  }

  takeNotes(): readonly string[] {
    const notes = [...this.#notes];
    this.#notes.clear();
    return notes;
  }
}
