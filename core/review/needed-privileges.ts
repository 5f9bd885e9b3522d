/** What a project asks for beyond a container of its own: in words that a reviewer compares. */
import { checkForDevice } from '../compose/device/device-check.ts';
import { normalPath } from '../compose/device/host-paths.ts';
import { pathText } from '../compose/value/fault.ts';
import type { MountModel, PortModel, ServiceModel } from '../compose/value/model.ts';
import { networkName } from '../desired/service-networks.ts';
import type { DesiredProject } from '../desired/state.ts';
import { withoutBridgeNames } from '../egress/bridge-name.ts';
import type { Egress } from '../egress/egress.ts';
import { newEgress } from '../egress/new-egress.ts';
import { fullRepository } from '../images/repository.ts';

export interface NeededPrivilege {
  /** `app/service`; of what is the project's, `app`. */
  readonly of: string;
  readonly what: string;
}

/** Ours: what a judge of core/compose/device says of an attribute that a key of `engine` allows, behind where it stands. */
const refusal = /^(?<what>.*) is not allowed on this device \((?<key>engine\.\w+)\)$/su;

/** What no device takes unless a key of `engine` says so, by the very judges of the device. */
function byAllowance({ app, model }: DesiredProject): NeededPrivilege[] {
  const written = withoutBridgeNames(model, networkName);
  const problems = checkForDevice(written, {}, path => ({ file: [pathText(path), ...path].join('\0') }));
  return problems.flatMap(({ position, message }) => {
    const [place = '', section, name] = position.file.split('\0');
    const { what, key } = refusal.exec(message.slice(`${place}: `.length))?.groups ?? {};
    if (what === undefined) return [];
    // Said of the mount or the device below, by where it lies.
    if (section === 'services' && (key === 'engine.bindRoots' || what.startsWith('device `/'))) return [];
    const of = section === 'services' ? `${app}/${name}` : `${app}, ${section} ${name}`;
    return [{ of, what: `${what.replaceAll('`', '').replace(/,$/, '')} (${key})` }];
  });
}

function portWords({ published, target, host_ip: address, protocol = 'tcp' }: PortModel): string {
  const where = address === undefined || address === '' ? 'every address' : address;
  return `port ${published ?? 'of the engine’s choice'} on ${where}, to ${target}/${protocol}`;
}

/** Folders of the app itself are no privilege; what is mounted to be read is less than what may be written. */
function mountWords({ type, source = '', read_only: readOnly = false }: MountModel): string[] {
  if (type !== 'bind' || source === '/project' || source.startsWith('/project/')) return [];
  return [`path ${normalPath(source)} of the device, ${readOnly ? 'to read' : 'to write'}`];
}

/** Most often root. */
const imageUser = 'runs as the user of its image';

/** As engines read it: a number may have a sign, and a group alone is one of root's. */
const isRoot = (user: string | undefined) => /^(?:root|[+-]?0+)(?::|$)|^:/.test(user ?? '');

/** A name that is blank names nobody. */
function userWords(user: string | undefined): string[] {
  if (user === undefined || user === '') return [imageUser];
  return isRoot(user) ? ['runs as root'] : [];
}

const hooks = ['post_start', 'pre_stop'] as const;

function ofService(service: ServiceModel): string[] {
  const { user, group_add: groups = [], ports = [], volumes = [], devices = [] } = service;
  return [
    ...userWords(user),
    ...hooks.flatMap(hook =>
      (service[hook] ?? []).some(each => isRoot(each.user)) ? [`runs ${hook} by root`] : [],
    ),
    ...groups.map(group => `group ${group}`),
    ...ports.map(portWords),
    ...volumes.flatMap(mountWords),
    ...devices.flatMap(({ source = '' }) =>
      source.startsWith('/') ? [`device ${normalPath(source)} (engine.devices)`] : [],
    ),
    ...(service.use_api_socket === true ? ['the engine’s socket'] : []),
  ];
}

function ofProject({ app, name: own, adopt, model, secrets }: DesiredProject): NeededPrivilege[] {
  const taken = adopt === true ? [`what docker compose runs as ${own} (engine.adopt)`] : [];
  const registries = Object.values(model.services).flatMap(({ image }) =>
    image === undefined ? [] : [`images from ${fullRepository(image).split('/')[0]}`],
  );
  const named = [...(secrets?.variables ?? [])].map(([name, { file }]) => `secret ${name} of ${file}`);
  const files = [...(secrets?.files.keys() ?? [])].map(file => `secret file ${file}`);
  const foreign = (['network', 'volume'] as const).flatMap(kind =>
    Object.entries(model[`${kind}s`] ?? {}).flatMap(([key, made]) =>
      made?.external === true ? [`${kind} ${made.name ?? key}, which others made`] : [],
    ),
  );
  return [...new Set([...taken, ...registries, ...named, ...files, ...foreign])].map(what => ({
    of: app,
    what,
  }));
}

/** Sorted; nothing stands twice. */
export function neededPrivileges(project: DesiredProject): NeededPrivilege[] {
  const own = Object.entries(project.model.services).flatMap(([name, service]) =>
    ofService(service).map(what => ({ of: `${project.app}/${name}`, what })),
  );
  const all = [...byAllowance(project), ...own, ...ofProject(project)];
  const byText = new Map(all.map(each => [keyOf(each), each]));
  return [...byText].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, each]) => each);
}

const keyOf = ({ of, what }: NeededPrivilege) => `${of}\0${what}`;

const mayReach = 'may reach ';

/** As the firewall's rules of the device would let it out. */
function egressWords(egress: Egress): string[] {
  if (egress === 'none') return [];
  if (egress === 'any') return [`${mayReach}whatever the device does not refuse (egress: any)`];
  return egress.map(({ to, ports, protocol }) => {
    const range = ports
      .map(port => (port.from === port.to ? port.from : `${port.from}-${port.to}`))
      .join(', ');
    return `${mayReach}${to}, ${protocol}${range === '' ? '' : ` ${range}`} (egress)`;
  });
}

/** What is let out of an app's networks; said once, for all of its services. */
function newlyReached(
  before: readonly DesiredProject[],
  after: readonly DesiredProject[],
): NeededPrivilege[] {
  const had = new Map(before.map(({ app, egress = 'none' }) => [app, egress]));
  return after.flatMap(({ app, egress = 'none' }) =>
    [...new Set(egressWords(newEgress(had.get(app) ?? 'none', egress)))]
      .sort()
      .map(what => ({ of: app, what })),
  );
}

/** What a state asks for that the one before did not. */
export function newPrivileges(
  before: readonly DesiredProject[],
  after: readonly DesiredProject[],
): NeededPrivilege[] {
  const had = new Set(before.flatMap(neededPrivileges).map(keyOf));
  const there = new Set(
    before.flatMap(({ app, model }) => Object.keys(model.services).map(name => `${app}/${name}`)),
  );
  // A new service that names no user is no news; one that names none any more is.
  const isNews = ({ of, what }: NeededPrivilege) => what !== imageUser || there.has(of);
  const asked = after.flatMap(neededPrivileges).filter(each => !had.has(keyOf(each)) && isNews(each));
  return [...asked, ...newlyReached(before, after)];
}

/** What hands over the device, then what needs a key of `engine`, then what others can feel. */
const weights: readonly RegExp[] = [
  /\(engine\.(?:privileged|engineSocket)\)$|engine’s socket$/u,
  /\(engine\.\w+\)$/,
  /of the device, to write$|^runs |^group |^may reach /,
];

/** From 0, the heaviest: a branch that asks for much cannot hide one thing behind the rest of it. */
export function weightOf({ what }: NeededPrivilege): number {
  const found = weights.findIndex(pattern => pattern.test(what));
  return found < 0 ? weights.length : found;
}
