/**
 * One shell in a container that answers small questions about files, as the user who enters it: an engine takes a tenth of
 * a second to start a command. Questions are lines of ASCII; an answer ends with a line that no file can bear the name of.
 */
import { randomBytes } from 'node:crypto';
import { TowlineError } from '../../../core/errors.ts';
import { ContainerExec, type ExecEngine } from '../engine/container-exec.ts';
import { sessionMark } from '../engine/hang-up.ts';
import { statFormat } from './file-facts.ts';
import { escapedPath } from './file-path.ts';

/** `$a`, `$b`: paths; `$n`: digits. `gone`: 2 where there is no such thing, else 1. */
const script = `
umask 022
IFS= read -r token
decode() { v=$(printf '%bx' "$1"); v=\${v%x}; }
there() { [ -e "$1" ] || [ -L "$1" ]; }
gone() { there "$1" && return 1; return 2; }
answer() {
  case $op in
    pwd) pwd;;
    stat) stat -L -c '${statFormat}' "$a" || gone "$a";;
    lstat) stat -c '${statFormat}' "$a" || gone "$a";;
    list) cd "$a" || { gone "$a"; return; }
      if command -v xargs >/dev/null; then printf './%s\\0' * .* | xargs -0 stat -c '${statFormat} %n/'
      else for f in * .*; do stat -c '${statFormat} %n/' "./$f"; done; fi 2>/dev/null; return 0;;
    link) readlink "$a" || gone "$a";;
    readable) [ -f "$a" ] && [ -r "$a" ] || gone "$a";;
    make) there "$a" && { [ -f "$a" ] && [ -w "$a" ] || return 1; return 0; }
      true > "$a" && chmod "$n" "$a" || gone "\${a%/*}/.";;
    empty) [ -f "$a" ] && true > "$a" || gone "$a";;
    new) ! there "$a" && true > "$a" && chmod "$n" "$a";;
    mkdir) mkdir -m "$n" "$a" || { there "$a" && return 1; gone "\${a%/*}/."; };;
    rmdir) rmdir "$a" || gone "$a";;
    rm) [ -d "$a" ] && [ ! -L "$a" ] && return 1; rm -f "$a" && ! there "$a" || gone "$a";;
    mv) there "$a" || return 2; there "$b" && return 1; mv "$a" "$b";;
    replace) there "$a" || return 2; [ -d "$b" ] && return 1; mv -f "$a" "$b";;
    symlink) ln -s -- "$a" "$b";;
    chmod) chmod "$n" "$a" || gone "$a";;
    chown) chown "$n" "$a" || gone "$a";;
    touch) touch -c -d "@$n" "$a" || gone "$a";;
    truncate) truncate -s "$n" "$a" || gone "$a";;
  esac 2>&1
}
while IFS=' ' read -r op n a b; do
  decode "$a"; a=$v; decode "$b"; b=$v
  (answer); printf '\\n%s %s\\n' "$token" $?
done
`;

export type Question =
  | 'pwd'
  | 'stat'
  | 'lstat'
  | 'list'
  | 'link'
  | 'readable'
  | 'make'
  | 'new'
  | 'empty'
  | 'mkdir'
  | 'rmdir'
  | 'rm'
  | 'mv'
  | 'replace'
  | 'symlink'
  | 'chmod'
  | 'chown'
  | 'touch'
  | 'truncate';

export interface Told {
  /** 0: done. 2: there is no such thing. */
  readonly code: number;
  /** In `latin1`: as bytes stand. */
  readonly text: string;
}

/** A folder of some fifty thousand entries. */
const maxAnswerBytes = 8 * 1024 * 1024;
const answerMs = 60_000;

export interface ControlPlace {
  readonly container: string;
  readonly user: string | undefined;
  /** Of the session. */
  readonly id: string;
}

export class ControlShell {
  readonly exec: ContainerExec;
  readonly #token: string;
  #waiting: PromiseWithResolvers<Told> | undefined;
  /** Why it answers no more. */
  #ended: { readonly cause: unknown } | undefined;
  /** In `latin1`; those of the end may be cut anywhere. */
  #pieces: string[] = [];
  #bytes = 0;

  private constructor(exec: ContainerExec, token: string) {
    this.exec = exec;
    this.#token = token;
  }

  /** @throws TowlineError ENGINE_… */
  static async start(
    engine: ExecEngine,
    { container, user, id }: ControlPlace,
    signal: AbortSignal,
  ): Promise<ControlShell> {
    const token = randomBytes(16).toString('hex');
    const command = ['sh', '-c', script, 'towline'];
    const ask = { container, user, command, environment: [sessionMark(id)], hasInput: true };
    const shell = new ControlShell(await ContainerExec.start(engine, ask, signal), token);
    // Not among its words, which whoever is in the container may read.
    await shell.exec.write(Buffer.from(`${token}\n`));
    shell.exec
      .read(({ bytes }) => shell.#take(bytes))
      .then(
        () => shell.#end(new Error('it ended')),
        (error: unknown) => shell.#end(error),
      );
    return shell;
  }

  /** One question at a time. @throws TowlineError ACCESS_FILES where there is no answer */
  async ask(question: Question, a = '', { b = '', n = '0' }: { b?: string; n?: string } = {}): Promise<Told> {
    const waiting = Promise.withResolvers<Told>();
    this.#waiting = waiting;
    this.#pieces = [];
    this.#bytes = 0;
    const late = setTimeout(() => this.#end(new Error('no answer in time')), answerMs);
    try {
      const [first, second] = [a, b].map(path => (path === '' ? '/' : escapedPath(path)));
      if (this.#ended !== undefined) throw noAnswer(this.#ended.cause);
      await this.exec.write(Buffer.from(`${question} ${n} ${first} ${second}\n`));
      return await waiting.promise;
    } finally {
      clearTimeout(late);
      this.#waiting = undefined;
    }
  }

  /** It reads its end, and is over. */
  close(): void {
    this.exec.endInput();
  }

  drop(): void {
    this.#end(new Error('it was cut'));
  }

  #take(bytes: Buffer): void {
    this.#bytes += bytes.length;
    if (this.#bytes > maxAnswerBytes) {
      this.#end(new Error('it has too much to say'));
      return;
    }
    this.#pieces.push(bytes.toString('latin1'));
    const tail = this.#pieces.slice(-2).join('').slice(-64);
    const [end, code] = new RegExp(`\\n${this.#token} (\\d+)\\n$`).exec(tail) ?? [];
    if (end === undefined) return;
    const text = this.#pieces.join('').slice(0, -end.length);
    this.#pieces = [];
    this.#waiting?.resolve({ code: Number(code), text });
  }

  #end(cause: unknown): void {
    this.exec.letGo();
    this.#ended ??= { cause };
    this.#waiting?.reject(noAnswer(cause));
  }
}

function noAnswer(cause: unknown): TowlineError {
  return new TowlineError('ACCESS_FILES', 'the container does not answer for its files', { cause });
}
