import type { EngineAllowance } from '../../../schemas/types.generated.ts';
import type { Problem } from '../../errors.ts';
import { type PositionLookup, pathText } from '../value/fault.ts';
import type { ComposeModel } from '../value/model.ts';
import type { Finding } from './finding.ts';
import { judges } from './judges.ts';
import { subjectsOf } from './subjects.ts';
import { refusedRows, tooManyContainers, unknownAttributes, unsupportedValues } from './unsupported.ts';

/** The folder that stands for the app's own files in a device's model. */
export const appFolder = '/project';

function plainFindings(model: ComposeModel): Finding[] {
  const findings: Finding[] = [];
  for (const section of ['services', 'networks', 'volumes', 'configs', 'secrets'] as const) {
    for (const [name, entry] of Object.entries(model[section] ?? {})) {
      findings.push(...unknownAttributes(section, name, entry), ...refusedRows(section, name, entry));
    }
  }
  for (const [name, service] of Object.entries(model.services)) {
    findings.push(...unsupportedValues({ name, service }));
  }
  findings.push(...tooManyContainers(model.services));
  for (const [name, network] of Object.entries(model.networks ?? {})) {
    if (network?.driver !== 'overlay') continue;
    const message = '`driver: overlay` needs a swarm; a device is one engine';
    findings.push({ path: ['networks', name, 'driver'], code: 'COMPOSE_UNSUPPORTED', message });
  }
  return findings;
}

function policyFindings(model: ComposeModel, allowance: EngineAllowance): Finding[] {
  return Object.entries(judges).flatMap(([row, judge]) =>
    subjectsOf(model, row, allowance, appFolder).flatMap(subject =>
      judge(subject).map(({ keys = [], code, message }) => ({
        path: [...subject.path, ...keys],
        code,
        message,
      })),
    ),
  );
}

/**
 * What one engine, or the policy of this device, does not honour of a project: each by name, code and position.
 * The model itself takes what the specification takes; this is the second layer. What is not known to stay within
 * the container is refused with the key of `engine` that allows it.
 * @param positionOf where an attribute of the model stands in the Compose files
 */
export function checkForDevice(
  model: ComposeModel,
  allowance: EngineAllowance,
  positionOf: PositionLookup,
): Problem[] {
  return [...plainFindings(model), ...policyFindings(model, allowance)].map(({ path, code, message }) => ({
    position: positionOf(path),
    code,
    message: `${pathText(path)}: ${message}`,
  }));
}
