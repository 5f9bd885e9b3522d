/** Published and exposed ports. */

import type { ServiceModel } from '../../compose/value/model.ts';
import type { HostPort } from '../observed.ts';

interface Binding {
  /** "80/tcp" */
  readonly key: string;
  readonly hostIp: string;
  /** A port, a range "8000-8010", or '' for one that the engine chooses. */
  readonly published: string;
  readonly protocol: string;
}

function bindings(service: ServiceModel): Binding[] {
  return (service.ports ?? []).map(
    ({ target = '', host_ip: hostIp = '', published = '', protocol = 'tcp' }) => ({
      key: `${target}/${protocol}`,
      hostIp,
      published,
      protocol,
    }),
  );
}

/** Fixed ports of the host that a service takes. */
export function hostPorts(service: ServiceModel): HostPort[] {
  const ports: HostPort[] = [];
  for (const { hostIp, published, protocol } of bindings(service)) {
    const port = Number(published);
    if (port > 0 && port < Number.POSITIVE_INFINITY) ports.push({ hostIp, port, protocol });
  }
  return ports;
}

const anyAddress = new Set(['', '0.0.0.0', '::']);

/** Whether two ports cannot be held at the same time. */
export function portsClash(a: HostPort, b: HostPort): boolean {
  if (a.port !== b.port || a.protocol !== b.protocol) return false;
  return a.hostIp === b.hostIp || anyAddress.has(a.hostIp) || anyAddress.has(b.hostIp);
}

/** "80-82", "80/udp" → keys of the Engine's ExposedPorts. */
function exposedKeys(text: string): string[] {
  const [range = '', protocol = 'tcp'] = text.split('/');
  const [from, to] = range.split('-').map(Number);
  if (from === undefined || !Number.isInteger(from)) return [];
  const last = to ?? from;
  return Array.from(
    { length: Math.min(65_535, last - from + 1) },
    (_, index) => `${from + index}/${protocol}`,
  );
}

export function portsSpec(service: ServiceModel): {
  exposed: Record<string, object>;
  bindings: Record<string, { HostIp: string; HostPort: string }[]>;
} {
  const exposed: Record<string, object> = {};
  const bound: Record<string, { HostIp: string; HostPort: string }[]> = {};
  for (const text of service.expose ?? []) for (const key of exposedKeys(text)) exposed[key] = {};
  for (const { key, hostIp, published } of bindings(service)) {
    exposed[key] = {};
    bound[key] = [...(bound[key] ?? []), { HostIp: hostIp, HostPort: published }];
  }
  return { exposed, bindings: bound };
}
