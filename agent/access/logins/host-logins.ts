/**
 * Lets sshd know who may log in: a file in memory that its AuthorizedKeysCommand reads, as an account that owns nothing. It
 * holds for a minute, and is written anew while the agent lives; nothing is granted, no file.
 */
import { chmod, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { DeviceAccess } from '../../../core/access/device-access.ts';
import { messageOf } from '../../../core/errors/cause.ts';
import type { Clock } from '../../../core/io/clock.ts';
import { makeFolderDurably } from '../../../core/io/file/durable-file.ts';
import type { Log } from '../../../core/log.ts';
import { type GrantedLogin, grantedLogins, loginLines } from './granted-logins.ts';

export interface HostLoginsOptions {
  /** `runtimeDirectory`: the folder lies beside it, for opened secrets lie in it. */
  readonly runtimeDirectory: string;
  /** What the device takes for the time: it judges. */
  readonly clock: Clock;
  /** The machine's, which sshd goes by, milliseconds since the epoch. */
  readonly wallMs: () => number;
  readonly log: Pick<Log, 'warn'>;
}

const leaseMs = 60_000;
const renewMs = 20_000;

export class HostLogins {
  readonly #options: HostLoginsOptions;
  readonly #folder: string;
  readonly #stop = new AbortController();
  #access: DeviceAccess | undefined;
  #running: Promise<void> | undefined;
  #last: Promise<void> = Promise.resolve();
  #told: string | undefined;
  /** What stands in the file. */
  #written: readonly GrantedLogin[] = [];

  constructor(options: HostLoginsOptions) {
    this.#options = options;
    this.#folder = `${options.runtimeDirectory}-logins`;
  }

  /** Takes effect before it resolves, and never rejects: where the file cannot be written, nobody is let in. */
  async use(access: DeviceAccess | undefined): Promise<void> {
    this.#access = access;
    await this.#write();
    if (this.#granted().length > 0) this.#running ??= this.#renew();
  }

  /** Nothing is granted any more. */
  async close(): Promise<void> {
    this.#access = undefined;
    this.#stop.abort(new Error('the agent stops'));
    await this.#running;
    await this.#write();
  }

  #granted(): readonly GrantedLogin[] {
    return grantedLogins(this.#access, this.#options.clock.now());
  }

  async #renew(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted && this.#granted().length > 0) {
      await this.#options.clock.sleep(renewMs, signal).catch(() => {});
      await this.#write();
    }
    this.#running = undefined;
  }

  /** One after the other, each of what counts when its turn comes. */
  #write(): Promise<void> {
    this.#last = this.#last.then(() => this.#writeNow());
    return this.#last;
  }

  async #writeNow(): Promise<void> {
    const file = path.join(this.#folder, 'granted');
    const granted = this.#granted();
    try {
      if (granted.length === 0) await rm(file, { force: true });
      else await this.#replace(file, loginLines(granted, this.#options.wallMs() + leaseMs));
      this.#written = granted;
      this.#told = undefined;
    } catch (error) {
      // What stands there from before holds for its minute, unless it grants what is granted no more: a disk may be full.
      if (!isCovered(this.#written, granted)) await this.#takeBack(file);
      const message = messageOf(error);
      if (message !== this.#told) this.#options.log.warn({ file, error: message }, 'no logins are granted');
      this.#told = message;
    }
  }

  async #takeBack(file: string): Promise<void> {
    await rm(file, { force: true }).catch(() => undefined);
    this.#written = [];
  }

  /** Readable to the group, in which the command's account is; the umask of the agent leaves that to nobody. */
  async #replace(file: string, text: string): Promise<void> {
    await makeFolderDurably(this.#folder);
    await chmod(this.#folder, 0o750);
    const fresh = `${file}.new`;
    await rm(fresh, { force: true });
    await writeFile(fresh, text, { flag: 'wx', mode: 0o600 });
    await chmod(fresh, 0o640);
    await rename(fresh, file);
  }
}

function isCovered(written: readonly GrantedLogin[], granted: readonly GrantedLogin[]): boolean {
  return written.every(({ user, key, untilMs }) =>
    granted.some(one => one.user === user && one.key === key && one.untilMs >= untilMs),
  );
}
