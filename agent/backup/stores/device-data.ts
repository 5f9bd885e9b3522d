/** What a device does for the data of its apps: in passes, and beside them. */
import { randomBytes } from 'node:crypto';
import type { Clock } from '../../../core/io/clock.ts';
import type { Log } from '../../../core/log.ts';
import type { Engine } from '../../runtime/engine/engine.ts';
import type { DataSteps } from '../../runtime/engine/run-context.ts';
import type { SecretAccess } from '../../secrets/opened-secrets.ts';
import type { DataRoom } from '../data-room.ts';
import { dataSteps } from '../data-steps.ts';
import { DeviceBackups } from '../device-backups.ts';
import { DeviceStores } from './device-stores.ts';

export interface DeviceDataOptions {
  readonly config: Omit<DataRoom, 'run' | 'retrieve'> & {
    readonly fleet: string;
    readonly device: string;
    readonly runtimeDirectory: string;
  };
  readonly engine: Engine;
  readonly secrets: SecretAccess;
  readonly clock: Clock;
  readonly log: Log;
}

export function deviceData({ config, engine, secrets, clock, log }: DeviceDataOptions): {
  readonly data: DataSteps;
  readonly stores: DeviceStores;
  readonly backups: DeviceBackups;
} {
  const { fleet, device, runtimeDirectory, helperImage, backupDirectory } = config;
  const room: DataRoom = {
    ...{ helperImage, backupDirectory, run: randomBytes(8).toString('hex') },
    retrieve: (project, backup, signal) => stores.retrieve(project, backup, signal),
  };
  const owner = { fleet, device };
  const stores = new DeviceStores({ engine, owner, room, runtimeDirectory, secrets, clock, log });
  return { data: dataSteps(room), stores, backups: new DeviceBackups(backupDirectory, log) };
}
