/** The stock client, logged in at a device and running nothing there: sessions are opened over its control socket. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { TowlineError } from '../../core/errors.ts';
import type { ClientRun } from './client.ts';
import { ClientFolder } from './client-folder.ts';

/** Through a gateway to a device far away, milliseconds. */
const loginMs = 45_000;
const lookMs = 20;

export class SharedClient implements AsyncDisposable {
  /** Of its control socket. */
  readonly socket: string;
  readonly #files: ClientFolder;
  readonly #child: ChildProcess;
  #complaint = '';

  /**
   * Nobody is asked anything: a key with a passphrase has to be with the person's agent.
   * @throws TowlineError CLI_SSH, with what ssh said; the signal's reason
   */
  static async open(
    { fleet, host, user }: Pick<ClientRun, 'fleet' | 'host' | 'user'>,
    signal: AbortSignal,
  ): Promise<SharedClient> {
    const files = await ClientFolder.make(fleet);
    const client = new SharedClient(files, { host, user });
    try {
      await client.#loggedIn(AbortSignal.any([signal, AbortSignal.timeout(loginMs)]));
      return client;
    } catch (error) {
      await client[Symbol.asyncDispose]();
      signal.throwIfAborted();
      throw error;
    }
  }

  private constructor(files: ClientFolder, { host, user }: Pick<ClientRun, 'host' | 'user'>) {
    this.#files = files;
    this.socket = path.join(files.folder, 'control');
    const options = ['ControlMaster=yes', 'ControlPersist=no', 'BatchMode=yes', 'LogLevel=ERROR'];
    const args = ['-F', files.config, '-N', '-T', '-S', this.socket, ...options.flatMap(one => ['-o', one])];
    const named = user === undefined ? [] : ['-l', user];
    this.#child = spawn('ssh', [...args, ...named, '--', host], { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#complaint = (this.#complaint + chunk.toString('utf8')).slice(-1000);
    });
  }

  async #loggedIn(signal: AbortSignal): Promise<void> {
    let why: string | undefined;
    this.#child.once('error', cause => {
      why ??= `ssh cannot be run: ${cause.message}`;
    });
    this.#child.once('close', () => {
      why ??= this.#complaint.trim() || 'the connection ended';
    });
    while (why === undefined && !signal.aborted) {
      if (existsSync(this.socket)) return;
      await delay(lookMs);
    }
    throw new TowlineError('CLI_SSH', why ?? 'the device did not answer in time');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill();
    await this.#files[Symbol.asyncDispose]();
  }
}
