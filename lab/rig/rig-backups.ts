/** Backups of a device of a rig. */
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { DataRoom } from '../../agent/backup/data-room.ts';
import { DeviceBackups } from '../../agent/backup/device-backups.ts';
import { ProjectStore } from '../../agent/projects/project-store.ts';
import { helperImage } from '../machine/helper-image.ts';

/** Its helper image is made when it is first asked for. */
export function rigRoom(stateDirectory: string): DataRoom {
  return {
    run: randomBytes(4).toString('hex'),
    backupDirectory: path.join(stateDirectory, 'backups'),
    get helperImage() {
      return helperImage();
    },
  };
}

export function rigStore(stateDirectory: string): ProjectStore {
  const backups = new DeviceBackups(rigRoom(stateDirectory).backupDirectory, { warn() {} });
  return new ProjectStore({ stateDirectory, backups });
}
