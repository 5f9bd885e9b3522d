import type { Clock } from '../../core/io/clock.ts';
import type { ProgramLog } from '../../core/log.ts';
import type { Engine } from '../runtime/engine/engine.ts';
import type { SelfUpdate } from '../update/self-update.ts';
import type { AgentConfig } from './config.ts';

/** What an agent is wired from. */
export interface AgentOptions {
  readonly config: AgentConfig;
  readonly clock: Clock;
  readonly engine: Engine;
  readonly log: ProgramLog;
  /** 0 ≤ random < 1. */
  readonly random: () => number;
  readonly version: string;
  /** How it comes to another version of itself. Absent: by others. */
  readonly update?: SelfUpdate;
}
