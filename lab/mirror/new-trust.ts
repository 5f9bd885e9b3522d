/** Who decides in the lab: one key, made for it. No key of production's policy stands anywhere in it, so that nothing counts that those have signed. */
import { stringify } from 'yaml';
import { policyPath } from '../../core/fleet/paths.ts';
import type { OperatorFile, PolicyFile } from '../../schemas/types.generated.ts';
import type { LabIdentity } from './lab-identity.ts';

/** Rules of the walk that the lab's policy asks for: those of a new fleet. */
const walk = 2;

export const yamlBytes = (value: unknown): Buffer => Buffer.from(stringify(value, { lineWidth: 0 }));

/** Path → bytes of the policy, and of the one person there is. */
export function newTrust({ fleet, rootKey, operator }: LabIdentity): Map<string, Buffer> {
  const policy: PolicyFile = {
    apiVersion: 'towline/v1',
    fleet,
    version: 1,
    walk,
    principals: { lab: { ssh: [rootKey] } },
    roles: { root: { principals: ['lab'], threshold: 1 } },
  };
  const person: OperatorFile = {
    apiVersion: 'towline/v1',
    sshKeys: [operator.sshKey],
    git: { fleet: 'write', telemetry: 'read' },
    tunnels: [{ all: true }],
  };
  return new Map([
    [policyPath, yamlBytes(policy)],
    [`operators/${operator.name}.yaml`, yamlBytes(person)],
  ]);
}
