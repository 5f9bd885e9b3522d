/** Networks and volumes that the engine has already, judged by what they are and not by what the file calls them. */

import type { EngineAllowance } from '../../schemas/types.generated.ts';
import type { Refusal } from '../compose/device/finding.ts';
import { networkDriverRefusals, networkOptionRefusals } from '../compose/device/network-options.ts';
import { volumeDriverRefusals, volumeRefusals } from '../compose/device/volume-options.ts';
import { resourceName } from '../desired/resource-name.ts';
import { networkName } from '../desired/service-networks.ts';
import type { DesiredProject } from '../desired/state.ts';
import { dataFolder, defaultProjectsFolder } from './bind-paths.ts';
import type { ProjectMemory } from './memory.ts';
import type { ObservedState } from './observed.ts';

interface Policy {
  readonly observed: ObservedState;
  readonly engine: EngineAllowance;
  readonly memory: ProjectMemory;
}

function networkRefusals(project: DesiredProject, { observed, engine }: Policy): [string, Refusal][] {
  return Object.entries(project.model.networks ?? {}).flatMap(([key, definition]) => {
    const name = networkName(project.model, key);
    if (definition?.external !== true) return [];
    return observed.networks
      .filter(network => network.name === name)
      .flatMap(({ made }) => (made === undefined ? [] : [made]))
      .flatMap(({ driver, options }) => [
        ...networkDriverRefusals(driver, engine),
        // The engine's own bridge has a name of the host by nature.
        ...(name === 'bridge' ? [] : networkOptionRefusals(driver, Object.entries(options), engine)),
      ])
      .map((refusal): [string, Refusal] => [`network ${name}`, refusal]);
  });
}

function volumeFindings(project: DesiredProject, { observed, engine, memory }: Policy): [string, Refusal][] {
  const data = dataFolder(memory.written?.projects ?? defaultProjectsFolder, project.name);
  return Object.keys(project.model.volumes ?? {}).flatMap(key => {
    const name = resourceName(project.model, 'volumes', key);
    const made = observed.volumes.find(one => one.name === name)?.made;
    if (made === undefined) return [];
    const form = { driver: made.driver, options: Object.entries(made.options) };
    return [...volumeDriverRefusals(made.driver, engine), ...volumeRefusals(form, engine, data)].map(
      (refusal): [string, Refusal] => [`volume ${name}`, refusal],
    );
  });
}

/** @returns what the policy of this device does not allow of them, with what it is about */
export function observedRefusal(project: DesiredProject, policy: Policy): Refusal | undefined {
  const [first] = [...networkRefusals(project, policy), ...volumeFindings(project, policy)];
  if (first === undefined) return undefined;
  const [what, { code, message }] = first;
  return { code, message: `${what}: ${message}` };
}
