/** The agent's SSH server, loaded when somebody first comes: most devices hardly ever need it. */
import path from 'node:path';
import type { Duplex } from 'node:stream';
import type { DeviceAccess } from '../../core/access/device-access.ts';
import type { DesiredState } from '../../core/desired/state.ts';
import type { Clock } from '../../core/io/clock.ts';
import type { Log } from '../../core/log.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';
import type { Engine } from '../runtime/engine/engine.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { Noted } from '../telemetry/events/engine-words.ts';
import { hijackOf } from './engine/engine-socket.ts';
import { LeftRunning } from './engine/left-running.ts';
import type { AccessServer } from './server/access-server.ts';
import type { SessionKeeper } from './sessions/session-house.ts';
import type { SessionsOptions } from './sessions/sessions.ts';

export interface AccessNeeds {
  readonly stateDirectory: string;
  readonly device: string;
  readonly projectPrefix?: string;
  /** Ed25519, OpenSSH's private key format: the device's `keys.ssh`. */
  readonly hostKey: string;
  readonly engine: Engine;
  /** Path of the engine's Unix socket. */
  readonly engineSocket: string;
  readonly clock: Clock;
  readonly log: Pick<Log, 'debug' | 'info' | 'warn'>;
  readonly runtime: () => Pick<Runtime, 'logEntries'>;
  readonly status: () => StatusFile | undefined;
  readonly note: (noted: Noted) => void;
  /** Opened when the first session is to be recorded. */
  readonly recordings: SessionsOptions['recordings'];
}

export class AccessWhenNeeded implements AccessServer {
  readonly #needs: AccessNeeds;
  readonly #left: LeftRunning;
  #desired: DesiredState | undefined;
  #access: DeviceAccess | undefined;
  #loading: Promise<AccessServer> | undefined;
  #server: AccessServer | undefined;
  #sessions: SessionKeeper | undefined;

  constructor(needs: AccessNeeds) {
    this.#needs = needs;
    const { engine, engineSocket, stateDirectory, note, log } = needs;
    this.#left = new LeftRunning({
      ...{ file: path.join(stateDirectory, 'left-running.json'), note, log },
      courseOf: async (...of) => {
        const { courseOf } = await import('./engine/hang-up-again.ts');
        return await courseOf({ engine, hijack: hijackOf(engineSocket) }, ...of);
      },
    });
  }

  /** Commands of people who were cut, that could not be ended: a sentence each. */
  get leftRunning(): readonly string[] {
    return this.#left.words();
  }

  /** What the device should be, for who asks what there is. */
  read(desired: DesiredState): void {
    this.#desired = desired;
  }

  use(access: DeviceAccess | undefined): void {
    this.#access = access;
    this.#server?.use(access);
    this.#sessions?.judgeAgain();
    this.#left.look().catch(() => undefined);
  }

  accept(stream: Duplex): void {
    stream.on('error', () => {});
    this.#loading ??= this.#load();
    this.#loading.then(
      server => {
        server.accept(stream);
      },
      (error: unknown) => {
        this.#loading = undefined;
        this.#needs.log.warn({ err: error }, 'the SSH server of the agent does not start');
        stream.destroy();
      },
    );
  }

  async close(reason: string): Promise<void> {
    await this.#server?.close(reason);
    await this.#left.close();
  }

  async #load(): Promise<AccessServer> {
    const { runtime, projectPrefix = '', ...needs } = this.#needs;
    const { makeAccessServer } = await import('./server/make-access-server.ts');
    const { Sessions } = await import('./sessions/sessions.ts');
    const desired = () => this.#desired;
    const nowMs = () => needs.clock.now();
    const keeper = new Sessions({ ...needs, nowMs, access: () => this.#access });
    const server = makeAccessServer({
      ...needs,
      projectPrefix,
      runtime: runtime(),
      desired,
      keeper,
      left: this.#left,
    });
    server.use(this.#access);
    this.#server = server;
    this.#sessions = keeper;
    return server;
  }
}
