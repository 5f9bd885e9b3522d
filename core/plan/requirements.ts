/** Whether a device has what a release requires, before anything of it starts. */
import type { ReleaseFile } from '../../schemas/types.generated.ts';
import type { DesiredProject } from '../desired/state.ts';
import { parseSize } from '../fleet/size.ts';
import { normalPlatform, taken } from '../images/platform.ts';
import { olderThan } from '../older-version.ts';
import type { Capability, ObservedState } from './observed.ts';
import { formatBytes } from './quantity.ts';

interface Lack {
  readonly code: 'RELEASE_REQUIRES' | 'IMAGE_PLATFORM_MISSING' | 'ENGINE_DISK_FULL';
  readonly message: string;
}

/** Of those that its release says the sizes of, each once: services may share one. */
function missingOwnImages({ model, requirements }: DesiredProject, images: ObservedState['images']) {
  const missing = new Map<string, { service: string; platform: string | undefined }>();
  for (const [service, { image, platform }] of Object.entries(model.services))
    if (image !== undefined && requirements?.images[service] !== undefined && !images.has(image))
      missing.set(image, { service, platform });
  return [...missing.values()];
}

interface Sizes {
  readonly download: number;
  readonly unpacked: number;
}

/** Of the images that are not there. */
function sizesOf(
  project: DesiredProject,
  images: ObservedState['images'],
  device: string | undefined,
): Sizes {
  const each = missingOwnImages(project, images).map(({ service, platform = device }) => {
    const sizes = project.requirements?.images[service] ?? {};
    const offered = Object.keys(sizes);
    const [only, ...others] = offered;
    const known = others.length === 0 ? only : undefined;
    const name = platform === undefined ? known : taken(platform, offered);
    return sizes[name ?? ''];
  });
  const sum = (key: keyof Sizes) => each.reduce((total, sizes) => total + (sizes?.[key] ?? 0), 0);
  return { download: sum('download'), unpacked: sum('unpacked') };
}

/** Room for its images that are not there. What is pulled lies there packed while it is unpacked. */
export function imageRoom(
  project: DesiredProject,
  { images, capability }: Pick<ObservedState, 'images' | 'capability'>,
): number {
  const { download, unpacked } = sizesOf(project, images, capability?.platform);
  return download + unpacked;
}

/** Bytes that come over the line for all of its images, and for those that are not there; undefined: nobody knows. */
export function downloadSizes(
  project: DesiredProject,
  { images, capability }: ObservedState,
): { readonly totalBytes: number; readonly missingBytes: number } | undefined {
  const totalBytes = sizesOf(project, new Map(), capability?.platform).download;
  if (totalBytes === 0) return undefined;
  return { totalBytes, missingBytes: sizesOf(project, images, capability?.platform).download };
}

function platformLack(project: DesiredProject, device: string): string | undefined {
  for (const [service, sizes] of Object.entries(project.requirements?.images ?? {})) {
    const platform = project.model.services[service]?.platform ?? device;
    const offered = Object.keys(sizes);
    if (project.model.services[service] === undefined || taken(platform, offered) !== undefined) continue;
    return `the image of ${service} is for ${offered.join(', ')}, not for ${platform}`;
  }
  return undefined;
}

/** What a release wants of any machine; the disk apart. What is not known of a device is not judged. @returns sentences */
export function machineLacks(requires: NonNullable<ReleaseFile['requires']>, has: Capability): string[] {
  const { agent, engine, platforms, memory } = requires;
  const isFor = platforms === undefined || has.platform === undefined;
  const enough = memory === undefined || has.memory === undefined || has.memory >= parseSize(memory);
  return [
    olderThan('the agent', has.agent, agent),
    olderThan('the engine', has.engine, engine),
    isFor || platforms.map(normalPlatform).includes(has.platform)
      ? undefined
      : `it is for ${platforms.join(', ')}, not for ${has.platform}`,
    enough ? undefined : `the machine has ${formatBytes(has.memory ?? 0)} of memory, ${memory} is wanted`,
  ].filter(sentence => sentence !== undefined);
}

/**
 * What is not known of a device is not judged.
 * @returns the first thing that it lacks for this state
 */
export function lackOf(project: DesiredProject, observed: ObservedState): Lack | undefined {
  const { requirements, release } = project;
  if (requirements === undefined) return undefined;
  const has: Capability = { engine: observed.engineVersion, ...observed.capability };
  const said = `release ${release}`;
  const [lack] = machineLacks(requirements.requires, has);
  if (lack !== undefined) return { code: 'RELEASE_REQUIRES', message: `${said}: ${lack}` };
  const platform = has.platform === undefined ? undefined : platformLack(project, has.platform);
  if (platform !== undefined) return { code: 'IMAGE_PLATFORM_MISSING', message: `${said}: ${platform}` };
  const { disk = '0B' } = requirements.requires;
  const images = imageRoom(project, observed);
  const bytes = images + parseSize(disk);
  if (bytes === 0 || has.diskFree === undefined || has.diskFree >= bytes) return undefined;
  const message = `${said} needs ${formatBytes(bytes)} on the disk of the images (${formatBytes(images)} for images that are not there yet), ${formatBytes(has.diskFree)} are free`;
  return { code: 'ENGINE_DISK_FULL', message };
}
