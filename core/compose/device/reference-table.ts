/** What a device makes of each attribute: the source of docs/reference/compose.md and of `checkForDevice`'s plain refusals. */
import { type AttributeVerdict, honoured, noEffect, policy, refused, resolved } from './attribute-verdict.ts';
import { harmlessAttributes } from './harmless-attributes.ts';

const windows = 'Only engines on Windows know it.';
const swarm = 'It is an attribute of a swarm; a device is one engine.';
const external = 'Nothing on one engine holds it. Use `file`, `content` or `environment`.';
const gpu =
  'GPUs: an entry of `engine.devices` below /dev/nvidia… or /dev/dri. Other drivers and capabilities, `cdi` among them: `engine.privileged`.';
const throttled = 'A path that does not lie below /dev.';
const others = (harmless: string) => `All but ${harmless}and \`service:…\` of the same project.`;
const files =
  'What lies neither in the app folder nor below a folder of `engine.bindRoots`; an absolute path with `..`, which no key allows.';
const anyName = 'What is no plain name; no key allows it.';
const seen = 'Of an external one the device looks at what the engine has, and judges it alike.';

/**
 * Verdicts by path, `*` for a name that people choose and `[]` for an element. An attribute without a row of its own
 * has its parent's, but where that is honoured: each attribute that reaches the engine as it stands has been looked at.
 */
export const attributeVerdicts: Readonly<Record<string, AttributeVerdict>> = {
  ...harmlessAttributes,
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
  'services.*.volumes[].type': honoured(
    '`bind`, `volume`, `tmpfs`, `image`; `npipe` (Windows) and `cluster` (swarm) are refused.',
  ),
  'services.*.volumes[].consistency': noEffect('Only Docker Desktop for Mac knew it.'),
  models: noEffect('Services that use one are refused.'),
  'networks.*.attachable': honoured('Other apps of the device may use the network (`external: true`).'),
  'networks.*.external': honoured('It must not be another app’s, unless that says `attachable: true`.'),
  'volumes.*.external': honoured('It must not be another app’s.'),
  'networks.*.ipam.options': noEffect('The canonical model leaves it out.'),
  'configs.*.external': refused(external, 'COMPOSE_EXTERNAL_REFUSED'),
  'configs.*.template_driver': refused(swarm),
  'secrets.*.external': refused(external, 'COMPOSE_EXTERNAL_REFUSED'),
  'secrets.*.driver': refused(external, 'COMPOSE_EXTERNAL_REFUSED'),
  'secrets.*.driver_opts': refused(external, 'COMPOSE_EXTERNAL_REFUSED'),
  'secrets.*.template_driver': refused(swarm),
  'services.*.annotations': policy(
    'Runtimes act on those that they know: all but `org.opencontainers.image.…`.',
    'privileged',
  ),
  'services.*.blkio_config.device_read_bps[].path': policy(throttled, 'privileged'),
  'services.*.blkio_config.device_read_iops[].path': policy(throttled, 'privileged'),
  'services.*.blkio_config.device_write_bps[].path': policy(throttled, 'privileged'),
  'services.*.blkio_config.device_write_iops[].path': policy(throttled, 'privileged'),
  'services.*.blkio_config.weight_device[].path': policy(throttled, 'privileged'),
  'services.*.cap_add': policy("Capabilities beyond the engine's own set.", 'privileged'),
  'services.*.cgroup': policy('All but `private`.', 'hostNamespaces'),
  'services.*.cgroup_parent': policy('', 'privileged'),
  'services.*.container_name': policy(
    `${anyName} It must not be of the form of another app’s, nor one of its own.`,
  ),
  'services.*.deploy.resources.reservations.devices': policy(gpu, 'devices', 'privileged'),
  'services.*.device_cgroup_rules': policy('', 'privileged'),
  'services.*.devices': policy(
    'Each that is not an entry of `engine.devices`, or below one; names of the Container Device Interface: `engine.privileged`.',
    'devices',
    'privileged',
  ),
  'services.*.external_links': policy('It names a container of another project.', 'hostNamespaces'),
  'services.*.gpus': policy(gpu, 'devices', 'privileged'),
  'services.*.ipc': policy(others('`private`, `shareable`, `none` '), 'hostNamespaces'),
  'services.*.logging': policy(
    "Drivers but `json-file`, `local` and `none`, and options that these do not have; `syslog`, `gelf` and `fluentd` with the address `towline` are kept as `json-file`, and a sink of the gateway carries them on. With one of `engine.logDrivers`, files and sockets of the device follow the rules of bind mounts; the engine's own default driver is the device builder's.",
    'logDrivers',
    'bindRoots',
    'engineSocket',
  ),
  'services.*.network_mode': policy(others('`none`, `bridge`, `default` '), 'hostNamespaces'),
  'services.*.networks.*.driver_opts': policy(
    'All but the name of the interface and sysctls of it.',
    'privileged',
  ),
  'services.*.oom_kill_disable': policy('', 'privileged'),
  'services.*.oom_score_adj': policy('Below 0: the host would go first.', 'privileged'),
  'services.*.pid': policy(others('`private` '), 'hostNamespaces'),
  'services.*.post_start[].privileged': policy('', 'privileged'),
  'services.*.pre_stop[].privileged': policy('', 'privileged'),
  'services.*.privileged': policy('', 'privileged'),
  'services.*.runtime': policy('Each that is named, the default one too.', 'runtimes'),
  'services.*.security_opt': policy(
    'All but `no-new-privileges`. A seccomp profile is a file of the app folder.',
    'privileged',
  ),
  'services.*.storage_opt': policy('All but `size`.', 'privileged'),
  'services.*.sysctls': policy(
    'All but those that a network or IPC namespace has of its own (`net.…`, `kernel.msg…`, `kernel.sem`, `kernel.shm…`, `fs.mqueue.…`), and these too where it is not its own.',
    'privileged',
  ),
  'services.*.tmpfs': policy('Options but size, mode, owner and the plain mount flags.', 'privileged'),
  'services.*.userns_mode': policy('', 'hostNamespaces'),
  'services.*.uts': policy(others(''), 'hostNamespaces'),
  'services.*.volumes[].bind.propagation': policy('`shared` and `rshared`.', 'privileged'),
  'services.*.volumes[].bind.selinux': policy('Outside of the app folder.', 'privileged'),
  'services.*.volumes[].source': policy(
    `Of a bind mount: ${files} What lies in the repository is mounted read-only. The engine's socket: \`engine.engineSocket\`. Below a folder that a container of this device could ever write to: \`engine.privileged\`. An image (\`type: image\`) is named by its digest.`,
    'bindRoots',
    'engineSocket',
    'privileged',
  ),
  'services.*.volumes[].volume.subpath': policy('What leads out of the volume; no key allows it.'),
  'services.*.volumes[].image.subpath': policy('What leads out of the image; no key allows it.'),
  'services.*.volumes_from': policy(
    'What is not a service of the project, with `:ro` or `:rw`.',
    'hostNamespaces',
  ),
  'networks.*.name': policy(`${anyName} \`host\`: \`engine.hostNamespaces\`.`, 'hostNamespaces'),
  'networks.*.driver': policy(
    `All but \`bridge\`; \`overlay\` is refused: it needs a swarm. ${seen}`,
    'networkDrivers',
    'hostNamespaces',
  ),
  'networks.*.driver_opts': policy(
    `Of a bridge: the name of an interface of the host, and all that is not known to stay within the bridge. ${seen}`,
    'hostNamespaces',
  ),
  'networks.*.ipam.driver': policy('All but `default`.', 'networkDrivers'),
  'networks.*.ipam.config[].subnet': policy(
    'Of a bridge: ranges outside of `engine.subnets`. The device would send there what is meant for the site.',
    'subnets',
  ),
  'volumes.*.name': policy(anyName),
  'volumes.*.driver': policy(`All but \`local\`. ${seen}`, 'volumeDrivers'),
  'volumes.*.driver_opts': policy(
    `Of \`local\`: \`type: tmpfs\` with size, mode, owner and plain flags is taken. A \`device\` that is bound (\`o: bind\`, whatever the type) follows the rules of bind mounts, a disk those of \`devices\`; nfs, cifs and their like: \`engine.volumeTypes\`; all else: \`engine.privileged\`. ${seen}`,
    'bindRoots',
    'engineSocket',
    'devices',
    'volumeTypes',
    'privileged',
  ),
  'configs.*.file': policy(files, 'bindRoots', 'engineSocket'),
  'secrets.*.file': policy(files, 'bindRoots', 'engineSocket'),
};

/**
 * The verdict on the attribute at a path such as `services.*.deploy.mode`: its own row, or its nearest parent's.
 * @returns undefined where nobody has given one: no device takes it
 */
export function verdictOf(path: string): AttributeVerdict | undefined {
  for (let here = path; here !== ''; here = here.replace(/(?:^|\.)[^.[]+$|\[\]$/, '')) {
    const verdict = Object.hasOwn(attributeVerdicts, here) ? attributeVerdicts[here] : undefined;
    if (verdict !== undefined) return here === path || verdict.verdict !== 'honoured' ? verdict : undefined;
  }
  return undefined;
}
