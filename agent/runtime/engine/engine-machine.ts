/** What an engine is and runs on: asked once, until it may be another one. */
import { enginePlatform, platformPattern } from '../../../core/images/platform.ts';
import type { Capability } from '../../../core/plan/observed.ts';
import { version } from '../../../core/version.ts';
import { members, number, optional, type Shape, text } from './answer-shape.ts';
import type { Engine } from './engine.ts';

export const engineVersion = members({ Version: text });
interface EngineInfo {
  readonly DockerRootDir?: string | undefined;
  readonly OSType?: string | undefined;
  readonly Architecture?: string | undefined;
  readonly MemTotal?: number | undefined;
}
export const engineInfo: Shape<EngineInfo> = members<EngineInfo>({
  DockerRootDir: optional(text),
  OSType: optional(text),
  Architecture: optional(text),
  MemTotal: optional(number),
});

/** An engine that has not said its version by then says nothing, milliseconds. */
const silentMs = 10_000;

export class EngineMachine {
  readonly #engine: Engine;
  readonly #freeSpace: (folder: string) => Promise<number | undefined>;
  #version: string | undefined;
  #info: EngineInfo | undefined;

  constructor(engine: Engine, freeSpace: (folder: string) => Promise<number | undefined>) {
    this.#engine = engine;
    this.#freeSpace = freeSpace;
  }

  /** '' until it was asked. */
  get version(): string {
    return this.#version ?? '';
  }

  forget(): void {
    this.#version = undefined;
    this.#info = undefined;
  }

  /** @throws TowlineError ENGINE_UNREACHABLE, ENGINE_REFUSED, ENGINE_ANSWER */
  async learnVersion(signal: AbortSignal): Promise<void> {
    if (this.#version !== undefined) return;
    const request = { method: 'GET', path: '/version', answer: engineVersion, timeoutMs: silentMs } as const;
    this.#version = (await this.#engine.call(request, signal)).Version;
  }

  /** What is free on the disk is looked up each time. @throws as `learnVersion` */
  async capability(signal: AbortSignal): Promise<Capability> {
    const request = { method: 'GET', path: '/info', answer: engineInfo } as const;
    this.#info ??= await this.#engine.call(request, signal);
    const { OSType, Architecture, MemTotal, DockerRootDir } = this.#info;
    const platform = enginePlatform(OSType ?? 'linux', Architecture ?? '');
    return {
      agent: version,
      platform: platformPattern.test(platform) ? platform : undefined,
      memory: MemTotal,
      diskFree: DockerRootDir === undefined ? undefined : await this.#freeSpace(DockerRootDir),
    };
  }
}
