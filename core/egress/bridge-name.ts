/**
 * Names of the bridges of an app's networks. Docker calls a bridge after the network's id, which nobody knows before it is
 * made; where rules are to speak of it, the network is made with this name.
 */
import { canonicalHash } from '../canonical-json.ts';
import type { ComposeModel, NetworkModel } from '../compose/value/model.ts';

/** Names that the kernel gives an interface, as plain as Docker's are. */
export const interfacePattern = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,14}$/;

const option = 'com.docker.network.bridge.name';

/** 60 bits of the network's name; an interface's name has at most 15 characters. */
function bridgeName(network: string): string {
  const bits = BigInt(`0x${canonicalHash(network).slice(0, 15)}`);
  return `tl-${bits.toString(32).padStart(12, '0')}`;
}

const isBridge = ({ driver = '', external }: NetworkModel): boolean =>
  external !== true && ['', 'bridge'].includes(driver);

/**
 * The model with a name for each bridge that it makes and does not name by itself.
 * @param networkName of a network on the engine, by its key
 */
export function withBridgeNames(
  model: ComposeModel,
  networkName: (model: ComposeModel, key: string) => string,
): ComposeModel {
  const networks = Object.entries(model.networks ?? {}).map(
    ([key, network]): [string, NetworkModel | null] => {
      const own = network ?? {};
      if (!isBridge(own) || own.driver_opts?.[option] !== undefined) return [key, network];
      const name = bridgeName(networkName(model, key));
      return [key, { ...own, driver_opts: { ...own.driver_opts, [option]: name } }];
    },
  );
  return { ...model, networks: Object.fromEntries(networks) };
}

/** The model as its author wrote it: a name that was given here is nothing that the app asks for. */
export function withoutBridgeNames(
  model: ComposeModel,
  networkName: (model: ComposeModel, key: string) => string,
): ComposeModel {
  const networks = Object.entries(model.networks ?? {}).map(
    ([key, network]): [string, NetworkModel | null] => {
      const { [option]: name, ...others } = network?.driver_opts ?? {};
      const isGiven = name !== undefined && name === bridgeName(networkName(model, key));
      return [key, isGiven ? { ...network, driver_opts: others } : network];
    },
  );
  return { ...model, networks: Object.fromEntries(networks) };
}

/** @returns undefined where nobody knows it: the engine names it, another app or a person makes it, it is no bridge */
export function bridgeOf(model: ComposeModel, key: string): string | undefined {
  const network = model.networks?.[key] ?? {};
  const name = isBridge(network) ? network.driver_opts?.[option] : undefined;
  return name !== undefined && interfacePattern.test(name) ? name : undefined;
}
