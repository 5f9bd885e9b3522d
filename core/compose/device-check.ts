import type { EngineAllowance } from '../../schemas/types.generated.ts';
import type { Problem } from '../errors.ts';
import type { Finding, ServiceView } from './device/finding.ts';
import { bindFindings, resourceFindings } from './device/host-paths.ts';
import { powerFindings } from './device/power.ts';
import { refusedRows, unsupportedValues } from './device/unsupported.ts';
import { pathText } from './fault.ts';
import type { PositionLookup } from './load.ts';
import type { ComposeModel } from './model.ts';

/** The folder that stands for the app's own files in a device's model. */
const appFolder = '/project';

function serviceFindings(view: ServiceView): Finding[] {
  return [
    ...refusedRows('services', view.name, view.service),
    ...unsupportedValues(view),
    ...powerFindings(view),
    ...bindFindings(view),
  ];
}

function sharedFindings(model: ComposeModel): Finding[] {
  const findings: Finding[] = [];
  for (const section of ['configs', 'secrets'] as const) {
    for (const [name, resource] of Object.entries(model[section] ?? {})) {
      findings.push(...refusedRows(section, name, resource));
    }
  }
  for (const [name, network] of Object.entries(model.networks ?? {})) {
    if (network?.driver !== 'overlay') continue;
    const message = '`driver: overlay` needs a swarm; a device is one engine';
    findings.push({ path: ['networks', name, 'driver'], code: 'COMPOSE_UNSUPPORTED', message });
  }
  return findings;
}

/**
 * What one engine, or the policy of this device, does not honour of a project: each by name, code and position.
 * The model itself takes what the specification takes; this is the second layer.
 * @param positionOf where an attribute of the model stands in the Compose files
 */
export function checkForDevice(
  model: ComposeModel,
  allowance: EngineAllowance,
  positionOf: PositionLookup,
): Problem[] {
  const findings = [
    ...Object.entries(model.services).flatMap(([name, service]) =>
      serviceFindings({ name, service, allowance, folder: appFolder }),
    ),
    ...sharedFindings(model),
    ...resourceFindings(model, allowance, appFolder),
  ];
  return findings.map(({ path, code, message }) => ({
    position: positionOf(path),
    code,
    message: `${pathText(path)}: ${message}`,
  }));
}
