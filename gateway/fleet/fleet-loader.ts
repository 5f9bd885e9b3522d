/** Makes the view of a trusted commit out of the fleet repository. */
import { setImmediate as turn } from 'node:timers/promises';
import type { HolderKeys } from '../../core/access/holder-keys.ts';
import { mergedAccess } from '../../core/access/merged-access.ts';
import { type Holder, type KeyHolders, keyOwners } from '../../core/access/owned-keys.ts';
import { noAccess } from '../../core/access/settings.ts';
import type { SeenTunnel } from '../../core/access/tunnel-end.ts';
import type { Problem } from '../../core/errors.ts';
import { type Fleet, layersOf } from '../../core/fleet/fleet.ts';
import { type LoadOptions, loadFleet } from '../../core/fleet/load.ts';
import { mergeDevice } from '../../core/fleet/merge.ts';
import { selectable } from '../../core/fleet/selector.ts';
import type { DesiredTunnel } from '../../core/fleet/tunnel.ts';
import { desiredTunnel } from '../../core/fleet/tunnel.ts';
import { UnhurriedFiles } from '../../core/io/git/unhurried-files.ts';
import { assignedImages } from '../../core/rollout/assigned-images.ts';
import { ObjectReader } from '../../core/trust/git/object-reader.ts';
import type { ObjectId, ObjectSource } from '../../core/trust/git/object-source.ts';
import { type Contest, firstHolder } from '../../core/trust/holders/first-holder.ts';
import { firstWalk } from '../../core/trust/policy/walk-version.ts';
import type { AcceptedStep } from '../../core/trust/walk.ts';
import { FleetView, type ViewDevice, type ViewOperator } from './fleet-view.ts';
import type { TunnelStarts } from './tunnel-starts.ts';

export class FleetLoader {
  readonly #source: ObjectSource;
  readonly #starts: TunnelStarts;
  /** Files as they were read, by path and blob. */
  readonly files: NonNullable<LoadOptions['cache']> = new Map();
  readonly #keys = new WeakMap<object, HolderKeys>();

  constructor(source: ObjectSource, starts: TunnelStarts) {
    this.#source = source;
    this.#starts = starts;
  }

  /**
   * A file with an error of its own does not lock its device or person out, who may be the one to mend it: what the
   * view before had of it stays. fleet.yaml itself must be readable.
   * @param steps what the walk took since that view
   * @returns no view where it is not.
   */
  async load(
    commit: ObjectId,
    before: FleetView,
    steps: readonly AcceptedStep[] = [],
  ): Promise<{ view?: FleetView; problems: Problem[] }> {
    const files = new UnhurriedFiles(new ObjectReader(this.#source));
    const firstOf = (paths: readonly string[]) => this.#firstHolder(commit, { paths });
    const { fleet, problems } = await loadFleet(files, commit, { cache: this.files, firstOf });
    await turn();
    if (fleet === undefined) return { problems };
    const devices = [...fleet.devices].map(([id, file]) => new LoadedDevice(fleet, id, file.value));
    const operators = [...fleet.operators].map(([name, file]) => ({ name, file: file.value }));
    const broken = new Set(problems.map(problem => problem.position.file));
    const tunnels = await this.#tunnels(fleet);
    await turn();
    const holders = {
      devices: [...devices, ...keptDevices(before, fleet, broken)],
      operators: [...operators, ...keptOperators(before, fleet, broken)],
      keys: this.#keys,
    };
    const view = new FleetView({
      commit,
      fleet: fleet.file.value,
      ...holders,
      owners: await this.#owners(fleet, holders),
      desiredTunnel: device => tunnels.get(device.id),
      accessOf: ({ id }) => {
        const layers = layersOf(fleet, id);
        return layers === undefined ? noAccess : mergedAccess(layers);
      },
      imagesOf: ({ id }) => assignedImages(fleet, id),
      appsOf: ({ id }) => {
        const layers = layersOf(fleet, id);
        return layers === undefined ? [] : mergeDevice(layers).apps.map(({ app }) => app);
      },
      whole: fleet,
      steps,
    });
    return { view, problems };
  }

  #owners(fleet: Fleet, holders: KeyHolders): Promise<Map<string, Holder>> {
    return keyOwners({
      holders,
      pathOf: holder => pathOf(fleet, holder),
      firstOf: contest => this.#firstHolder(fleet.commit, contest),
      isGuarded: (fleet.policy?.value.walk ?? firstWalk) >= 2,
    });
  }

  #firstHolder(commit: ObjectId, contest: Contest): Promise<string | undefined> {
    return firstHolder(new ObjectReader(this.#source), commit, contest);
  }

  /** The open ones, each with when it was first seen open. */
  async #tunnels(fleet: Fleet): Promise<Map<string, SeenTunnel>> {
    const open = new Map<string, DesiredTunnel>();
    for (const id of fleet.devices.keys()) {
      const layers = layersOf(fleet, id);
      const tunnel = layers === undefined ? undefined : desiredTunnel(layers);
      if (tunnel?.state === 'open') open.set(id, tunnel);
    }
    const starts = await this.#starts.use(open);
    return new Map(
      [...open].map(([id, tunnel]) => {
        const openedMs = starts.get(id)?.firstOpenMs;
        return [id, openedMs === undefined ? tunnel : { ...tunnel, openedMs }];
      }),
    );
  }
}

/** Its labels are merged only when somebody asks for them: of ten thousand devices few are. */
class LoadedDevice implements ViewDevice {
  readonly id: string;
  readonly file: ViewDevice['file'];
  readonly groups: readonly string[];
  readonly #fleet: Fleet;

  constructor(fleet: Fleet, id: string, file: ViewDevice['file']) {
    this.#fleet = fleet;
    this.id = id;
    this.file = file;
    this.groups = file.groups ?? [];
  }

  get labels(): Readonly<Record<string, string>> {
    const layers = layersOf(this.#fleet, this.id);
    return layers === undefined ? {} : Object.fromEntries(selectable(layers).labels);
  }
}

function pathOf(fleet: Fleet, holder: Holder): string | undefined {
  return 'id' in holder ? fleet.devices.get(holder.id)?.path : fleet.operators.get(holder.name)?.path;
}

function keptDevices(before: FleetView, fleet: Fleet, broken: ReadonlySet<string>): ViewDevice[] {
  const names = new Set([...broken].map(path => /^devices\/(?:.*\/)?([^/]+)\.yaml$/.exec(path)?.[1]));
  return [...before.devices.values()].filter(({ id }) => names.has(id) && !fleet.devices.has(id));
}

function keptOperators(before: FleetView, fleet: Fleet, broken: ReadonlySet<string>): ViewOperator[] {
  return [...before.operators.values()].filter(
    ({ name }) => broken.has(`operators/${name}.yaml`) && !fleet.operators.has(name),
  );
}
