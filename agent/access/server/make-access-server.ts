/** The agent's SSH server with all that it serves, wired. */
import type { DesiredState } from '../../../core/desired/state.ts';
import type { Clock } from '../../../core/io/clock.ts';
import type { Log } from '../../../core/log.ts';
import type { StatusFile } from '../../../schemas/types.generated.ts';
import type { Engine } from '../../runtime/engine/engine.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { Noted } from '../../telemetry/events/engine-words.ts';
import { hijackOf } from '../engine/engine-socket.ts';
import type { LeftRunning } from '../engine/left-running.ts';
import { ConnectionRecords } from '../people/connection-records.ts';
import type { SessionKeeper } from '../sessions/session-house.ts';
import { AgentSshServer } from './agent-ssh-server.ts';
import type { DoorLimits } from './door.ts';
import { sessionsIn } from './serve-session.ts';

export interface AccessServerNeeds {
  readonly device: string;
  readonly projectPrefix: string;
  /** Ed25519, OpenSSH's private key format: the device's `keys.ssh`. */
  readonly hostKey: string;
  readonly engine: Engine;
  /** Path of the engine's Unix socket. */
  readonly engineSocket: string;
  readonly runtime: Pick<Runtime, 'logEntries'>;
  readonly keeper: SessionKeeper;
  readonly left: LeftRunning;
  readonly clock: Clock;
  readonly log: Pick<Log, 'debug' | 'info' | 'warn'>;
  readonly note: (noted: Noted) => void;
  readonly desired: () => DesiredState | undefined;
  readonly status: () => StatusFile | undefined;
  readonly limits?: Partial<DoorLimits>;
}

export function makeAccessServer(needs: AccessServerNeeds): AgentSshServer {
  const { clock, log, note, engine, engineSocket } = needs;
  const now = () => clock.now();
  const records = new ConnectionRecords({ note, log, now });
  const exec = { engine, hijack: hijackOf(engineSocket) };
  return new AgentSshServer({
    ...needs,
    records,
    guests: needs.keeper,
    serve: server =>
      sessionsIn({
        ...needs,
        ...{ exec, records, now, shells: new Map(), listed: { entries: 0 } },
        people: () => server.people,
      }),
  });
}
