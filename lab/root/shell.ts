/** A shell that somebody sits at: a terminal of its own, lines typed one after the other, questions answered. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Typed {
  readonly code: number;
  /** What the screen showed, without colours. */
  readonly screen: string;
}

export interface TypeOptions {
  /** What is typed when the screen shows this, each once. */
  readonly answers?: readonly (readonly [question: RegExp, answer: string])[];
  readonly timeoutMs?: number;
}

/** Says that a line has ended, and how. No program prints this character. */
const mark = '\u001e';
// biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal is sent.
const controls = /\u001b\[[0-9;?]*[A-Za-z]|[^\n]*\r(?![\r\n])|\r/g;
const lineTimeoutMs = 600_000;

const quoted = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;

export class Shell {
  readonly #child: ChildProcessWithoutNullStreams;
  #screen = '';
  #ended = false;

  /** @param enter what comes before the shell: how the machine is entered */
  static async open(enter: readonly string[], directory?: string): Promise<Shell> {
    const shell = new Shell(enter, directory);
    await shell.type('stty -echo cols 200; PS1= PS2=; set +o history');
    return shell;
  }

  private constructor(enter: readonly string[], directory: string | undefined) {
    const inner = 'bash --noprofile --norc --noediting -i';
    const command = [...enter, 'script', '-qfec', inner, '/dev/null'];
    const [program = 'script', ...rest] = command;
    this.#child = spawn(program, rest, { stdio: 'pipe', cwd: directory });
    const seen = (chunk: Buffer) => {
      this.#screen += chunk.toString('utf8');
    };
    this.#child.stdout.on('data', seen);
    this.#child.stderr.on('data', seen);
    this.#child.stdin.on('error', () => undefined);
    this.#child.once('close', () => {
      this.#ended = true;
    });
  }

  /** Types a command, waits until it has ended. @throws Error where it does not end, or waits for what nobody answers */
  async type(command: string, options: TypeOptions = {}): Promise<Typed> {
    // In one line: what a command asks for is not answered by the next line.
    const oneLine = quoted(command).replaceAll('\n', () => `'$'\\n''`);
    const line = `eval ${oneLine}; printf '\\036%s\\036' "$?"`;
    this.#screen = '';
    this.#child.stdin.write(`${line}\n`);
    const answers = [...(options.answers ?? [])];
    let looked = 0;
    const deadline = performance.now() + (options.timeoutMs ?? lineTimeoutMs);
    for (;;) {
      const ended = new RegExp(`${mark}(\\d+)${mark}`).exec(this.#screen);
      if (ended !== null) {
        const screen = this.#screen.slice(0, ended.index);
        return { code: Number(ended[1]), screen: screen.replaceAll(controls, '') };
      }
      if (this.#ended || performance.now() > deadline) {
        throw new Error(`this does not end:\n${command}\n${this.screen}`);
      }
      const found = answers.findIndex(([question]) => question.test(this.#screen.slice(looked)));
      if (found !== -1) {
        const [answered] = answers.splice(found, 1);
        looked = this.#screen.length;
        this.#child.stdin.write(`${answered?.[1] ?? ''}\n`);
      }
      await sleep(50);
    }
  }

  /** What the command that runs now has shown so far. */
  get screen(): string {
    return this.#screen.replaceAll(controls, '');
  }

  close(): void {
    this.#child.kill('SIGKILL');
  }
}
