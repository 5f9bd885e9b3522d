/** What a rollout would do before any of it is done: whom each stage reaches, what they fetch, and what stands in the way. */
import { agentName } from '../../core/agents/agent-version.ts';
import type { UpdateSettings } from '../../core/desired/state.ts';
import { type Fleet, layersOf } from '../../core/fleet/fleet.ts';
import { mergeDevice } from '../../core/fleet/merge.ts';
import { movedBy } from '../../core/fleet/rollout-files.ts';
import { parseSize } from '../../core/fleet/size.ts';
import { taken } from '../../core/images/platform.ts';
import { machineLacks } from '../../core/plan/requirements.ts';
import { membersOf } from '../../core/rollout/members.ts';
import { movable } from '../../core/rollout/rolled-out.ts';
import type { NamedRollout } from '../../core/rollout/stage.ts';
import { capabilityOf } from '../../core/telemetry/capability.ts';
import type { AgentsFile, ReleaseFile, StatusFile } from '../../schemas/types.generated.ts';

export interface PlannedStage {
  readonly name: string;
  readonly hold: string | undefined;
  readonly promote: 'bot' | 'people';
  /** Ids that take part, in the order of the fleet. */
  readonly devices: readonly string[];
}

/** A device that will not get it, or not as it is, and why. */
export interface Obstacle {
  readonly device: string;
  readonly why: string;
}

export interface PlannedRollout {
  readonly stages: readonly PlannedStage[];
  /** Devices that have the app, and that no stage reaches. */
  readonly untouched: readonly string[];
  readonly obstacles: readonly Obstacle[];
  /** Bytes that one device fetches where it has nothing of it, at the most; undefined: the release does not say. */
  readonly bytes: number | undefined;
  /**
   * Bytes that it must have free besides, where it has nothing of it: what is pulled lies there packed while it is unpacked. No
   * device says how much is free; undefined: the release does not say.
   */
  readonly room: number | undefined;
  /** How its services go down, where that is known. */
  readonly downtime: readonly string[];
}

export function plannedRollout(
  fleet: Fleet,
  rollout: NamedRollout,
  /** undefined: nobody was asked. */
  reported: ReadonlyMap<string, StatusFile> | undefined,
): PlannedRollout {
  const { to, stages } = rollout.file.value;
  const app = movedBy(rollout.file.value);
  const members = membersOf(fleet, rollout);
  const release = fleet.apps.get(app)?.releases.get(to)?.value;
  const agent = app === agentName ? fleet.agents.get(to)?.value : undefined;
  const devicesOf = (at: number) =>
    [...members].flatMap(([id, { stage, kind }]) => (stage === at + 1 && kind === 'takes' ? [id] : []));
  return {
    stages: stages.map(({ name, hold, promote = 'bot' }, at) => ({
      name,
      hold,
      promote,
      devices: devicesOf(at),
    })),
    untouched: havingApp(fleet, app).filter(id => !members.has(id)),
    obstacles: [...members].flatMap(([device, { kind }]) => {
      const status = reported === undefined ? undefined : (reported.get(device) ?? 'never seen');
      const why = obstacleOf(kind, agent ?? release, status);
      return why === undefined ? [] : [{ device, why }];
    }),
    bytes: agent === undefined ? release && largest(release, ({ download }) => download) : agentBytes(agent),
    room: release === undefined ? undefined : roomFor(release),
    downtime: app === agentName ? [] : downtimeOf(fleet, [...members.keys()], app),
  };
}

function havingApp(fleet: Fleet, app: string): string[] {
  return [...fleet.devices.keys()].filter(id => {
    const layers = layersOf(fleet, id);
    return layers !== undefined && movable(mergeDevice(layers)).some(found => found.app === app);
  });
}

function obstacleOf(
  kind: 'takes' | 'pinned' | 'torn',
  release: ReleaseFile | AgentsFile | undefined,
  status: StatusFile | 'never seen' | undefined,
): string | undefined {
  if (kind === 'pinned') return 'pinned: its own file gives it a release';
  if (kind === 'torn') return 'another rollout moves it too';
  if (release === undefined) return 'there is no such release';
  if (status === undefined || status === 'never seen') return status;
  if ('platforms' in release) return unbuiltFor(release, status);
  const has = capabilityOf(status);
  const [lack] = machineLacks(release.requires ?? {}, has);
  const { platform } = has;
  if (lack !== undefined || platform === undefined) return lack;
  const lacking = Object.entries(release.images).find(
    ([, image]) =>
      image.platforms !== undefined && taken(platform, Object.keys(image.platforms)) === undefined,
  );
  if (lacking === undefined) return undefined;
  const [service, { platforms = {} }] = lacking;
  return `the image of ${service} is for ${Object.keys(platforms).join(', ')}, not for ${platform}`;
}

/** A device that never said which platform it takes has an agent that does not update itself. */
function unbuiltFor({ platforms }: AgentsFile, { agent }: StatusFile): string | undefined {
  if (agent.platform === undefined) return `its agent, ${agent.version}, does not update itself`;
  return Object.hasOwn(platforms, agent.platform)
    ? undefined
    : `it is for ${Object.keys(platforms).join(', ')}, not for ${agent.platform}`;
}

const agentBytes = ({ platforms }: AgentsFile): number =>
  Math.max(
    ...Object.values(platforms).map(({ parts }) => parts.reduce((total, { bytes }) => total + bytes, 0)),
  );

type Sizes = NonNullable<ReleaseFile['images'][string]['platforms']>[string];

/** Services may share an image. */
function largest({ images }: ReleaseFile, sizeOf: (sizes: Sizes) => number): number | undefined {
  const each = new Map(Object.values(images).map(({ digest, platforms = {} }) => [digest, platforms]));
  const sizes = [...each.values()].map(platforms => Math.max(0, ...Object.values(platforms).map(sizeOf)));
  const sum = sizes.reduce((total, size) => total + size, 0);
  return sum === 0 ? undefined : sum;
}

function roomFor(release: ReleaseFile): number | undefined {
  const images = largest(release, ({ download, unpacked = 0 }) => download + unpacked) ?? 0;
  const bytes = images + parseSize(release.requires?.disk ?? '0B');
  return bytes === 0 ? undefined : bytes;
}

/** One line for each way in which devices have it. */
function downtimeOf(fleet: Fleet, devices: readonly string[], app: string): string[] {
  const wide = fleet.apps.get(app)?.file?.value.update?.strategy;
  const counts = new Map<UpdateSettings['strategy'], number>();
  for (const id of devices) {
    const layers = layersOf(fleet, id);
    const found = layers === undefined ? undefined : mergeDevice(layers).apps.find(one => one.app === app);
    const strategy = found?.update.strategy ?? wide ?? 'recreate';
    counts.set(strategy, (counts.get(strategy) ?? 0) + 1);
  }
  const words = {
    recreate: 'each service that changes is down while it is replaced, one after the other',
    'stop-first': 'all services that change are down until the last has started',
    handover: 'services that are handed over are not down, others as with recreate',
    rolling: 'one container of a service is down at a time',
  };
  return [...counts].map(
    ([strategy, count]) => `${count} ${count === 1 ? 'device' : 'devices'}: ${words[strategy]}`,
  );
}
