/** What an agent is wired from. */
import type { BaseLogger } from 'pino';
import type { Clock } from '../core/io/clock.ts';
import type { AgentConfig } from './program/config.ts';
import type { Engine } from './runtime/engine/engine.ts';

export type AgentLog = Pick<BaseLogger, 'debug' | 'info' | 'warn' | 'error'> & {
  child(fields: object): AgentLog;
};

export interface AgentOptions {
  readonly config: AgentConfig;
  readonly clock: Clock;
  readonly engine: Engine;
  readonly log: AgentLog;
  /** 0 ≤ random < 1. */
  readonly random: () => number;
  readonly version: string;
}
