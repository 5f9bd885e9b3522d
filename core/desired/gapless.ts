/** Services that are replaced without a gap (strategies `handover` and `rolling`): which those are, and what forbids it. */
import type { PositionLookup } from '../compose/value/fault.ts';
import type { ComposeModel, MountModel, ServiceModel } from '../compose/value/model.ts';
import type { Problem } from '../errors.ts';
import { suggestion } from '../nearest.ts';
import { instanceCount } from './container-name.ts';
import { untimely } from './gapless-times.ts';
import { networkKeys } from './service-networks.ts';
import type { UpdateSettings } from './state.ts';

/** Why a service cannot run beside its successor. */
interface Obstacle {
  /** Below the service. */
  readonly at: readonly (string | number)[];
  readonly why: string;
}

/** Somebody waits for its end: it has no successor to be handed over to. */
function isAwaited(model: ComposeModel, service: string): boolean {
  return Object.values(model.services).some(
    ({ depends_on: needed = {} }) => needed[service]?.condition === 'service_completed_successfully',
  );
}

/** Names of the services that the strategy is meant for; none with any other one. */
export function gaplessServices(model: ComposeModel, { strategy, services }: UpdateSettings): string[] {
  if (strategy !== 'handover' && strategy !== 'rolling') return [];
  const wanted = Object.keys(model.services).filter(name => services?.includes(name) ?? true);
  if (services !== undefined) return wanted;
  return strategy === 'handover'
    ? wanted.filter(name => !isAwaited(model, name))
    : wanted.filter(name => instanceCount(model.services[name] ?? {}) > 1);
}

const sharing = ['network_mode', 'pid', 'ipc'] as const;

/** Services whose containers are tied to that one container of the service, with the key that ties them. */
function tiedTo(model: ComposeModel, leader: string): string[] {
  return Object.entries(model.services).flatMap(([name, service]) => {
    const shared = sharing.some(key => service[key] === `service:${leader}`);
    const mounted = service.volumes_from?.some(source => source.split(':')[0] === leader) === true;
    return name !== leader && (shared || mounted) ? [name] : [];
  });
}

function addressObstacles(service: ServiceModel): Obstacle[] {
  const found: Obstacle[] = [];
  if (service.mac_address !== undefined) found.push({ at: ['mac_address'], why: 'its address is fixed' });
  for (const [network, options] of Object.entries(service.networks ?? {})) {
    for (const key of ['ipv4_address', 'ipv6_address', 'link_local_ips', 'mac_address'] as const) {
      const value = options?.[key];
      if (value === undefined || value.length === 0) continue;
      found.push({ at: ['networks', network, key], why: `its address on network ${network} is fixed` });
    }
  }
  return found;
}

/** One that both would write to. What several containers of a service share has several writers already. */
function mountObstacle({ type, source, target = '', read_only: readOnly }: MountModel, several: boolean) {
  if (readOnly === true || (type !== 'volume' && type !== 'bind')) return undefined;
  if (type === 'volume' && (source === undefined || source === ''))
    return `the volume at ${target} has no name and goes from a container to its successor`;
  if (several) return undefined;
  return `both would write to ${type === 'volume' ? 'volume' : 'folder'} ${source}`;
}

/** What forbids that a container of the service runs beside its successor; empty: nothing. */
export function handoverObstacles(model: ComposeModel, name: string): Obstacle[] {
  const service = model.services[name] ?? {};
  const several = instanceCount(service) > 1;
  const found: Obstacle[] = [];
  if (service.container_name !== undefined)
    found.push({ at: ['container_name'], why: 'two containers cannot have one name' });
  for (const [index, { published = '' }] of (service.ports ?? []).entries())
    if (Number(published) > 0)
      found.push({ at: ['ports', index], why: `port ${published} of the host is fixed` });
  if (networkKeys(service).length === 0) {
    const at = service.network_mode === undefined ? [] : ['network_mode'];
    found.push({ at, why: 'it is on no network where others ask for it by name' });
  }
  for (const key of ['pid', 'ipc'] as const)
    if (service[key]?.startsWith('service:') === true)
      found.push({ at: [key], why: 'it belongs to one container of another service' });
  found.push(...addressObstacles(service));
  for (const [index, mount] of (service.volumes ?? []).entries()) {
    const why = mountObstacle(mount, several);
    if (why !== undefined) found.push({ at: ['volumes', index], why });
  }
  if ((service.volumes_from ?? []).length > 0)
    found.push({ at: ['volumes_from'], why: 'both would write to the volumes of another container' });
  for (const follower of tiedTo(model, name))
    found.push({ at: [], why: `service ${follower} shares what belongs to its one container` });
  return found;
}

interface Meant {
  readonly model: ComposeModel;
  readonly update: UpdateSettings;
  /** Those that are to be replaced without a gap. */
  readonly names: readonly string[];
  readonly positionOf: PositionLookup;
}

function handoverProblems({ model, update, names, positionOf }: Meant): Problem[] {
  const code = 'COMPOSE_NO_HANDOVER' as const;
  return names.flatMap(name =>
    [...handoverObstacles(model, name), ...untimely(model.services[name] ?? {}, update)].map(
      ({ at, why }) => ({
        code,
        message: `service ${name} cannot be handed over: ${why}`,
        position: positionOf(['services', name, ...at]),
      }),
    ),
  );
}

function rollingProblems({ model, update, names, positionOf }: Meant): Problem[] {
  const code = 'COMPOSE_NOT_ROLLING' as const;
  if (names.length === 0) {
    const message = 'strategy rolling: no service has more than one container';
    return [{ code, message, position: positionOf(['services']) }];
  }
  return names.flatMap(name => {
    const service = model.services[name] ?? {};
    const alone = 'it has one container only, so nothing serves while it is replaced';
    const found = [
      ...(instanceCount(service) < 2 ? [{ at: [], why: alone }] : []),
      ...untimely(service, update),
    ];
    return found.map(({ at, why }) => ({
      code,
      message: `strategy rolling: service ${name} cannot be replaced one by one: ${why}`,
      position: positionOf(['services', name, ...at]),
    }));
  });
}

/** What the strategy cannot do for these services, at the place that forbids it. */
export function gaplessProblems(
  model: ComposeModel,
  update: UpdateSettings,
  positionOf: PositionLookup,
): Problem[] {
  const { strategy, services = [] } = update;
  const known = Object.keys(model.services);
  const unknown = services
    .filter(name => !known.includes(name))
    .map(name => ({
      code: 'COMPOSE_UPDATE_SERVICE' as const,
      message: `\`services\` of \`update\`: the Compose files have no service "${name}"${suggestion(name, known)}`,
      position: positionOf(['services']),
    }));
  const names = gaplessServices(model, update);
  if (unknown.length > 0) return unknown;
  const meant = { model, update, names, positionOf };
  if (strategy === 'rolling') return rollingProblems(meant);
  return strategy === 'handover' ? handoverProblems(meant) : [];
}
