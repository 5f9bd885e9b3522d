/** What the engine has, as the passes see it: kept true by its events while the agent runs, looked up anew without them. */

import type { DesiredState } from '../../../core/desired/state.ts';
import type { Clock } from '../../../core/io/clock.ts';
import type { ProgramLog } from '../../../core/log.ts';
import type { ObservedState } from '../../../core/plan/observed.ts';
import type { AgentConfig } from '../../program/config.ts';
import type { TunnelController } from '../../tunnel/controller.ts';
import { createDiskView } from './disk-view.ts';
import type { Engine } from './engine.ts';
import { engineVersion } from './engine-answers.ts';
import { watchEngine } from './engine-events.ts';
import { Inspections } from './inspections.ts';
import { observe } from './observe.ts';

export interface EngineViewOptions {
  readonly engine: Engine;
  readonly config: AgentConfig;
  readonly tunnel: TunnelController;
  readonly clock: Clock;
  readonly log: Pick<ProgramLog, 'warn'>;
}

export class EngineView {
  readonly #options: EngineViewOptions;
  readonly #inspections = new Inspections();
  #version: string | undefined;
  #last: ObservedState | undefined;

  constructor(options: EngineViewOptions) {
    this.#options = options;
  }

  /** The containers of the newest snapshot. */
  get containers(): ObservedState['containers'] {
    return this.#last?.containers ?? [];
  }

  /** @throws TowlineError ENGINE_UNREACHABLE, ENGINE_REFUSED */
  async observe(desired: DesiredState, signal: AbortSignal): Promise<ObservedState> {
    const { engine, config, tunnel, log } = this.#options;
    const onRefused = (project: string, message: string) =>
      log.warn({ project, message }, 'a lock cannot be looked for, and holds nothing');
    this.#version ??= (
      await engine.call({ method: 'GET', path: '/version', answer: engineVersion }, signal)
    ).Version;
    this.#last = await observe({
      engine,
      device: config.device,
      projectNames: desired.projects.map(({ name }) => name),
      disk: createDiskView(engine, config, desired.projects, signal, onRefused),
      inspections: this.#inspections,
      tunnel: tunnel.observe(),
      engineVersion: this.#version,
      signal,
    });
    return this.#last;
  }

  /**
   * Follows the engine's events until it is aborted, also across restarts of the engine. Never throws.
   * @param onChange something may not be as it should: look again
   */
  async watch(onChange: () => void, signal: AbortSignal): Promise<void> {
    const { engine, config, clock } = this.#options;
    const stream: Engine['stream'] = (request, again) => {
      // It may be another version that comes back.
      this.#version = undefined;
      return engine.stream(request, again);
    };
    await watchEngine({
      engine: { call: engine.call, stream },
      device: config.device,
      inspections: this.#inspections,
      clock,
      onChange,
      signal,
    });
  }
}
