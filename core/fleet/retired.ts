/** A device that leaves the fleet: what becomes of its apps. */
import type { DeviceFile } from '../../schemas/types.generated.ts';
import type { Problem } from '../errors.ts';
import type { CheckedFile } from './schema-check.ts';

export type RetiredApps = 'stop' | 'remove' | 'remove-with-volumes';

/** @returns undefined: it stays */
export function retiredApps({ retired }: Pick<DeviceFile, 'retired'>): RetiredApps | undefined {
  if (retired === undefined) return undefined;
  return typeof retired.apps === 'string' ? retired.apps : 'remove-with-volumes';
}

/** What is gone for good is asked for by the device's own name: a file that was copied takes nobody's data. */
export function retiredProblems(device: CheckedFile<'device'>, id: string): Problem[] {
  const apps = device.value.retired?.apps;
  if (typeof apps !== 'object' || apps['remove-with-volumes'] === id) return [];
  const message = `remove-with-volumes names "${apps['remove-with-volumes']}", and this is the file of "${id}"`;
  const position = device.locate('/retired/apps/remove-with-volumes');
  return [{ code: 'FLEET_RETIRED_OTHER', message, position }];
}
