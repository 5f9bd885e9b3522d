/** The devices that a release is for: those that have its app, and those of files that it is assigned in. */
import { TowlineError } from '../../core/errors.ts';
import { layersOf } from '../../core/fleet/fleet.ts';
import { loadFleet } from '../../core/fleet/load.ts';
import { mergeDevice } from '../../core/fleet/merge.ts';
import { normalPlatform, taken } from '../../core/images/platform.ts';
import type { ReleaseRequest } from '../../core/release/neutral-model.ts';
import type { ReleaseFile } from '../../schemas/types.generated.ts';
import { lastSaid } from '../status/last-said.ts';

export interface Reach {
  /** Device → its platform, where it has said it. */
  readonly platforms: ReadonlyMap<string, string | undefined>;
  /** Why nobody could be asked. */
  readonly trouble: string | undefined;
}

interface Question extends Pick<ReleaseRequest, 'files' | 'commit' | 'app'> {
  readonly repo: string;
  readonly telemetry: string | undefined;
  /** Files that get the release, from the root of the repository. */
  readonly assign: readonly string[];
}

/** @throws TowlineError what telemetry that was named throws; one that a clone merely remembers is trouble */
export async function reachedDevices(question: Question, signal: AbortSignal): Promise<Reach> {
  const { repo, files, commit, app, assign } = question;
  const { fleet } = await loadFleet(files, commit);
  if (fleet === undefined) return { platforms: new Map(), trouble: undefined };
  const reached = [...fleet.devices.keys()].filter(id => {
    const layers = layersOf(fleet, id);
    if (layers === undefined || layers.device.value.retired !== undefined) return false;
    const paths = [layers.fleet, ...layers.groups, layers.device].map(({ path }) => path);
    return mergeDevice(layers).apps.some(one => one.app === app) || assign.some(file => paths.includes(file));
  });
  const fleetOf = async () => (reached.length === 0 ? undefined : fleet);
  const { reported, trouble } = await lastSaid({ repo, telemetry: question.telemetry, fleetOf }, signal);
  const platforms = new Map(reached.map(device => [device, reported.get(device)?.host?.platform]));
  return { platforms, trouble };
}

/** Platforms of the devices that a release is for. */
export function wantedPlatforms(
  { platforms }: Reach,
  { platforms: only }: NonNullable<ReleaseFile['requires']>,
): Map<string, string[]> {
  const wanted = new Map<string, string[]>((only ?? []).map(name => [normalPlatform(name), []]));
  const isFor = (platform: string) => only === undefined || wanted.has(platform);
  for (const [device, platform] of platforms)
    if (platform !== undefined && isFor(platform))
      wanted.set(platform, [...(wanted.get(platform) ?? []), device]);
  return wanted;
}

/** @throws TowlineError IMAGE_PLATFORM_MISSING */
export function refuseMissingPlatforms(
  images: ReleaseFile['images'],
  wanted: ReadonlyMap<string, readonly string[]>,
  platformOf: (service: string) => string | undefined,
): void {
  for (const [service, { image, platforms = {} }] of Object.entries(images)) {
    const offered = Object.keys(platforms);
    for (const [device, ids] of wanted) {
      const platform = platformOf(service) ?? device;
      if (taken(platform, offered) !== undefined) continue;
      const [first, ...others] = ids;
      const more = others.length === 0 ? '' : ` and ${others.length} more`;
      const whose = first === undefined ? 'the release says that it is for' : `${first}${more} would need`;
      const message = `${image} of service "${service}" is for ${offered.join(', ')}; ${whose} ${platform}`;
      throw new TowlineError('IMAGE_PLATFORM_MISSING', message, {
        details: { service, platform, devices: ids },
      });
    }
  }
}
