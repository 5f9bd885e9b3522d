/**
 * What an engine runs images for, and which of an index it takes. Source: OCI Image Index Specification, "platform object";
 * containerd's platforms package.
 */

/** As an index has it. */
export interface PlatformParts {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string | undefined;
}

/** As `platform` of common.schema.json. */
export const platformPattern = /^[a-z0-9]{1,32}\/[a-z0-9]{1,32}(?:\/[a-z0-9]{1,32})?$/;

const newestArm = 8;
/** Names of processors as kernels, Debian and Node have them → as images have them. */
const processors: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  x64: 'amd64',
  'x86-64': 'amd64',
  ia32: '386',
  i386: '386',
  i486: '386',
  i586: '386',
  i686: '386',
  aarch64: 'arm64',
  arm64: 'arm64',
  armhf: 'arm/v7',
  armel: 'arm/v6',
  armv8l: 'arm/v8',
  armv7l: 'arm/v7',
  armv6l: 'arm/v6',
  armv5l: 'arm/v5',
};

/** @param architecture of the engine's /info, such as "x86_64" or "amd64" */
export const enginePlatform = (os: string, architecture: string): string =>
  normalPlatform(`${os}/${processors[architecture] ?? architecture}`);

/** One name for each platform: what images leave out or say in two ways is said in one. */
export function normalPlatform(text: string): string {
  const [os = '', name = '', variant = ''] = text.toLowerCase().split('/');
  const [architecture = '', own = variant] = (processors[name] ?? name).split('/');
  const implied = architecture === 'arm' && own === '' ? 'v7' : own;
  const isDefault =
    (architecture === 'arm64' && implied === 'v8') || (architecture === 'amd64' && implied === 'v1');
  return [os, architecture, ...(implied === '' || isDefault ? [] : [implied])].join('/');
}

export const platformName = ({ os, architecture, variant = '' }: PlatformParts): string =>
  normalPlatform(`${os}/${architecture}/${variant}`);

/** What an engine of a platform runs, the best first. */
function runs(platform: string): string[] {
  const [os = '', architecture = '', variant = ''] = normalPlatform(platform).split('/');
  const arms = (newest: number) =>
    Array.from({ length: newest - 4 }, (_, index) => `${os}/arm/v${newest - index}`);
  if (architecture === 'arm64') return [`${os}/arm64`, ...arms(newestArm)];
  if (architecture === 'arm') return arms(Math.min(newestArm, Number(/^v(\d)$/.exec(variant)?.[1] ?? 7)));
  if (architecture === 'amd64') return [normalPlatform(platform), `${os}/amd64`, `${os}/386`];
  return [normalPlatform(platform)];
}

/** @returns which of the offered ones an engine of `platform` takes; undefined: none that it can run */
export function taken(platform: string, offered: Iterable<string>): string | undefined {
  const names = new Map([...offered].map(name => [normalPlatform(name), name]));
  return runs(platform)
    .map(name => names.get(name))
    .find(name => name !== undefined);
}
