/** What has failed is tried again when its pause is over, however seldom the device asks its gateway. */
import type { RestoreNote } from '../../core/backup/restore-note.ts';
import { Alarm } from '../../core/io/alarm.ts';
import type { Clock } from '../../core/io/clock.ts';
import type { ProjectRecord } from '../../core/plan/memory.ts';
import { mayTry } from '../../core/plan/next-try.ts';
import type { PassFacts } from '../pass/pass-facts.ts';
import type { ProjectStore } from '../projects/project-store.ts';

export interface RetriesOptions {
  readonly store: Pick<ProjectStore, 'record' | 'restores'>;
  /** By which pauses are noted. */
  readonly time: Pick<Clock, 'now' | 'sleep'>;
}

/** When the pause of each that waits is over, milliseconds since the epoch. */
function pausesOf(record: ProjectRecord, note: RestoreNote | 'damaged' | undefined, nowMs: number): number[] {
  const { attempts, mending, loop, backupTries } = record;
  const tries = note === 'damaged' ? undefined : note?.tries;
  const waiting = [attempts, mending, loop, backupTries, tries].map(one => one?.nextMs ?? 0);
  return waiting.filter(nextMs => !mayTry({ nextMs }, nowMs));
}

export class Retries {
  readonly #options: RetriesOptions;
  readonly #alarm: Alarm;

  constructor(options: RetriesOptions) {
    this.#options = options;
    this.#alarm = new Alarm(options.time);
  }

  /** After a pass: what it has noted. One that did not get to the apps has noted nothing. */
  async see({ applied }: Pick<PassFacts, 'applied'>): Promise<void> {
    if (applied === undefined) return;
    const { store, time } = this.#options;
    const all: number[] = [];
    for (const { project } of applied.projects)
      all.push(...pausesOf(await store.record(project), await store.restores.of(project), time.now()));
    this.#alarm.set(all.length === 0 ? undefined : Math.min(...all));
  }

  /** Rings when something may be tried again, until it is aborted. */
  watch(ring: () => void, signal: AbortSignal): Promise<void> {
    return this.#alarm.watch(ring, signal);
  }
}
