/** A terminal at the agent's server: what it shows, what is typed. */
import type { ClientChannel } from 'ssh2';
import type { PersonClient } from './person-client.ts';

const waitMs = 20_000;

export class Screen {
  readonly channel: ClientChannel;
  /** The exit code, when it has ended. */
  readonly ended: Promise<number | undefined>;
  #shown = '';
  #told: (() => void) | undefined;

  private constructor(channel: ClientChannel) {
    this.channel = channel;
    const add = (chunk: Buffer) => {
      this.#shown += chunk.toString('latin1');
      this.#told?.();
    };
    channel.on('data', add);
    channel.stderr.on('data', add);
    let code: number | undefined;
    channel.on('exit', (given: number) => {
      code = given;
    });
    this.ended = new Promise(resolve => channel.on('close', () => resolve(code)));
  }

  /** A shell, or a command. */
  static open({ ssh }: PersonClient, command?: string): Promise<Screen> {
    const pty = { term: 'xterm', cols: 100, rows: 30 };
    return new Promise((resolve, reject) => {
      const opened = (error: Error | undefined, channel: ClientChannel) =>
        error === undefined ? resolve(new Screen(channel)) : reject(error);
      if (command === undefined) ssh.shell(pty, opened);
      else ssh.exec(command, { pty }, opened);
    });
  }

  get shown(): string {
    return this.#shown;
  }

  type(text: string): void {
    this.channel.write(text);
  }

  /** Waits until something new is shown that matches, and takes all up to it off. */
  async shows(pattern: RegExp): Promise<string> {
    const late = performance.now() + waitMs;
    for (;;) {
      const found = pattern.exec(this.#shown);
      if (found !== null) {
        this.#shown = this.#shown.slice(found.index + found[0].length);
        return found[0];
      }
      if (performance.now() > late)
        throw new Error(`${pattern} is not shown: ${JSON.stringify(this.#shown)}`);
      await new Promise<void>(resolve => {
        this.#told = resolve;
        setTimeout(resolve, 200);
      });
    }
  }
}
