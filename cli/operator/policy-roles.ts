/** A person in trust/policy.yaml: the roles that they have, and the file with them or without. */
import { type Document, isMap, isSeq } from 'yaml';
import { TowlineError } from '../../core/errors.ts';
import type { Fleet } from '../../core/fleet/fleet.ts';
import { policyPath } from '../../core/fleet/paths.ts';
import { unknownName } from '../../core/unknown-name.ts';

/** @returns undefined: the policy does not know them */
export function rolesOf({ policy }: Fleet, name: string): readonly string[] | undefined {
  if (policy?.value.principals?.[name] === undefined) return undefined;
  return Object.entries(policy.value.roles).flatMap(([role, { principals }]) =>
    principals.includes(name) ? [role] : [],
  );
}

/** @throws TowlineError CLI_USAGE where a role could meet its threshold no more */
export function assertRolesWithout({ policy }: Fleet, name: string): void {
  for (const [role, { principals, threshold = 1 }] of Object.entries(policy?.value.roles ?? {})) {
    const others = principals.filter(each => each !== name).length;
    if (!principals.includes(name) || others >= threshold) continue;
    const left = others === 0 ? 'nobody would be left' : `${others} would be left`;
    const message = `role ${role} needs ${threshold} and without ${name} ${left}: give it somebody else, or take it and its rules away`;
    throw new TowlineError('CLI_USAGE', message, { position: { file: policyPath } });
  }
}

/** @throws TowlineError CLI_USAGE for a role that is none, or somebody whom the policy has already */
export function assertRolesFor({ policy }: Fleet, name: string, roles: readonly string[]): void {
  const known = Object.keys(policy?.value.roles ?? {});
  const unknown = roles.find(role => !known.includes(role));
  const position = { file: policyPath };
  if (unknown !== undefined)
    throw new TowlineError('CLI_USAGE', unknownName('role', unknown, known), { position });
  if (policy?.value.principals?.[name] !== undefined)
    throw new TowlineError('CLI_USAGE', `${name} is a principal already: change the roles there`, {
      position,
    });
}

/** Puts them among principals and into roles, and raises the version by one. Rules stay as they are. */
export function withPrincipal(
  document: Document,
  name: string,
  { keys, roles }: { readonly keys: readonly string[]; readonly roles: readonly string[] },
): void {
  document.setIn(['principals', name], document.createNode({ ssh: keys }));
  for (const role of new Set(roles)) document.addIn(['roles', role, 'principals'], name);
  raiseVersion(document);
}

/** As each change below trust/ does: devices refuse it else. */
export function raiseVersion(document: Document): void {
  const version = document.get('version');
  if (typeof version === 'number') document.set('version', version + 1);
}

/** Takes them out of principals and roles, and raises the version by one. */
export function withoutPrincipal(document: Document, name: string): void {
  document.deleteIn(['principals', name]);
  const roles = document.get('roles');
  for (const pair of isMap(roles) ? roles.items : []) {
    const list = isMap(pair.value) ? pair.value.get('principals') : undefined;
    if (!isSeq(list)) continue;
    const at = list.items.findIndex((_item, index) => list.get(index) === name);
    if (at !== -1) list.delete(at);
  }
  raiseVersion(document);
}

/** Key files that nobody else's entry names. */
export function keyFilesOf({ policy }: Fleet, name: string): string[] {
  const principals = Object.entries(policy?.value.principals ?? {});
  const others = new Set(principals.flatMap(([each, { openpgp = [] }]) => (each === name ? [] : openpgp)));
  return (policy?.value.principals?.[name]?.openpgp ?? []).filter(file => !others.has(file));
}
