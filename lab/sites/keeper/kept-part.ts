/** A program of a lab as its keeper holds it: it is started again when it ends, as by systemd, and its log has bounds. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, copyFileSync, openSync, statSync, truncateSync } from 'node:fs';
import type { PartOrder, PartState } from './keeper-order.ts';

/** `RestartSec` of the units that ship is five seconds; nobody in a lab wants to wait for that. */
const restartMs = 1000;
/** `TimeoutStopSec`, shorter for the same reason. */
const stopGraceMs = 15_000;
/** The agent asks for another slot (deploy/launch): started again at once. */
const anotherSlot = 75;
const maxLogBytes = 64 * 1024 * 1024;

/** As systemd.exec(5) has it. SIGTERM and the like are an end in order. */
const resultOf = (how: string): string =>
  how.startsWith('exit ')
    ? 'exit-code'
    : ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGPIPE'].includes(how)
      ? 'success'
      : 'signal';

export class KeptPart {
  readonly order: PartOrder;
  #child: ChildProcess | undefined;
  #wanted = false;
  #restarts = 0;
  #ended: string | null = null;
  #timer: NodeJS.Timeout | undefined;

  constructor(order: PartOrder) {
    this.order = order;
  }

  get state(): PartState {
    const { order, runs } = this;
    const pid = this.#child?.pid ?? 0;
    return {
      ...{ name: order.name, runs, pid: runs ? pid : 0 },
      ...{ restarts: this.#restarts, ended: this.#ended },
    };
  }

  get runs(): boolean {
    return this.#child !== undefined;
  }

  /** Standard input of the program as it runs now; undefined while it does not. */
  get input(): NodeJS.WritableStream | undefined {
    return this.#child?.stdin ?? undefined;
  }

  start(): void {
    this.#wanted = true;
    clearTimeout(this.#timer);
    if (this.#child === undefined) this.#spawn();
  }

  #spawn(): void {
    const { network, command, environment, log } = this.order;
    const words = network === undefined ? command : ['nsenter', `--net=${network}`, '--', ...command];
    const [program = 'false', ...rest] = words;
    const output = openSync(log, 'a', 0o600);
    const child = spawn(program, rest, {
      env: { ...environment },
      cwd: '/',
      // A group of its own: what it has started ends with it.
      detached: true,
      stdio: ['pipe', output, output],
    });
    closeSync(output);
    this.#child = child;
    child.stdin?.on('error', () => undefined);
    const end = (how: string, code: number | null): void => {
      if (this.#child !== child) return;
      this.#child = undefined;
      this.#ended = how;
      if (!this.#wanted) return;
      this.#restarts++;
      this.#after(code === 0 || code === anotherSlot ? 'success' : resultOf(how), () => {
        const waitMs = code === anotherSlot ? 0 : restartMs;
        if (this.#wanted) this.#timer = setTimeout(() => this.start(), waitMs);
      });
    };
    child.once('error', error => end(error.message, null));
    child.once('exit', (code, signal) => end(signal ?? `exit ${code}`, code));
  }

  /** @param next is called in any case, once */
  #after(result: string, next: () => void): void {
    const { afterwards, environment } = this.order;
    const [program, ...words] = afterwards ?? [];
    if (program === undefined) {
      next();
      return;
    }
    const env = { ...environment, SERVICE_RESULT: result };
    const child = spawn(program, words, { env, cwd: '/', stdio: 'ignore', timeout: stopGraceMs });
    child.once('error', next);
    child.once('exit', next);
  }

  /** SIGTERM, SIGKILL where that does not end it; it stays away. */
  async stop(): Promise<void> {
    const child = this.#unwanted();
    if (child?.pid === undefined) return;
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    const timer = setTimeout(() => this.#killGroup(child), stopGraceMs);
    await gone;
    clearTimeout(timer);
  }

  /** SIGKILL to it and what it has started; it stays away. */
  async kill(): Promise<void> {
    const child = this.#unwanted();
    if (child?.pid === undefined) return;
    const gone = once(child, 'exit');
    this.#killGroup(child);
    await gone;
  }

  #unwanted(): ChildProcess | undefined {
    this.#wanted = false;
    clearTimeout(this.#timer);
    return this.#child;
  }

  #killGroup({ pid = 0 }: ChildProcess): void {
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // It has ended meanwhile.
    }
  }

  /** A log of hours at the level of debugging: the older half of it goes. */
  boundLog(): void {
    const { log } = this.order;
    try {
      if (statSync(log).size < maxLogBytes) return;
      copyFileSync(log, `${log}.1`);
      truncateSync(log);
    } catch {
      // The program has not written yet, or the disk is full: another time.
    }
  }
}
