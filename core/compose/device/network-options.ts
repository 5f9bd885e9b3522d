/** Networks: their drivers, what these are told, and the addresses that they draw to themselves. */
import type { EngineAllowance } from '../../../schemas/types.generated.ts';
import { isInside } from '../value/address-range.ts';
import { printable } from '../value/fault.ts';
import { type Judge, needs, type Refusal } from './finding.ts';

/** Of a bridge: what says nothing of the host beyond the bridge itself. */
const bridgeOptions = new Set([
  'com.docker.network.bridge.enable_icc',
  'com.docker.network.bridge.enable_ip_masquerade',
  'com.docker.network.bridge.gateway_mode_ipv4',
  'com.docker.network.bridge.gateway_mode_ipv6',
  'com.docker.network.bridge.host_binding_ipv4',
  'com.docker.network.container_iface_prefix',
  'com.docker.network.driver.mtu',
  'com.docker.network.enable_ipv4',
  'com.docker.network.enable_ipv6',
]);

export function networkDriverRefusals(driver: string, allowance: EngineAllowance): Refusal[] {
  if (driver === 'host') {
    return allowance.hostNamespaces === true ? [] : [needs('the network of the host', 'hostNamespaces')];
  }
  if (['', 'bridge', 'null', ...(allowance.networkDrivers ?? [])].includes(driver)) return [];
  return [needs(`network driver \`${printable(driver)}\``, 'networkDrivers')];
}

export function networkOptionRefusals(
  driver: string,
  options: readonly (readonly [string, string])[],
  allowance: EngineAllowance,
): Refusal[] {
  if (!['', 'bridge'].includes(driver) || allowance.hostNamespaces === true) return [];
  return options
    .filter(([name]) => !bridgeOptions.has(name))
    .map(([name]) => needs(`network option \`${printable(name)}\``, 'hostNamespaces', [name]));
}

export const networkDriver: Judge = ({ text: driver, allowance }) =>
  // A swarm's: refused whatever the policy.
  driver === 'overlay' ? [] : networkDriverRefusals(driver, allowance);

export const networkOptions: Judge = ({ options, entry, allowance }) =>
  networkOptionRefusals(entry.driver ?? '', options, allowance);

export const addressDriver: Judge = ({ text, allowance }) => {
  if (['', 'default', ...(allowance.networkDrivers ?? [])].includes(text)) return [];
  return [needs(`address driver \`${printable(text)}\``, 'networkDrivers')];
};

/** The engine gives the host an address in it, and a route: what goes there does not leave the device any more. */
export const subnet: Judge = ({ text: range, entry, allowance }) => {
  if (range === '' || !['', 'bridge'].includes(entry.driver ?? '')) return [];
  if ((allowance.subnets ?? []).some(allowed => isInside(range, allowed))) return [];
  return [needs(`address range \`${printable(range)}\``, 'subnets')];
};

/** Of a service's place on a network. */
export const endpointOptions: Judge = ({ options, allowance }) => {
  if (allowance.privileged === true) return [];
  const sysctl = /^net\.[\w-]+\.[\w.-]*\bIFNAME\b[\w.-]*=[\w .:-]*$/;
  return options.flatMap(([name, option]) => {
    if (name === 'com.docker.network.endpoint.ifname') return [];
    const ofInterface = name === 'com.docker.network.endpoint.sysctls';
    if (ofInterface && option.split(',').every(one => sysctl.test(one))) return [];
    return [needs(`option \`${printable(name)}\``, 'privileged', [name])];
  });
};
