/** The end of a rollout: what it has brought is what fleet and groups assign, and its file goes. */
import type { FleetFile, GroupFile } from '../../schemas/types.generated.ts';
import { agentName } from '../agents/agent-version.ts';
import { type Fleet, layersOf } from '../fleet/fleet.ts';
import { movedBy } from '../fleet/rollout-files.ts';
import { supersededBy } from './participants.ts';
import { movable, rolledOut } from './rolled-out.ts';
import type { NamedRollout } from './stage.ts';
import { afterPins, byClock, byCommit, type When } from './when.ts';

export interface FinishPlan {
  /** Files whose `apps.<app>.release`, or `agent.version`, becomes `to`: fleet.yaml and groups. */
  readonly assigned: readonly string[];
  /** Its own file, and those of rollouts that it supersedes. */
  readonly removed: readonly string[];
}

export function finishPlan(fleet: Fleet, { name, file }: NamedRollout): FinishPlan {
  const { to } = file.value;
  const app = movedBy(file.value);
  const rollouts = fleet.rollouts.get(app) ?? new Map();
  const line = [file, ...[...supersededBy(rollouts, name)].flatMap(before => rollouts.get(before) ?? [])];
  const from = new Set(line.flatMap(({ value }) => [...value.from, value.to]));
  from.delete(to);
  const givers = [fleet.file, ...fleet.groups.values()];
  return {
    assigned: givers.flatMap(({ path, value }) => (from.has(assignedBy(value, app) ?? '') ? [path] : [])),
    removed: line.map(({ path }) => path),
  };
}

const assignedBy = ({ apps, agent }: FleetFile | GroupFile, app: string): string | undefined =>
  app === agentName ? agent?.version : apps?.[app]?.release;

export interface MovedApp {
  readonly device: string;
  readonly app: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** Devices whose release of an app, or agent, is another, as the commits have it. */
export function movedApps(before: Fleet, after: Fleet, when: When = byCommit): MovedApp[] {
  return [...before.devices.keys()].flatMap(device => {
    const [old, now] = [releasesOf(before, device, when), releasesOf(after, device, when)];
    return [...new Set([...old.keys(), ...now.keys()])].flatMap(app =>
      old.get(app) === now.get(app) ? [] : [{ device, app, before: old.get(app), after: now.get(app) }],
    );
  });
}

/** Also those that wait for a moment yet: of their stage, or of the end of a pin. */
export function movedAtAnyTime(before: Fleet, after: Fleet, nowMs: number): MovedApp[] {
  const found = new Map<string, MovedApp>();
  for (const when of [byCommit, byClock(nowMs), afterPins])
    for (const moved of movedApps(before, after, when)) found.set(`${moved.device} ${moved.app}`, moved);
  return [...found.values()];
}

function releasesOf(fleet: Fleet, device: string, when: When): Map<string, string | undefined> {
  const layers = layersOf(fleet, device);
  const apps = layers === undefined ? [] : movable(rolledOut(layers, when));
  return new Map(apps.map(({ app, release }) => [app, release]));
}
