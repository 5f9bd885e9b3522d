/**
 * Files of a container as the user who enters it has them, through its own shell: whatever that user may not, nobody does
 * for them. Paths are resolved in the container.
 */
import { ContainerExec, type ExecEngine } from '../engine/container-exec.ts';
import { sessionMark } from '../engine/hang-up.ts';
import { type ControlPlace, ControlShell, type Question, type Told } from './control-shell.ts';
import { type FileFacts, type FolderEntry, readEntries, readFacts } from './file-facts.ts';
import { escapedPath } from './file-path.ts';

/** What a client is told: numbers are those of SFTP's statuses. */
export class FileRefusal extends Error {
  readonly code: 2 | 3 | 4 | 8;

  constructor(code: 2 | 3 | 4 | 8, message: string) {
    super(message);
    this.code = code;
  }
}

const decoded = `v=$(printf '%bx' "$1"); v=\${v%x};`;
/** `$2`: bytes that are left out at the beginning. */
const readScript = `${decoded} if [ "$2" = 0 ]; then exec cat "$v"; fi; exec tail -c "+$(($2 + 1))" "$v"`;
const writeScript = `${decoded} if [ "$2" = add ]; then exec cat >> "$v"; fi; exec cat 1<> "$v"`;

export class ContainerFiles {
  readonly #engine: ExecEngine;
  readonly #place: ControlPlace;
  readonly #signal: AbortSignal;
  #shell: ControlShell | undefined;

  /** @param signal aborted when the session is cut */
  constructor(engine: ExecEngine, place: ControlPlace, signal: AbortSignal) {
    this.#engine = engine;
    this.#place = place;
    this.#signal = signal;
  }

  /** Where the container's user begins. */
  async home(): Promise<string> {
    return (await this.#done('pwd')).trim();
  }

  async facts(path: string, follow: boolean): Promise<FileFacts> {
    const text = await this.#done(follow ? 'stat' : 'lstat', path);
    const facts = readFacts(text.trim());
    if (facts === undefined) throw new FileRefusal(4, `no answer for it: ${text.trim().slice(0, 200)}`);
    return facts;
  }

  async list(path: string): Promise<FolderEntry[]> {
    return readEntries(await this.#done('list', path));
  }

  async link(path: string): Promise<string> {
    return (await this.#done('link', path)).replace(/\n$/, '');
  }

  /** An empty file where there is none, or `fresh` is wanted and there is none. @param mode permissions of a new one */
  async make(path: string, mode: number, fresh: boolean): Promise<void> {
    await this.#done(fresh ? 'new' : 'make', path, { n: octal(mode & ~0o022) });
  }

  /** Of a file that is there. */
  async empty(path: string): Promise<void> {
    await this.#done('empty', path);
  }

  async makeFolder(path: string, mode: number): Promise<void> {
    await this.#done('mkdir', path, { n: octal(mode & ~0o022) });
  }

  async remove(path: string): Promise<void> {
    await this.#done('rm', path);
  }

  async removeFolder(path: string): Promise<void> {
    await this.#done('rmdir', path);
  }

  async rename(from: string, to: string, replace: boolean): Promise<void> {
    await this.#done(replace ? 'replace' : 'mv', from, { b: to });
  }

  async makeLink(target: string, path: string): Promise<void> {
    await this.#done('symlink', target, { b: path });
  }

  async change(
    path: string,
    change: {
      mode?: number | undefined;
      owner?: string | undefined;
      size?: number | undefined;
      modified?: number | undefined;
    },
  ): Promise<void> {
    const { mode, owner, size, modified } = change;
    if (size !== undefined) await this.#done('truncate', path, { n: String(size) });
    if (owner !== undefined) await this.#done('chown', path, { n: owner });
    if (mode !== undefined) await this.#done('chmod', path, { n: octal(mode) });
    if (modified !== undefined) await this.#done('touch', path, { n: String(modified) });
  }

  /** What `path` has from `from` on. @throws FileRefusal */
  async read(path: string, from: number): Promise<ContainerExec> {
    await this.#done('readable', path);
    return await this.#run(readScript, [escapedPath(path), String(from)], false);
  }

  /** What is written to it goes to the end of the file, or over what it has from its beginning on. */
  async write(path: string, add: boolean): Promise<ContainerExec> {
    return await this.#run(writeScript, [escapedPath(path), add ? 'add' : 'over'], true);
  }

  /** Nothing of it runs any more, where all goes well. */
  close(): void {
    this.#shell?.close();
  }

  /** Lets go of all that is asked and not answered. */
  drop(): void {
    this.#shell?.drop();
  }

  get shell(): ContainerExec | undefined {
    return this.#shell?.exec;
  }

  #run(script: string, words: readonly string[], hasInput: boolean): Promise<ContainerExec> {
    const { container, user, id } = this.#place;
    const command = ['sh', '-c', script, 'towline', ...words];
    const ask = { container, user, command, environment: [sessionMark(id)], hasInput };
    return ContainerExec.start(this.#engine, ask, this.#signal);
  }

  async #done(question: Question, a = '', more: { b?: string; n?: string } = {}): Promise<string> {
    this.#shell ??= await ControlShell.start(this.#engine, this.#place, this.#signal);
    const told = await this.#shell.ask(question, a, more);
    if (told.code === 0) return told.text;
    throw refusal(told);
  }
}

/** What files are asked for, whoever answers. */
export type FilesAsked = Pick<ContainerFiles, keyof ContainerFiles>;

function refusal({ code, text }: Told): FileRefusal {
  const words = Buffer.from(text, 'latin1').toString('utf8').trim().slice(0, 300);
  if (code === 2) return new FileRefusal(2, 'no such file or folder');
  const isDenied = /permission denied|not permitted|read-only/i.test(words);
  return new FileRefusal(isDenied ? 3 : 4, words === '' ? 'it could not be done' : words);
}

function octal(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, '0');
}
