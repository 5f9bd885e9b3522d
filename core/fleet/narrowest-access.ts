import type { Access } from '../../schemas/types.generated.ts';
import type { DeviceLayers } from './fleet.ts';
import type { CheckedFile } from './schema-check.ts';

/** A file that may have `access`. */
export type AccessFile = CheckedFile<'fleet' | 'group' | 'device'>;

export interface GivenAccess<Key extends keyof Access> {
  readonly file: AccessFile;
  readonly value: NonNullable<Access[Key]>;
}

/** Of one key of a device's `access`: the narrowest file that gives it, and what it gives. */
export function narrowestAccess<Key extends keyof Access>(
  { fleet, groups, device }: DeviceLayers,
  key: Key,
): GivenAccess<Key> | undefined {
  for (const file of [device, ...[...groups].reverse(), fleet]) {
    const value = file.value.access?.[key];
    if (value !== undefined) return { file, value };
  }
  return undefined;
}
