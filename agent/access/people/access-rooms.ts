/** What sessions at the agent's server are served with. */
import type { DesiredState } from '../../../core/desired/state.ts';
import type { Log } from '../../../core/log.ts';
import type { StatusFile } from '../../../schemas/types.generated.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { ExecEngine } from '../engine/container-exec.ts';
import type { LeftRunning } from '../engine/left-running.ts';
import type { SessionKeeper } from '../sessions/session-house.ts';
import type { ConnectionRecords } from './connection-records.ts';
import type { Person } from './person.ts';

/** What folders that are open hold, of all sessions together. */
export interface Listed {
  entries: number;
}

export interface AccessRooms {
  readonly device: string;
  readonly projectPrefix: string;
  readonly exec: ExecEngine;
  readonly runtime: Pick<Runtime, 'logEntries'>;
  readonly keeper: SessionKeeper;
  readonly records: ConnectionRecords;
  readonly left: LeftRunning;
  /** Container and user → whether there is a shell. Bounded. */
  readonly shells: Map<string, boolean>;
  readonly listed: Listed;
  readonly log: Pick<Log, 'debug' | 'warn'>;
  readonly now: () => number;
  /** As it was last read; undefined before the first pass. */
  readonly desired: () => DesiredState | undefined;
  /** As it was last said. */
  readonly status: () => StatusFile | undefined;
  /** Who is in. */
  readonly people: () => readonly Person[];
}
