/** What an agent is wired from. */

import type { Clock } from '../core/io/clock.ts';
import type { ProgramLog } from '../core/log.ts';
import type { AgentConfig } from './program/config.ts';
import type { Engine } from './runtime/engine/engine.ts';

export interface AgentOptions {
  readonly config: AgentConfig;
  readonly clock: Clock;
  readonly engine: Engine;
  readonly log: ProgramLog;
  /** 0 ≤ random < 1. */
  readonly random: () => number;
  readonly version: string;
}
