/** What a lab is made of, with its addresses: computed of lab.yaml alone. */
import { parseDuration } from '../../core/duration.ts';
import { TowlineError } from '../../core/errors.ts';
import { parseSize } from '../../core/fleet/size.ts';
import type { LabFile, LabUplink } from '../../schemas/types.generated.ts';
import { isOut, type Outage, readOutage } from './keeper/outage.ts';

/** How good a way is, in each direction. */
export interface LinkQuality {
  readonly delayMs: number;
  /** 0 to 1. */
  readonly loss: number;
  /** Bits in a second; undefined: as many as the machine moves. */
  readonly bitsPerSecond?: number;
}

/** What has an address on the internet of the lab. */
export interface HostPlan {
  readonly name: string;
  /** As others dial it. */
  readonly host: string;
  readonly address: string;
}

export interface DevicePlan {
  readonly id: string;
  readonly site: string;
  readonly address: string;
  /** Port on which its engine publishes the app of the fleet that `up` makes. */
  readonly httpPort: number;
}

export interface SitePlan {
  readonly name: string;
  /** Counts from 0. */
  readonly index: number;
  /** Of its router, on the internet. */
  readonly address: string;
  readonly engine: 'own' | 'shared';
  readonly uplink: LinkQuality;
  readonly proxy: boolean;
  readonly outages: readonly Outage[];
  /** Of a device's state. */
  readonly diskBytes: number;
  readonly devices: readonly DevicePlan[];
}

export interface LabPlan {
  readonly gateways: readonly HostPlan[];
  readonly registry: HostPlan;
  readonly identity: HostPlan | undefined;
  readonly desk: HostPlan;
  readonly firewall: boolean;
  readonly poll: string;
  readonly sites: readonly SitePlan[];
}

/** Of every site: they are behind routers, and have the same addresses as in so many buildings. */
export const lan = { network: '192.168.1', router: '192.168.1.1', engine: '192.168.1.2', proxyPort: 3128 };
/** TEST-NET-3, RFC 5737: no address of anybody. */
export const internet = { network: '203.0.113', router: '203.0.113.1' };
export const ports = { devices: 8443, people: 2222, internal: 8080, registry: 443, identity: 443 };

const defaultDisk = '512MiB';
const mostDevices = 64;
const smallestDisk = 1024 ** 2;
const largestDisk = 64 * 1024 ** 3;
const longestDelayMs = 10_000;
const bitsOf: Readonly<Record<string, number>> = { kbit: 1e3, mbit: 1e6, gbit: 1e9 };

/** @throws TowlineError CLI_USAGE for a delay of more than ten seconds */
export function readQuality({ delay = '0ms', loss = '0%', rate }: LabUplink): LinkQuality {
  const delayMs = parseDuration(delay);
  if (delayMs > longestDelayMs)
    throw new TowlineError('CLI_USAGE', `a delay of ${delay} is too long: ${longestDelayMs / 1000}s at most`);
  const quality = { delayMs, loss: Number(loss.replace('%', '')) / 100 };
  if (rate === undefined) return quality;
  const [, amount = '', unit = ''] = /^(\d+)([a-z]+)$/.exec(rate) ?? [];
  return { ...quality, bitsPerSecond: Number(amount) * (bitsOf[unit] ?? 0) };
}

const host = (name: string, last: number): HostPlan => ({
  name,
  host: `${name}.lab.test`,
  address: `${internet.network}.${last}`,
});

/** It lies in memory, and one of no size would have no bounds. @throws TowlineError CLI_USAGE */
function readDisk(text: string): number {
  const bytes = parseSize(text);
  if (bytes >= smallestDisk && bytes <= largestDisk) return bytes;
  throw new TowlineError('CLI_USAGE', `a disk of ${text}: 1MiB to 64GiB`);
}

function sitePlan(file: LabFile, name: string, index: number): SitePlan {
  const site = file.sites[name] ?? { devices: 1 };
  const { devices, proxy, uplink = {}, down = [], disk = defaultDisk } = site;
  const engine = site.engine ?? file.engine ?? 'own';
  const ids =
    typeof devices === 'number' ? Array.from({ length: devices }, (_, at) => `${name}-${at + 1}`) : devices;
  return {
    ...{ name, index, engine, proxy: proxy === 'http', uplink: readQuality(uplink) },
    address: `${internet.network}.${101 + index}`,
    outages: down.map(readOutage),
    diskBytes: readDisk(disk),
    devices: ids.map((id, at) => ({
      id,
      site: name,
      address: `${lan.network}.${11 + at}`,
      httpPort: engine === 'own' ? 8000 : 8001 + at,
    })),
  };
}

/** Names of all that has a network of its own, and of the programs: no two are equal. */
const namesOf = ({ gateways, registry, identity, desk, sites }: LabPlan): string[] => [
  'internet',
  ...[...gateways, registry, desk, ...(identity === undefined ? [] : [identity])].map(({ name }) => name),
  ...sites.flatMap(({ name, devices }) => [
    ...[name, `${name}-engine`, `${name}-engine-dockerd`, `${name}-proxy`, `${name}-uplink`],
    ...devices.flatMap(({ id }) => [id, `${id}-dockerd`, `${id}-sshd`]),
  ]),
];

/** @throws TowlineError CLI_USAGE where two parts have one name, or there are too many devices */
export function planLab(file: LabFile): LabPlan {
  const count = file.gateways ?? 1;
  const plan: LabPlan = {
    gateways: Array.from({ length: count }, (_, at) => host(`gateway-${at + 1}`, 10 + at)),
    registry: host('registry', 20),
    identity: file.identity === true ? host('identity', 21) : undefined,
    desk: host('desk', 30),
    firewall: file.firewall ?? true,
    poll: file.poll ?? '*/5 * * * * *',
    sites: Object.keys(file.sites).map((name, index) => sitePlan(file, name, index)),
  };
  const names = namesOf(plan);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined)
    throw new TowlineError('CLI_USAGE', `${twice} is the name of two parts of the lab: each has its own`);
  const devices = plan.sites.flatMap(site => site.devices).length;
  if (devices > mostDevices)
    throw new TowlineError('CLI_USAGE', `${devices} devices are too many: a lab has ${mostDevices} at most`);
  return plan;
}

/** Without those behind an uplink that lab.yaml has down. @param nowMs since 1970 */
export const reachableDevices = ({ sites }: LabPlan, nowMs: number): DevicePlan[] =>
  sites.flatMap(({ outages, devices }) => (isOut(outages, nowMs) ? [] : devices));
