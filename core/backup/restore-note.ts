/** A restore that was decided on a device, from then until the volumes have what the backup has. */

import { fieldsOf } from '../json.ts';

/** `request`: the device's file; `rollback`: an update is taken back, with its data; `person`: somebody at the device. */
export type RestoreCause = 'request' | 'rollback' | 'person';

/** One volume of it, by names on the engine. */
export interface RestoredVolume {
  readonly key: string;
  readonly name: string;
  /** What is to come, beside it. */
  readonly fresh: string;
  /** What was there, beside it. */
  readonly aside: string;
}

export interface RestoreTries {
  readonly count: number;
  /** Not before this time, milliseconds since the epoch. */
  readonly nextMs: number;
  readonly code: string;
  readonly message: string;
}

export interface RestoreNote {
  /** Id of the backup, or of what was put aside. */
  readonly backup: string;
  readonly cause: RestoreCause;
  /** The app may read data of another release. */
  readonly migrate: boolean;
  /** What the device's file asks for meanwhile: somebody at the device has decided otherwise, and it is not done after this. */
  readonly instead?: string;
  /** When it was decided, `20261130T041500.123Z`: what is put aside is called by it. */
  readonly stamp: string;
  /** `asked`: nothing of the app was touched. `unpacked`: from here it only goes forward. */
  readonly phase: 'asked' | 'unpacked';
  /** Volumes of the app may have data of two times: until all have what is to come nothing of it starts, whatever fails. */
  readonly exchanging?: true;
  /** Of the phase `unpacked`. */
  readonly volumes: readonly RestoredVolume[];
  /** It could not be done. */
  readonly tries?: RestoreTries;
}

/**
 * Whether the app stays down until it is done: an update that goes back with its data (the old version may not be able to
 * read what the new one left), and volumes of which some have been exchanged.
 */
export const mustComeFirst = ({ cause, exchanging }: RestoreNote): boolean =>
  cause === 'rollback' || exchanging === true;

export interface Restored {
  readonly backup: string;
  readonly cause: RestoreCause;
  /** `begun` until the app has been healthy with it: what was there is kept so long. */
  readonly state: 'begun' | 'done';
  /** Of its note. */
  readonly stamp: string;
}

const causes: readonly unknown[] = ['request', 'rollback', 'person'] satisfies RestoreCause[];
const isCause = (value: unknown): value is RestoreCause => causes.includes(value);
const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

function parseVolume(value: unknown): RestoredVolume[] {
  const { key, name, fresh, aside } = fieldsOf(value);
  return isText(key) && isText(name) && isText(fresh) && isText(aside) ? [{ key, name, fresh, aside }] : [];
}

function parseTries(value: unknown): { tries?: RestoreTries } {
  const { count, nextMs, code, message } = fieldsOf(value);
  if (typeof count !== 'number' || typeof nextMs !== 'number' || !isText(code)) return {};
  return { tries: { count, nextMs, code, message: isText(message) ? message : code } };
}

/** As it lies on the disk; undefined where it is not what was written. */
export function parseRestoreNote(value: unknown): RestoreNote | undefined {
  const { backup, cause, migrate, instead, stamp, phase, exchanging, volumes, tries } = fieldsOf(value);
  if (!isText(backup) || !isCause(cause) || !isText(stamp) || typeof migrate !== 'boolean') return undefined;
  if ((phase !== 'asked' && phase !== 'unpacked') || !Array.isArray(volumes)) return undefined;
  const all = volumes.flatMap(parseVolume);
  if (all.length !== volumes.length || (phase === 'unpacked' && all.length === 0)) return undefined;
  return {
    ...{ backup, cause, migrate, stamp, phase, volumes: all },
    ...(isText(instead) ? { instead } : {}),
    ...(exchanging === true ? { exchanging: true } : {}),
    ...parseTries(tries),
  };
}

/** @param atMs milliseconds since the epoch @returns `20261130T041500.123Z` */
export function restoreStamp(atMs: number): string {
  return new Date(atMs).toISOString().replace(/[-:]/g, '');
}

/** Names on the engine of what lies beside a volume meanwhile. */
export function besideNames(
  volume: string,
  stamp: string,
): { readonly fresh: string; readonly aside: string } {
  return { fresh: `${volume}.towline-fresh`, aside: `${volume}.towline-aside-${stamp}` };
}

/** What a restore has put aside, as a person at the device names it. @param stamp of its note */
export function asideId(stamp: string): string {
  return `aside-${stamp}`;
}

/** @returns the stamp; undefined where it is the name of something else */
export function asideStampOf(id: string): string | undefined {
  return /^aside-(\d{8}T\d{6}\.\d{3}Z)$/.exec(id)?.[1];
}
