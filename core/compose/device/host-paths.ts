/** Paths of the device that a container may see. */
import { posix } from 'node:path';
import type { EngineAllowance } from '../../../schemas/types.generated.ts';
import { printable } from '../value/fault.ts';
import { type Judge, needs, type Refusal } from './finding.ts';

/** Sockets through which a container is root on the device. */
const engineSockets = [
  '/run/docker.sock',
  '/run/podman/podman.sock',
  '/run/containerd/containerd.sock',
  '/run/docker/containerd/containerd.sock',
  '/run/crio/crio.sock',
];

/** A path without detours: `/srv/../etc/` is `/etc`. */
export function normalPath(path: string): string {
  const clean = posix.normalize(path).replace(/(.)\/$/, '$1');
  return clean.replace(/^\/var\/run(?=\/|$)/, '/run');
}

/** The kernel goes back from where a link has led, not from where it stands: such a path may be any other. */
function hasDetour(path: string): boolean {
  return path.split('/').includes('..');
}

/** Whether a path, normal already, is the folder or lies below it. */
function isBelow(path: string, root: string): boolean {
  const folder = normalPath(root);
  return path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`);
}

/** A path of the host that the container would see, judged by the device's policy. */
export function judgeHostPath(source: string, allowance: EngineAllowance, folder: string): Refusal[] {
  const path = normalPath(source);
  const name = `\`${printable(source)}\``;
  if (!path.startsWith('/')) {
    const message = `${name} is no path from the root of the device: one below engine.bindRoots would be`;
    return [{ code: 'COMPOSE_BIND_REFUSED', message }];
  }
  if (hasDetour(source)) {
    const message = `${name} goes back by \`..\`, which leads elsewhere behind a link: write where it lies`;
    return [{ code: 'COMPOSE_BIND_REFUSED', message }];
  }
  const sockets = engineSockets.filter(socket => isBelow(socket, path));
  const isSocket = sockets.includes(path) || /\/(docker|podman|containerd|crio)\.sock$/.test(path);
  const reachesSocket = (sockets.length > 0 || isSocket) && allowance.engineSocket !== true;
  const inside =
    sockets.includes(path) ||
    isBelow(path, folder) ||
    (allowance.bindRoots ?? []).some(root => isBelow(path, root));
  return [
    ...(reachesSocket ? [needs(`${name}, which hands in the engine's socket,`, 'engineSocket')] : []),
    ...(inside ? [] : [needs(`${name}, outside of the app folder,`, 'bindRoots')]),
  ];
}

/** Whether a device file may be handed in: it, or the folder it lies in, is allowed. */
export function isDeviceAllowed(source: string, allowance: EngineAllowance): boolean {
  const path = posix.normalize(source);
  return (
    path.startsWith('/') &&
    !hasDetour(source) &&
    (allowance.devices ?? []).some(allowed => isBelow(path, posix.normalize(allowed)))
  );
}

/** The source of a bind mount; that of an image names what is pulled, and that of a volume stands among the volumes. */
export const bindSource: Judge = ({ text, parent, allowance, folder }) =>
  parent.type === 'bind' ? judgeHostPath(text, allowance, folder) : [];

/** The file of a config or secret. */
export const fileSource: Judge = ({ value, text, allowance, folder }) =>
  value === '' ? [] : judgeHostPath(text, allowance, folder);

/** A new security label for what lies at the source: for the app's own files, its own matter. */
export const bindLabel: Judge = ({ value, path, entry, allowance, folder }) => {
  if (value === '' || allowance.privileged === true) return [];
  const index = path.find(part => typeof part === 'number');
  const { source = '', target = '' } = (index === undefined ? undefined : entry.volumes?.[index]) ?? {};
  // The engine's older form joins both by colons.
  if (/[:,]/.test(`${source}${target}`)) return [needs('a label for a path with a colon', 'privileged')];
  if (isBelow(normalPath(source), folder)) return [];
  return [needs('a new label for a path of the device', 'privileged')];
};

/** How mounts pass between the container and the device. */
export const propagation: Judge = ({ text, allowance }) => {
  const harmless = ['', 'private', 'rprivate', 'slave', 'rslave'];
  if (harmless.includes(text) || allowance.privileged === true) return [];
  return [needs(`\`propagation: ${printable(text)}\``, 'privileged')];
};
