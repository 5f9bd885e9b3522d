/** What a device makes of each attribute: the source of docs/reference/compose.md and of `checkForDevice`'s plain refusals. */
import type { ErrorCode } from '../errors.ts';

export interface AttributeVerdict {
  /** `no effect`: taken, and of no consequence on a device. `by policy`: refused unless the device allows it. */
  readonly verdict: 'honoured' | 'resolved' | 'no effect' | 'by policy' | 'refused';
  readonly why: string;
  /** The code of the refusal. */
  readonly code?: ErrorCode;
}

const refused = (why: string, code: ErrorCode = 'COMPOSE_UNSUPPORTED'): AttributeVerdict => ({
  verdict: 'refused',
  why,
  code,
});
const policy = (why: string, code: ErrorCode = 'COMPOSE_POLICY_REFUSED'): AttributeVerdict => ({
  verdict: 'by policy',
  why,
  code,
});
const resolved = (why: string): AttributeVerdict => ({ verdict: 'resolved', why });
const noEffect = (why: string): AttributeVerdict => ({ verdict: 'no effect', why });
const honoured = (why: string): AttributeVerdict => ({ verdict: 'honoured', why });

const windows = 'Only engines on Windows know it.';
const swarm = 'It is an attribute of a swarm; a device is one engine.';
const external = 'Nothing on one engine holds it. Use `file`, `content` or `environment`.';
const namespaces = 'Needs `engine.hostNamespaces` where it names the host or a container of another project.';

/**
 * Verdicts by path, `*` for a name that people choose and `[]` for an element. An attribute without a row of its own
 * has its parent's; one without any is honoured.
 */
export const attributeVerdicts: Readonly<Record<string, AttributeVerdict>> = {
  version: noEffect('Obsolete since the specification replaced the file versions.'),
  name: noEffect("The project's name comes from the app and the agent's prefix."),
  include: resolved('Read from the app folder.'),
  'services.*.extends': resolved('Read from the app folder.'),
  'services.*.env_file': resolved(
    'Read from the app folder into `environment`; `format: raw` and `required: false` too.',
  ),
  'services.*.label_file': resolved('Read from the app folder into `labels`.'),
  'services.*.profiles': resolved('Services of profiles that are not active are left out.'),
  'services.*.build': refused(
    'Devices run images that were built and pinned elsewhere.',
    'COMPOSE_BUILD_REFUSED',
  ),
  'services.*.develop': noEffect('Only `docker compose watch` reads it.'),
  'services.*.attach': noEffect('Only the log output of `docker compose up` reads it.'),
  'services.*.pull_policy': noEffect(
    'Images are pinned to digests: one that is there is the right one. `build` is refused.',
  ),
  'services.*.pull_refresh_after': noEffect('Images are pinned to digests.'),
  'services.*.provider': refused('It runs a program of the host that Docker Desktop brings.'),
  'services.*.models': refused('Docker Model Runner is part of Docker Desktop.'),
  'services.*.use_api_socket': refused(
    "It hands in the engine's socket and the registry credentials of a person.",
  ),
  'services.*.credential_spec': refused(windows),
  'services.*.cpu_count': refused(windows),
  'services.*.cpu_percent': refused(windows),
  'services.*.isolation': refused(`${windows} \`default\` is taken.`),
  'services.*.deploy': honoured(''),
  'services.*.deploy.mode': refused(`${swarm} \`replicated\`, the default, is taken.`),
  'services.*.deploy.endpoint_mode': refused(swarm),
  'services.*.deploy.labels': refused(`${swarm} Use \`labels\`.`),
  'services.*.deploy.placement': refused(swarm),
  'services.*.deploy.update_config': refused(`${swarm} Use \`update\` of the app.`),
  'services.*.deploy.rollback_config': refused(`${swarm} A device rolls back by itself.`),
  'services.*.deploy.resources.reservations.cpus': noEffect('One engine reserves no processors.'),
  'services.*.deploy.restart_policy.delay': noEffect(
    'The engine chooses its pauses between restarts by itself.',
  ),
  'services.*.deploy.restart_policy.window': noEffect('The engine judges a restart by itself.'),
  'services.*.ports[].mode': noEffect('It tells ports of a swarm apart; on one engine both are the same.'),
  'services.*.ports[].name': noEffect('For people.'),
  'services.*.ports[].app_protocol': noEffect('For people.'),
  'services.*.deploy.resources.reservations.generic_resources': refused(swarm),
  'services.*.deploy.resources.reservations.devices': policy(
    'Needs an entry of `engine.devices` below /dev/nvidia… or /dev/dri; `driver: cdi` needs `engine.privileged`.',
  ),
  'services.*.gpus': policy(
    'Needs an entry of `engine.devices` below /dev/nvidia… or /dev/dri; `driver: cdi` needs `engine.privileged`.',
  ),
  'services.*.privileged': policy('Needs `engine.privileged`.'),
  'services.*.post_start[].privileged': policy('Needs `engine.privileged`.'),
  'services.*.pre_stop[].privileged': policy('Needs `engine.privileged`.'),
  'services.*.cap_add': policy("Capabilities beyond the engine's own set need `engine.privileged`."),
  'services.*.security_opt': policy(
    'All but `no-new-privileges` needs `engine.privileged`. A seccomp profile is a file of the app folder.',
  ),
  'services.*.cgroup_parent': policy('Needs `engine.privileged`.'),
  'services.*.device_cgroup_rules': policy('Needs `engine.privileged`.'),
  'services.*.devices': policy('Each needs to stand in, or below an entry of, `engine.devices`.'),
  'services.*.network_mode': policy(namespaces),
  'services.*.pid': policy(namespaces),
  'services.*.ipc': policy(namespaces),
  'services.*.uts': policy(namespaces),
  'services.*.userns_mode': policy(namespaces),
  'services.*.cgroup': policy(namespaces),
  'services.*.volumes_from': policy(namespaces),
  'services.*.external_links': policy(
    'Needs `engine.hostNamespaces`: it names a container of another project.',
  ),
  'services.*.volumes[].source': policy(
    'A bind mount lies in the app folder or below `engine.bindRoots`; the engine socket needs `engine.engineSocket`. An image (`type: image`) is named by its digest.',
    'COMPOSE_BIND_REFUSED',
  ),
  'services.*.volumes[].type': honoured(
    '`bind`, `volume`, `tmpfs`, `image`; `npipe` (Windows) and `cluster` (swarm) are refused.',
  ),
  'services.*.volumes[].consistency': noEffect('Only Docker Desktop for Mac knew it.'),
  models: noEffect('Services that use one are refused.'),
  'networks.*.attachable': honoured('Other apps of the device may use the network (`external: true`).'),
  'networks.*.external': honoured('It must not be another app’s, unless that says `attachable: true`.'),
  'volumes.*.external': honoured('It must not be another app’s.'),
  'services.*.container_name': honoured('It must not be of the form of another app’s, nor one of its own.'),
  'networks.*.driver': honoured('`overlay` is refused: it needs a swarm.'),
  'networks.*.ipam.options': noEffect('The canonical model leaves it out.'),
  'volumes.*.driver_opts': policy(
    'A `device` that is a path follows the rules of bind mounts and devices.',
    'COMPOSE_BIND_REFUSED',
  ),
  'configs.*.external': refused(external, 'COMPOSE_EXTERNAL_REFUSED'),
  'configs.*.template_driver': refused(swarm),
  'configs.*.file': policy('Lies in the app folder or below `engine.bindRoots`.', 'COMPOSE_BIND_REFUSED'),
  'secrets.*.external': refused(external, 'COMPOSE_EXTERNAL_REFUSED'),
  'secrets.*.driver': refused(external, 'COMPOSE_EXTERNAL_REFUSED'),
  'secrets.*.driver_opts': refused(external, 'COMPOSE_EXTERNAL_REFUSED'),
  'secrets.*.template_driver': refused(swarm),
  'secrets.*.file': policy('Lies in the app folder or below `engine.bindRoots`.', 'COMPOSE_BIND_REFUSED'),
};

const plain = honoured('');

/** The verdict on the attribute at a path such as `services.*.deploy.mode`: its own row, or its nearest parent's. */
export function verdictOf(path: string): AttributeVerdict {
  for (let here = path; here !== ''; here = here.replace(/(?:^|\.)[^.[]+$|\[\]$/, '')) {
    if (Object.hasOwn(attributeVerdicts, here)) return attributeVerdicts[here] ?? plain;
  }
  return plain;
}
