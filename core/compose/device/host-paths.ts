/** Paths of the device that a container may see. */
import { posix } from 'node:path';
import type { EngineAllowance } from '../../../schemas/types.generated.ts';
import { type Path, printable } from '../fault.ts';
import type { ComposeModel } from '../model.ts';
import { asObject, asObjects, asText, type Finding, type ServiceView } from './finding.ts';

/** Sockets through which a container is root on the device. */
const engineSockets = [
  '/run/docker.sock',
  '/run/podman/podman.sock',
  '/run/containerd/containerd.sock',
  '/run/docker/containerd/containerd.sock',
  '/run/crio/crio.sock',
];

function normal(path: string): string {
  const clean = posix.normalize(path).replace(/(.)\/$/, '$1');
  return clean.replace(/^\/var\/run(?=\/|$)/, '/run');
}

function isBelow(path: string, root: string): boolean {
  const folder = normal(root);
  return path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`);
}

/** A path of the host that the container would see, judged by the device's policy. */
export function judgeHostPath(
  source: string,
  allowance: EngineAllowance,
  folder: string,
  at: Path,
): Finding[] {
  const path = normal(source);
  if (!path.startsWith('/')) {
    const message = `\`${printable(source)}\` is not a path of this device`;
    return [{ path: at, code: 'COMPOSE_BIND_REFUSED', message }];
  }
  const sockets = engineSockets.filter(socket => isBelow(socket, path));
  if (sockets.length > 0 && allowance.engineSocket !== true) {
    const message = `\`${printable(source)}\` hands in the engine's socket, which this device does not allow (engine.engineSocket)`;
    return [{ path: at, code: 'COMPOSE_POLICY_REFUSED', message }];
  }
  if (sockets.includes(path) || isBelow(path, folder)) return [];
  if ((allowance.bindRoots ?? []).some(root => isBelow(path, root))) return [];
  const message = `\`${printable(source)}\` lies outside the app folder and the roots that this device allows (engine.bindRoots)`;
  return [{ path: at, code: 'COMPOSE_BIND_REFUSED', message }];
}

/** Whether a device file may be handed in: it, or the folder it lies in, is allowed. */
export function isDeviceAllowed(source: string, allowance: EngineAllowance): boolean {
  const path = posix.normalize(source);
  return (allowance.devices ?? []).some(allowed => isBelow(path, posix.normalize(allowed)));
}

/** The bind mounts of a service. */
export function bindFindings({ name, service, allowance, folder }: ServiceView): Finding[] {
  return asObjects(service.volumes).flatMap((volume, index) => {
    if (volume.type !== 'bind') return [];
    const at = ['services', name, 'volumes', index];
    return judgeHostPath(asText(volume.source), allowance, folder, at);
  });
}

function volumeFindings(
  name: string,
  options: Record<string, string>,
  allowance: EngineAllowance,
  folder: string,
): Finding[] {
  const { device = '', o = '', type = '' } = options;
  if (!device.startsWith('/') || /^(nfs4?|cifs|tmpfs|overlay)$/.test(type)) {
    if (type !== 'overlay') return [];
  }
  const at = ['volumes', name, 'driver_opts', 'device'];
  if (/(^|,)r?bind(,|$)/.test(o) || type === 'bind') return judgeHostPath(device, allowance, folder, at);
  if (isDeviceAllowed(device, allowance)) return [];
  const message = `\`${printable(device)}\` is a device that this device's policy does not allow (engine.devices)`;
  return [{ path: at, code: 'COMPOSE_POLICY_REFUSED', message }];
}

/** Volumes, configs and secrets that are made of paths of the host. */
export function resourceFindings(model: ComposeModel, allowance: EngineAllowance, folder: string): Finding[] {
  const findings: Finding[] = [];
  for (const [name, volume] of Object.entries(model.volumes ?? {})) {
    const options = asObject(asObject(volume).driver_opts) as Record<string, string>;
    findings.push(...volumeFindings(name, options, allowance, folder));
  }
  for (const section of ['configs', 'secrets'] as const) {
    for (const [name, resource] of Object.entries(model[section] ?? {})) {
      if (typeof resource.file !== 'string') continue;
      findings.push(...judgeHostPath(resource.file, allowance, folder, [section, name, 'file']));
    }
  }
  return findings;
}
