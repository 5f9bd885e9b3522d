/** Puts a mirror of production into a lab whose networks are there: a root and keys of its own, then production's plans on top of them. */
import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { TowlineError } from '../../core/errors.ts';
import { readFleetFile } from '../../core/fleet/read-file.ts';
import { fieldsOf } from '../../core/json.ts';
import type { Gateway, LabFile } from '../../schemas/types.generated.ts';
import type { Lab } from '../sites/lab.ts';
import type { SitePlan } from '../sites/lab-plan.ts';
import {
  addRemotes,
  configureDevice,
  type FleetMaker,
  hostKeyOf,
  initGateway,
  makeHostKey,
} from '../sites/new-fleet.ts';
import { type ImageChoice, type OpenOrigin, placeImages } from './image-choice.ts';
import type { LabDevice, LabIdentity } from './lab-identity.ts';
import { filesOf, type Mirror, registriesOf, releasedImages } from './mirror.ts';
import { writeMirror } from './mirror-state.ts';
import type { StandIn } from './stand-ins.ts';
import { replaceWorkingTree, stageAll } from './working-tree.ts';

/** Who decides in the lab: `towline init` has written it, and no commit of production touches it. */
export const ownFolders: ReadonlySet<string> = new Set(['trust', 'operators']);

const devicesOfASite = 8;
const mostDevices = 64;

/** A lab with these devices, each with an engine of its own: two of them may publish one port. @throws TowlineError MIRROR_DEVICES */
export function mirrorLab(standIns: readonly StandIn[]): LabFile {
  if (standIns.length === 0 || standIns.length > mostDevices) {
    const message = `${standIns.length} distinct plans: a lab has 1 to ${mostDevices} devices`;
    throw new TowlineError('MIRROR_DEVICES', message);
  }
  const sites: LabFile['sites'] = {};
  for (let at = 0; at < standIns.length; at += devicesOfASite) {
    const devices = standIns.slice(at, at + devicesOfASite).map(({ device }) => device);
    // Its name is none that a device has.
    const name = ['mirror', 'mirror-site', 'mirror-place']
      .map(base => `${base}${at === 0 ? '' : at / devicesOfASite + 1}`)
      .find(candidate => !standIns.some(({ device }) => device === candidate));
    sites[name ?? `mirror-${at}`] = { devices };
  }
  return { apiVersion: 'towline/v1', sites };
}

export interface Mirrored {
  readonly mirror: Mirror;
  /** Folder of production's repository. */
  readonly repository: string;
  readonly images: ImageChoice;
  readonly open: OpenOrigin;
}

/** Another name than production's. */
const fleetName = (lab: Lab, production: string): string =>
  production === `lab-${lab.name}` ? `lab-${lab.name}-mirror` : `lab-${lab.name}`;

/** Keys of a device as `towline device add` has written them into its file. @throws TowlineError LAB_STEP */
function keysIn(lab: Lab, folder: string, id: string): LabDevice {
  const name = `devices/${folder}/${id}.yaml`;
  const { file } = readFleetFile('device', name, readFileSync(path.join(lab.places.fleet, name)));
  const keys = file?.value.keys;
  if (keys === undefined) throw new TowlineError('LAB_STEP', `${name} has no keys`);
  return { keys };
}

async function addDevices(lab: Lab, sites: readonly SitePlan[], signal: AbortSignal) {
  const found = new Map<string, LabDevice>();
  for (const site of sites) {
    for (const device of site.devices) {
      const words = ['device', 'add', device.id, '--out', lab.places.deviceState(device.id)];
      await lab.desk.run('towline', [...words, '--folder', site.name], { signal });
      configureDevice(lab, site, device);
      const hostKeys = [makeHostKey(lab, device)];
      found.set(device.id, { ...keysIn(lab, site.name, device.id), hostKeys });
    }
  }
  return found;
}

/**
 * Images come through the gateway, whatever their registry is called in production.
 * @returns whether a gateway that runs has to be started anew
 */
export function leadToRegistry(lab: Lab, registries: readonly string[]): boolean {
  let changed = false;
  const place = { url: `https://${lab.plan.registry.host}`, caFile: lab.places.authority };
  for (const { name } of lab.plan.gateways) {
    const file = path.join(lab.places.gateway(name), 'gateway.yaml');
    const settings = fieldsOf(parse(readFileSync(file, 'utf8')));
    const known = fieldsOf(settings.registries);
    if (registries.every(registry => known[registry] !== undefined)) continue;
    changed = true;
    const led = { ...known, ...Object.fromEntries(registries.map(registry => [registry, place])) };
    writeFileSync(
      file,
      stringify({ ...settings, registries: led }, { lineWidth: 0, aliasDuplicateObjects: false }),
    );
  }
  return changed;
}

const isGateway = (entry: object): entry is Gateway => 'address' in entry && 'tlsPins' in entry;

/** The identity that a lab has made for itself; read again from the clone where it is there already. */
async function identityOf(lab: Lab, production: string, signal: AbortSignal): Promise<LabIdentity> {
  const { desk, plan, places } = lab;
  const [first] = plan.gateways;
  const key = `${desk.key}.pub`;
  const fleet = fleetName(lab, production);
  const words = ['init', places.fleet, '--name', fleet, '--person', desk.name, '--ssh-key', key];
  const at = ['--gateway', `${first?.host}:8443`, '--registry', plan.registry.host];
  await desk.run('towline', [...words, ...at], { directory: places.folder, signal });
  rmSync(path.join(places.fleet, 'devices'), { recursive: true, force: true });
  const entries: object[] = [];
  for (const gateway of plan.gateways) entries.push(await initGateway(lab, gateway, signal));
  const gateways = entries.filter(isGateway);
  desk.edit('fleet.yaml', [['gateways'], gateways]);
  const devices = await addDevices(lab, plan.sites, signal);
  const known = [...devices].map(([id, { hostKeys = [] }]) => ({ id, hostKey: hostKeys[0] ?? '' }));
  desk.writeSshConfig(plan, entries.map(hostKeyOf), known);
  const rootKey = readFileSync(key, 'utf8').trim();
  return {
    ...{ fleet, gateways, rootKey, operator: { name: desk.name, sshKey: rootKey }, devices },
    ...{ registry: lab.plan.registry.host, date: new Date(), random: bytes => randomBytes(bytes) },
  };
}

/** Production's plans as they are at a commit, as the working tree of the lab's clone. */
export async function putMirror(lab: Lab, identity: LabIdentity, mirrored: Mirrored, signal: AbortSignal) {
  const { mirror, images: choice, open } = mirrored;
  const folder = path.join(lab.places.registry, 'images');
  const wanted = choice.kind === 'stand-ins' ? releasedImages(mirror) : mirror.images;
  const digests = await placeImages(wanted, { choice, folder, open }, signal);
  await replaceWorkingTree(lab.places.fleet, await filesOf(mirror, identity, digests, signal), ownFolders);
}

/** The fleet of a lab as production has it at one commit. @param registries also those that a later commit needs */
export const mirrorFleet =
  (mirrored: Mirrored, registries: readonly string[] = registriesOf(mirrored.mirror.images)): FleetMaker =>
  async (lab, signal) => {
    const { mirror, repository, images } = mirrored;
    const { commit, fleet } = mirror.at;
    const identity = await identityOf(lab, fleet.name, signal);
    leadToRegistry(lab, registries);
    await putMirror(lab, identity, mirrored, signal);
    const { engine, standIns } = mirror;
    await writeMirror(mirrorFileOf(lab), { repository, commit, engine, images, standIns });
    await lab.desk.run('git', stageAll, { signal });
    await lab.desk.commit(`A mirror of ${commit.slice(0, 12)}`, { signal });
    await addRemotes(lab);
  };

export const mirrorFileOf = (lab: Lab): string => path.join(lab.places.folder, 'mirror.json');
