/** One project planned by itself, in the middle of a pass. */
import type { DesiredProject, DesiredState } from '../../core/desired/state.ts';
import { refusedNow } from '../../core/plan/earlier-state.ts';
import type { ProjectMemory } from '../../core/plan/memory.ts';
import type { ObservedState } from '../../core/plan/observed.ts';
import { type Plan, planDevice } from '../../core/plan/plan.ts';

/** Brings it to that very state: no hold, window, lock or pause between tries keeps it half-way. */
export function planAlone(
  state: DesiredProject,
  desired: DesiredState,
  observed: ObservedState,
  { holdUntilMs: _hold, ...memory }: ProjectMemory,
): Plan {
  const refused = refusedNow(state, desired);
  if (refused !== undefined) return { steps: [], skipped: [refused], notices: [], targets: new Map() };
  const {
    attempts: _attempts,
    mending: _mending,
    loop: _loop,
    setAside: _aside,
    ...record
  } = memory.projects.get(state.name) ?? {};
  // Nothing is due by the clock in the middle of a pass.
  const { setAsideBefore: _before, scheduled: _due, ...kept } = record;
  return planDevice({
    desired: {
      ...desired,
      projects: [state.paused ? { ...state, paused: false } : state],
      settings: { ...desired.settings, paused: false, windows: [] },
    },
    observed: { ...observed, locked: new Set() },
    memory: { ...memory, projects: new Map([[state.name, kept]]) },
  });
}

/** A snapshot in which the other projects' containers are somebody else's. */
export function onlyProject(observed: ObservedState, project: string): ObservedState {
  const others = observed.containers.filter(container => container.project !== project);
  return {
    ...observed,
    containers: observed.containers.filter(container => container.project === project),
    foreign: [
      ...observed.foreign,
      ...others.map(({ id, name, ports, networks, mounts }) => ({
        id,
        name,
        ports,
        networks,
        volumes: mounts?.volumes ?? [],
      })),
    ],
    networks: observed.networks.map(network =>
      network.owner === undefined || network.owner.project === project
        ? network
        : { ...network, owner: undefined },
    ),
  };
}
