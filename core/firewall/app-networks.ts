/** Bridges of a device's apps, and what may leave each: the policy of the app that makes the network. */
import { networkKeys, networkName, sharedNetworkMode } from '../desired/service-networks.ts';
import type { DesiredProject } from '../desired/state.ts';
import { bridgeOf } from '../egress/bridge-name.ts';
import type { Egress } from '../egress/egress.ts';

export interface AppNetworks {
  readonly app: string;
  readonly egress: Egress;
  /** Names of interfaces. */
  readonly bridges: readonly string[];
  /** A service of it has the device's own network: what it may reach, the whole device may. */
  readonly onHost: boolean;
  /** What no rule says of it. */
  readonly notes: readonly string[];
}

/** A network of its own that no rule of this machine sees: macvlan and its like leave by the wire itself. */
function isUnseen({ model }: DesiredProject, key: string): boolean {
  const { driver = '', external } = model.networks?.[key] ?? {};
  return external !== true && !['', 'bridge', 'null', 'host'].includes(driver);
}

function networkNotes(project: DesiredProject): string[] {
  const { model, egress } = project;
  return Object.keys(model.networks ?? {}).flatMap(key => {
    const name = networkName(model, key);
    if (isUnseen(project, key))
      return [`network ${name} is no bridge: these rules do not see what leaves it`];
    const external = model.networks?.[key]?.external === true;
    if (external) return [`network ${name} is made by another: what leaves it goes by its maker’s egress`];
    if (egress !== undefined && bridgeOf(model, key) === undefined)
      return [`network ${name} has no bridge of a known name: nothing leaves it`];
    return [];
  });
}

export function appNetworks(project: DesiredProject): AppNetworks {
  const { app, egress, model } = project;
  const keys = Object.keys(model.networks ?? {});
  const bridges = egress === undefined ? [] : keys.flatMap(key => bridgeOf(model, key) ?? []);
  const modes = Object.values(model.services).map(sharedNetworkMode);
  const onHost = modes.includes('host');
  const isBeside = modes.includes('bridge') || modes.includes('default');
  const leaves = egress !== undefined && egress !== 'none';
  const notes = [
    ...networkNotes(project),
    ...(onHost
      ? [
          leaves
            ? 'it is on the device’s own network: what its egress says holds for the whole device'
            : 'it is on the device’s own network: it reaches what the device reaches',
        ]
      : []),
    ...(isBeside && leaves
      ? ['what is on the engine’s own bridge leaves by nothing: give it a network']
      : []),
    ...(egress === undefined && Object.values(model.services).some(service => networkKeys(service).length > 0)
      ? ['its app.yaml has no egress: nothing leaves its networks']
      : []),
  ];
  return {
    app,
    egress: egress ?? 'none',
    bridges: [...new Set(bridges)].sort(),
    onHost,
    notes: notes.map(note => `app ${app}: ${note}`),
  };
}
