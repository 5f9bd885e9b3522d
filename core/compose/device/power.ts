/** Attributes that hand a container power over the device. */
import { printable } from '../fault.ts';
import { asObject, asObjects, asText, asTexts, type Finding, isGiven, type ServiceView } from './finding.ts';
import { isDeviceAllowed } from './host-paths.ts';

/** The capabilities that an engine gives without being asked. Source: moby, default capabilities. */
const engineCapabilities = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'NET_RAW',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
]);

type Rule = (view: ServiceView) => Finding[];

function refusal(
  view: ServiceView,
  keys: readonly (string | number)[],
  what: string,
  setting: string,
): Finding {
  const message = `${what} is not allowed on this device (engine.${setting})`;
  return { path: ['services', view.name, ...keys], code: 'COMPOSE_POLICY_REFUSED', message };
}

const privileges: Rule = view => {
  const { service, allowance } = view;
  if (allowance.privileged === true) return [];
  const findings: Finding[] = [];
  const refuse = (keys: readonly (string | number)[], what: string) =>
    findings.push(refusal(view, keys, what, 'privileged'));
  for (const key of ['privileged', 'cgroup_parent', 'device_cgroup_rules']) {
    if (isGiven(service[key])) refuse([key], `\`${key}\``);
  }
  for (const hook of ['post_start', 'pre_stop']) {
    for (const [index, { privileged }] of asObjects(service[hook]).entries()) {
      if (privileged === true) refuse([hook, index, 'privileged'], '`privileged`');
    }
  }
  for (const [index, capability] of asTexts(service.cap_add).entries()) {
    const short = capability.toUpperCase().replace(/^CAP_/, '');
    if (!engineCapabilities.has(short)) refuse(['cap_add', index], `capability \`${printable(capability)}\``);
  }
  for (const [index, option] of asTexts(service.security_opt).entries()) {
    if (!/^no-new-privileges([:=]true)?$/.test(option))
      refuse(['security_opt', index], `\`${printable(option)}\``);
  }
  return findings;
};

const namespaces: Rule = view => {
  const { service, allowance } = view;
  if (allowance.hostNamespaces === true) return [];
  const findings: Finding[] = [];
  for (const key of ['network_mode', 'pid', 'ipc', 'uts', 'userns_mode', 'cgroup']) {
    const mode = asText(service[key]);
    if (mode !== 'host' && !mode.startsWith('container:')) continue;
    findings.push(refusal(view, [key], `\`${key}: ${printable(mode)}\``, 'hostNamespaces'));
  }
  for (const [index, source] of asTexts(service.volumes_from).entries()) {
    if (!source.startsWith('container:')) continue;
    findings.push(refusal(view, ['volumes_from', index], `\`${printable(source)}\``, 'hostNamespaces'));
  }
  if (isGiven(service.external_links)) {
    findings.push(refusal(view, ['external_links'], '`external_links`', 'hostNamespaces'));
  }
  return findings;
};

const devices: Rule = view => {
  return asObjects(view.service.devices).flatMap(({ source }, index) => {
    const file = asText(source);
    if (file.startsWith('/') && isDeviceAllowed(file, view.allowance)) return [];
    if (!file.startsWith('/') && view.allowance.privileged === true) return [];
    return [refusal(view, ['devices', index], `device \`${printable(file)}\``, 'devices')];
  });
};

/** Requests for devices that the engine chooses: GPUs. */
const deviceRequests: Rule = view => {
  const { service, allowance } = view;
  const reservations = asObject(asObject(asObject(service.deploy).resources).reservations);
  const allowed = (allowance.devices ?? []).some(file => /^\/dev\/(nvidia|dri)/.test(file));
  const requests = [
    ...asObjects(service.gpus).map((request, index) => ({ request, keys: ['gpus', index] })),
    ...asObjects(reservations.devices).map((request, index) => ({
      request,
      keys: ['deploy', 'resources', 'reservations', 'devices', index],
    })),
  ];
  return requests.flatMap(({ request, keys }) => {
    if (request.driver === 'cdi') {
      return allowance.privileged === true
        ? []
        : [refusal(view, keys, 'a device request of `driver: cdi`', 'privileged')];
    }
    return allowed ? [] : [refusal(view, keys, 'a device request', 'devices')];
  });
};

const rules: readonly Rule[] = [privileges, namespaces, devices, deviceRequests];

/** What the device's policy does not allow of a service. */
export function powerFindings(view: ServiceView): Finding[] {
  return rules.flatMap(rule => rule(view));
}
