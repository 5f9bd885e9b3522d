/** Operators: what each may read and reach, and whether they vouch for changes. */
import { sshKeyBlob } from '../../../core/access/holder-keys.ts';
import type { Fleet } from '../../../core/fleet/fleet.ts';
import type { OperatorFile, Selector } from '../../../schemas/types.generated.ts';
import type { People, Person } from '../../api/types.generated.ts';
import { sshName } from '../device/key-names.ts';
import type { Model } from '../model.ts';
import type { Sight } from '../sight.ts';

/** @throws TowlineError PORTAL_NOT_FOUND for who does not read the repository */
export function peopleList({ seen }: Model, sight: Sight): People {
  sight.assertReadsRepository();
  const { fleet, commit } = seen;
  const principals = principalsByKey(fleet);
  const people = [...fleet.operators].map(([name, { path, value }]) =>
    personOf(name, path, { value, principals }),
  );
  return { commit, people };
}

function principalsByKey({ policy }: Fleet): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [name, { ssh = [] }] of Object.entries(policy?.value.principals ?? {}))
    for (const line of ssh) found.set(sshKeyBlob(line), name);
  return found;
}

function personOf(
  name: string,
  path: string,
  { value, principals }: { readonly value: OperatorFile; readonly principals: ReadonlyMap<string, string> },
): Person {
  const { description, git = {}, reads = [], tunnels = [], bundles = [], sshKeys, oidc = [] } = value;
  const signs = sshKeys.flatMap(line => principals.get(sshKeyBlob(line)) ?? []);
  return {
    ...{ name, path, git: { fleet: git.fleet ?? 'none', telemetry: git.telemetry ?? 'none' } },
    ...(description === undefined ? {} : { description }),
    ...{
      reads: reads.map(selectorWords),
      tunnels: tunnels.map(selectorWords),
      bundles: bundles.map(selectorWords),
    },
    keys: sshKeys.map(keyWords),
    signs: [...new Set(signs)],
    oidc: oidc.map(({ iss, sub }) => `${sub} at ${iss}`),
  };
}

function keyWords(line: string): string {
  const [kind = '', , ...comment] = line.trim().split(/\s+/);
  return [kind, sshName(line), ...comment].join(' ');
}

/** `all`, `group=canary`, `site=berlin`, `pump-17` */
function selectorWords({ all, devices = [], groups = [], labels = {} }: Selector): string {
  const parts = [
    ...(all === true ? ['all'] : []),
    ...groups.map(group => `group=${group}`),
    ...Object.entries(labels).map(([key, value]) => `${key}=${value}`),
    ...devices,
  ];
  return parts.join(', ');
}
