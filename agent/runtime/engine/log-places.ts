/** Where the engine keeps logs: what it says of a container and of itself. */
import path from 'node:path';
import { parseBytes } from '../../../core/compose/value/bytes.ts';
import type { LogPlace } from '../runtime.ts';
import { dictionary, members, optional, type Shape, text, truth } from './answer-shape.ts';
import type { Engine } from './engine.ts';

interface LoggingContainer {
  readonly Id: string;
  readonly LogPath?: string | undefined;
  readonly State?:
    | { readonly StartedAt?: string | undefined; readonly Running?: boolean | undefined }
    | undefined;
  readonly HostConfig: {
    readonly LogConfig?:
      | { readonly Type?: string | undefined; readonly Config?: Readonly<Record<string, string>> | undefined }
      | undefined;
  };
}

const loggingContainer: Shape<LoggingContainer> = members<LoggingContainer>({
  Id: text,
  LogPath: optional(text),
  State: optional(members({ StartedAt: optional(text), Running: optional(truth) })),
  HostConfig: members({
    LogConfig: optional(members({ Type: optional(text), Config: optional(dictionary(text)) })),
  }),
});
const engineRoot = members<{ readonly DockerRootDir?: string | undefined }>({
  DockerRootDir: optional(text),
});

/** Of the driver `local`, "Usage" of its page. */
const localDefaults = { 'max-size': '20m', 'max-file': '5' };

export class LogPlaces {
  readonly #engine: Engine;
  #root: Promise<string | undefined> | undefined;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** @throws TowlineError ENGINE_… */
  async of(container: string, signal: AbortSignal): Promise<LogPlace> {
    const request = {
      method: 'GET',
      path: `/containers/${container}/json`,
      answer: loggingContainer,
    } as const;
    const { Id, LogPath, HostConfig, State } = await this.#engine.call(request, signal);
    const { Type: driver = '', Config = {} } = HostConfig.LogConfig ?? {};
    const config: Readonly<Record<string, string>> =
      driver === 'local' ? { ...localDefaults, ...Config } : Config;
    const maxFileBytes = parseBytes(config['max-size'] ?? '');
    const maxFiles = Number(config['max-file'] ?? 1) || 1;
    const file = driver === 'local' ? await this.#local(Id, signal) : LogPath;
    const known = file === undefined || file === '' ? undefined : file;
    const startedMs = Date.parse(State?.StartedAt ?? '') || 0;
    return {
      driver,
      file: known,
      maxFileBytes: maxFileBytes === 0 ? undefined : maxFileBytes,
      maxFiles,
      startedMs,
      // The engine says so when it has closed the log.
      hasEnded: State?.Running === false,
    };
  }

  /** The engine names no file of this driver: it is where the driver puts it. */
  async #local(container: string, signal: AbortSignal): Promise<string | undefined> {
    const request = { method: 'GET', path: '/info', answer: engineRoot } as const;
    this.#root ??= this.#engine.call(request, signal).then(({ DockerRootDir }) => DockerRootDir);
    const root = await this.#root.catch((error: unknown) => {
      this.#root = undefined;
      throw error;
    });
    return root === undefined
      ? undefined
      : path.join(root, 'containers', container, 'local-logs/container.log');
  }
}
