/** Networks that a project makes. Source: moby, api/types/network/ipam.go, libnetwork/drivers/bridge. */
import { isAddress } from '../value/address.ts';
import { isInside } from '../value/address-range.ts';
import { type Path, printable } from '../value/fault.ts';
import type { ComposeModel, NetworkModel } from '../value/model.ts';
import type { AskedProject, ProjectRule } from './rule.ts';

type Pool = NonNullable<NonNullable<NetworkModel['ipam']>['config']>[number];

interface OwnNetwork {
  readonly name: string;
  readonly network: NetworkModel;
}

function ownNetworks(model: ComposeModel): OwnNetwork[] {
  return Object.entries(model.networks ?? {}).flatMap(([name, network]) =>
    network === null || network.external === true ? [] : [{ name, network }],
  );
}

const isRange = (text: string): boolean => isInside(text, text);
const wholeOf = (address: string): string => `${address}/${address.includes(':') ? 128 : 32}`;

function checkPool(pool: Pool, path: Path, refuse: AskedProject['refuse']): void {
  const { subnet = '', ip_range: range = '', gateway = '', aux_addresses: auxiliary = {} } = pool;
  const shownSubnet = `\`${printable(subnet)}\``;
  if (subnet !== '' && !isRange(subnet)) {
    refuse([...path, 'subnet'], `${shownSubnet} is no address range, such as \`10.213.7.0/24\``);
    return;
  }
  const addresses = [
    ...(gateway === '' ? [] : [{ address: gateway, keys: ['gateway'] }]),
    ...Object.entries(auxiliary).map(([name, address]) => ({ address, keys: ['aux_addresses', name] })),
  ];
  if (subnet === '' && (range !== '' || addresses.length > 0)) {
    refuse(path, 'a `gateway`, `ip_range` or `aux_addresses` needs the `subnet` that it is in');
    return;
  }
  if (range !== '' && !isRange(range))
    refuse([...path, 'ip_range'], `\`${printable(range)}\` is no address range`);
  else if (range !== '' && !isInside(range, subnet) && !isInside(subnet, range))
    refuse([...path, 'ip_range'], `\`${printable(range)}\` has nothing in common with ${shownSubnet}`);
  for (const { address, keys } of addresses) {
    if (isAddress(address) && isInside(wholeOf(address), subnet)) continue;
    const why = isAddress(address) ? `is not within ${shownSubnet}` : 'is no IP address';
    refuse([...path, ...keys], `\`${printable(address)}\` ${why}`);
  }
}

export const subnets: ProjectRule = ({ model, refuse }) => {
  for (const { name, network } of ownNetworks(model)) {
    for (const [index, pool] of (network.ipam?.config ?? []).entries())
      checkPool(pool, ['networks', name, 'ipam', 'config', index], refuse);
  }
};

const isBridge = ({ driver = '' }: NetworkModel): boolean => driver === '' || driver === 'bridge';

/** Of one project: more are not compared, and no engine makes as many. */
const maxPools = 200;

/** Two bridges of one engine have no address in common. */
export const overlappingSubnets: ProjectRule = ({ model, refuse }) => {
  const pools = ownNetworks(model)
    .filter(({ network }) => isBridge(network))
    .flatMap(({ name, network }) =>
      (network.ipam?.config ?? []).map(({ subnet = '' }, index) => ({ name, subnet, index })),
    )
    .filter(({ subnet }) => isRange(subnet))
    .slice(0, maxPools);
  for (const [place, { name, subnet, index }] of pools.entries()) {
    const other = pools
      .slice(0, place)
      .find(({ subnet: range }) => isInside(subnet, range) || isInside(range, subnet));
    if (other === undefined) continue;
    const message = `\`${subnet}\` overlaps with \`${other.subnet}\` of network \`${printable(other.name)}\``;
    refuse(['networks', name, 'ipam', 'config', index, 'subnet'], message);
  }
};

const truth = /^(1|t|true|0|f|false)$/i;
const optionForms: Readonly<Record<string, { readonly form: RegExp; readonly what: string }>> = {
  'com.docker.network.bridge.enable_icc': { form: truth, what: '`true` or `false`' },
  'com.docker.network.bridge.enable_ip_masquerade': { form: truth, what: '`true` or `false`' },
  'com.docker.network.driver.mtu': { form: /^\+?\d+$/, what: 'a number of bytes' },
};

export const bridgeOptions: ProjectRule = ({ model, refuse }) => {
  for (const { name, network } of ownNetworks(model).filter(own => isBridge(own.network))) {
    for (const [option, value] of Object.entries(network.driver_opts ?? {})) {
      const known = Object.hasOwn(optionForms, option) ? optionForms[option] : undefined;
      if (known === undefined || known.form.test(value)) continue;
      refuse(['networks', name, 'driver_opts', option], `\`${printable(value)}\` must be ${known.what}`);
    }
  }
};
