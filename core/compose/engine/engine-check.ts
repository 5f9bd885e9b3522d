/**
 * The engine's own validation, attribute by attribute, before there is an engine: what is refused here is refused by every
 * engine from 20.10 on, whatever the device allows. What hangs on the machine (its processors, modules, users of an image)
 * is not asked here. Source: moby, daemon/container.go, daemon/daemon_unix.go, volume/mounts, api/types/network; runc.
 */
import type { Problem } from '../../errors.ts';
import { type PositionLookup, pathText } from '../value/fault.ts';
import type { ComposeModel } from '../value/model.ts';
import { endpointAddresses, extraHosts, macAddresses, nameServers } from './addresses.ts';
import { capabilities, devices, limitsOfProcesses, securityOptions, sysctls } from './containment.ts';
import { logOptions } from './logging.ts';
import { fileTargets, tmpfsTargets, volumeMounts } from './mounts.ts';
import { bridgeOptions, overlappingSubnets, subnets } from './networks.ts';
import { publishedPorts, publishedTwice } from './ports.ts';
import * as processes from './process.ts';
import { memoryLimits, processorLimits, weights } from './resources.ts';
import type { ProjectRule, ServiceRule } from './rule.ts';
import { sharedNamespaces } from './shared-namespaces.ts';
import { volumes } from './volumes.ts';

const serviceRules: readonly ServiceRule[] = [
  volumeMounts,
  tmpfsTargets,
  fileTargets,
  publishedPorts,
  processes.hostname,
  capabilities,
  limitsOfProcesses,
  sysctls,
  processes.restartPolicy,
  processes.healthTimes,
  memoryLimits,
  processorLimits,
  weights,
  logOptions,
  nameServers,
  extraHosts,
  macAddresses,
  endpointAddresses,
  processes.stopSignal,
  processes.user,
  processes.groups,
  processes.workingFolders,
  processes.zeroCharacters,
  devices,
  securityOptions,
  sharedNamespaces,
];

const projectRules: readonly ProjectRule[] = [
  publishedTwice,
  subnets,
  overlappingSubnets,
  bridgeOptions,
  volumes,
];

/** @param positionOf where an attribute of the model stands in the Compose files */
export function checkForEngine(model: ComposeModel, positionOf: PositionLookup): Problem[] {
  const problems: Problem[] = [];
  const refuse: Parameters<ProjectRule>[0]['refuse'] = (path, message) =>
    problems.push({
      position: positionOf(path),
      code: 'COMPOSE_ENGINE_WILL_REFUSE',
      message: `${pathText(path)}: ${message}`,
    });
  for (const [name, service] of Object.entries(model.services)) {
    const below = ['services', name];
    for (const rule of serviceRules)
      rule({ name, service, model, refuse: (keys, message) => refuse([...below, ...keys], message) });
  }
  for (const rule of projectRules) rule({ model, refuse });
  return problems;
}
