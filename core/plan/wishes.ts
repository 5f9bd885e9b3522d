/** The desired state as this very pass takes it: what a person at the device asked for, what a clock that is wrong forbids. */
import type { RestoreNote } from '../backup/restore-note.ts';
import type { DesiredState } from '../desired/state.ts';
import type { ProjectMemory } from './memory.ts';

export interface Circumstances {
  /** `towline agent now`: no waiting for a window, for the next try, or for others of the fleet. */
  readonly urgent: boolean;
  /** The clock is not synchronised: no tunnel is opened. One that is open stays, by the monotonic clock. */
  readonly noNewTunnel: boolean;
}

export function desiredNow(desired: DesiredState, { urgent, noNewTunnel }: Circumstances): DesiredState {
  const settings = urgent ? { ...desired.settings, windows: [], downloadJitterMs: 0 } : desired.settings;
  const tunnel = noNewTunnel ? { ...desired.tunnel, state: 'closed' as const } : desired.tunnel;
  return { ...desired, settings, tunnel };
}

function withoutTries(note: RestoreNote | 'damaged'): RestoreNote | 'damaged' {
  if (note === 'damaged') return note;
  const { tries: _tries, ...rest } = note;
  return rest;
}

export function memoryNow(memory: ProjectMemory, { urgent }: Pick<Circumstances, 'urgent'>): ProjectMemory {
  if (!urgent) return memory;
  const projects = new Map(
    [...memory.projects].map(([name, { attempts: _tries, mending: _mending, loop: _loop, ...record }]) => {
      const { backupTries: _backupTries, ...rest } = record;
      return [name, rest];
    }),
  );
  if (memory.restores === undefined) return { ...memory, projects };
  const restores = new Map([...memory.restores].map(([name, note]) => [name, withoutTries(note)] as const));
  return { ...memory, projects, restores };
}
