/** A terminal that a person sits at, with a program of theirs in it: keys are typed, its size changes, its screen is read. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../../lab/rig/eventually.ts';

export class PersonTerminal {
  readonly exited: Promise<number | null>;
  readonly #child: ChildProcess;
  readonly #name: string;
  #screen = '';

  private constructor(child: ChildProcess, name: string) {
    this.#child = child;
    this.#name = name;
    child.stdout?.on('data', (chunk: Buffer) => {
      this.#screen += chunk.toString('latin1');
    });
    child.stdin?.on('error', () => {});
    this.exited = new Promise(resolve => child.once('close', resolve));
  }

  /**
   * @param folder for a file of its own
   * @param command a line for the shell
   * @param where whose terminal it is; absent: that of the tests
   */
  static async open(
    folder: string,
    command: string,
    where: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
  ): Promise<PersonTerminal> {
    const file = join(folder, `terminal-${process.hrtime.bigint()}`);
    const line = `stty rows 24 cols 80; tty >${file}.new; mv ${file}.new ${file}; exec ${command}`;
    const child = spawn('script', ['-qefc', line, '/dev/null'], {
      ...where,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await eventually(() => existsSync(file) || child.exitCode !== null);
    return new PersonTerminal(child, readFileSync(file, 'utf8').trim());
  }

  get screen(): string {
    return this.#screen;
  }

  type(keys: string): void {
    this.#child.stdin?.write(keys);
  }

  resize(rows: number, columns: number): void {
    execFileSync('stty', ['-F', this.#name, 'rows', `${rows}`, 'cols', `${columns}`]);
  }

  /** Waits until this stands on the screen after what was seen before. */
  async sees(text: string): Promise<void> {
    await eventually(() => this.#screen.includes(text));
    this.#screen = this.#screen.slice(this.#screen.indexOf(text) + text.length);
  }

  end(): void {
    this.#child.kill('SIGKILL');
  }
}
