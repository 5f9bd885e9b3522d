/** The networks of a project, and those that a service is on. */

import type { ComposeModel, ServiceModel } from '../compose/value/model.ts';
import { withBridgeNames } from '../egress/bridge-name.ts';
import type { CheckedFile } from '../fleet/schema-check.ts';
import { resourceName } from './resource-name.ts';

/** Name on the engine of a network of the model. */
export function networkName(model: ComposeModel, key: string): string {
  return resourceName(model, 'networks', key);
}

/** `bridge`, `host`, `none`, `container:…`; undefined where the service is on networks of the model. */
export function sharedNetworkMode(service: ServiceModel): string | undefined {
  const mode = service.network_mode;
  return mode === '' ? undefined : mode;
}

/** Keys of a service's networks, the one that gives the default route first: by priority, then by name. */
export function networkKeys(service: ServiceModel): string[] {
  if (sharedNetworkMode(service) !== undefined) return [];
  const { networks = {} } = service;
  const priority = (key: string) => networks[key]?.priority ?? 0;
  return Object.keys(networks).sort((a, b) => priority(b) - priority(a) || (a < b ? -1 : 1));
}

/** The model with bridges of known names, where the app's file says what may leave them: rules speak of them. */
export function bridgedModel(model: ComposeModel, file: CheckedFile<'app'> | undefined): ComposeModel {
  return file?.value.egress === undefined ? model : withBridgeNames(model, networkName);
}
