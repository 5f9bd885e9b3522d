/** What must lie in the state directory before a gateway begins: both repositories, its keys, and no other gateway. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../core/errors/cause.ts';
import { TowlineError } from '../core/errors.ts';
import { type DeviceKeys, readDeviceKeys } from '../core/io/device-keys.ts';
import { lockFolder } from '../core/io/file/state-lock.ts';
import type { GatewaySettings } from './settings.ts';

type StateSettings = Pick<GatewaySettings, 'stateDirectory' | 'fleetGit' | 'telemetryGit'>;

/**
 * @returns the lock: until it is disposed of, no other gateway begins.
 * @throws TowlineError GATEWAY_STATE_UNUSABLE, GATEWAY_STATE_IN_USE
 */
export async function claimState({ stateDirectory, fleetGit, telemetryGit }: StateSettings) {
  for (const folder of [fleetGit, telemetryGit]) {
    await readFile(join(folder, 'HEAD')).catch((cause: unknown) => {
      throw new TowlineError('GATEWAY_STATE_UNUSABLE', `${folder} is no git repository`, { cause });
    });
  }
  return await lockFolder(stateDirectory, {
    who: 'gateway',
    inUse: 'GATEWAY_STATE_IN_USE',
    unusable: 'GATEWAY_STATE_UNUSABLE',
  });
}

/** @throws TowlineError GATEWAY_STATE_UNUSABLE */
export async function readKeys({
  stateDirectory,
}: Pick<StateSettings, 'stateDirectory'>): Promise<DeviceKeys> {
  const folder = join(stateDirectory, 'keys');
  return await readDeviceKeys(folder).catch((cause: unknown) => {
    const message = messageOf(cause);
    throw new TowlineError('GATEWAY_STATE_UNUSABLE', `the gateway's keys: ${message}`, { cause });
  });
}
