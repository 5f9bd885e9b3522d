import type { ChangedPath } from '../git/change.ts';
import type { ListedFile, ObjectReader } from '../git/object-reader.ts';
import { passkeyVoice } from '../signature/evidence.ts';
import { fieldChange } from './field-change.ts';
import { matchesGlob } from './glob.ts';
import { formatPointer, type Policy, rootRole } from './policy.ts';
import { type RolloutChange, stepProblem } from './rollout-step.ts';
import type { Role, Rule } from './rule.ts';

/** Who must vouch for one path, or for one value in it: any of these roles, by its own threshold. */
export interface Requirement {
  readonly path: string;
  /** JSON pointer, where a rule by field decides. */
  readonly pointer?: string;
  /** The rule that decides, from 1; absent: none covers it, or it is root's anyway. */
  readonly rule?: number;
  readonly roles: readonly Role[];
  /** Of those roles, by name: where passkeys of their principals count, too. */
  readonly passkeys?: ReadonlySet<string>;
  /** Rules for a step of a rollout that the change is, from 1: their roles may, too. */
  readonly steps?: readonly number[];
  /** Why rules by field, which name this path, do not apply. */
  readonly fieldProblem?: string;
  /** Why rules for a step of a rollout, which name this path, do not apply. */
  readonly stepProblems?: readonly string[];
  /** Why the path counts, where it is not its own change that does. */
  readonly because?: string;
}

/** trust/** and the removal of approvals are root's, whatever the rules say. */
export function isReserved(path: string): boolean {
  return (
    path === 'trust' || path.startsWith('trust/') || path === 'approvals' || path.startsWith('approvals/')
  );
}

/**
 * What the policy asks for one changed path: the first rule that covers it decides; what none covers is root's. Where it is a
 * step of a rollout, who may make that by a rule before may as well.
 * @throws TowlineError what the reader throws.
 */
export async function requirementsOf(
  reader: ObjectReader,
  change: ChangedPath,
  policy: Policy,
): Promise<Requirement[]> {
  const { path } = change;
  const named = rulesOf(path, policy);
  const isWhole = (rule: Rule | undefined) => rule?.only === undefined && rule?.change === undefined;
  if (isWhole(named[0])) return [requirement(policy, path, named[0])];
  const fields = await fieldChange(reader, change);
  if ('problem' in fields)
    return [{ ...requirement(policy, path, named.find(isWhole)), fieldProblem: fields.problem }];
  const rules = named.filter(({ change: step }) => step === undefined);
  const whole = rules.find(({ only }) => only === undefined);
  const found =
    rules[0] === whole || fields.pointers.length === 0
      ? [requirement(policy, path, whole)]
      : fields.pointers.map(pointer => valueRequirement(policy, path, rules, pointer));
  return withSteps(found, named, { policy, fields });
}

function withSteps(
  found: readonly Requirement[],
  named: readonly Rule[],
  { policy, fields }: { readonly policy: Policy; readonly fields: RolloutChange },
): Requirement[] {
  const fitting: Rule[] = [];
  const problems: string[] = [];
  for (const rule of named) {
    if (rule.change === undefined) continue;
    const problem = stepProblem(rule.change, fields);
    if (problem === undefined) fitting.push(rule);
    else problems.push(`rule ${rule.number} (${rule.change}): ${problem}`);
  }
  return found.map(one => {
    const before = fitting.filter(({ number }) => number < (one.rule ?? Number.POSITIVE_INFINITY));
    if (before.length > 0) {
      const roles = new Set([...before.flatMap(rule => rolesOf(policy, rule)), ...one.roles]);
      const byPasskey = [
        ...before.flatMap(rule => (rule.passkeys ? rule.roles : [])),
        ...(one.passkeys ?? []),
      ];
      const passkeys = byPasskey.length === 0 ? {} : { passkeys: new Set(byPasskey) };
      return { ...one, roles: [...roles], ...passkeys, steps: before.map(({ number }) => number) };
    }
    return problems.length === 0 ? one : { ...one, stepProblems: problems };
  });
}

/**
 * What the policy would ask if this value of a file changed, or, without a pointer, if the file were removed.
 * @param file as it is: rules by field apply where its schema does.
 * @throws TowlineError what the reader throws.
 */
export async function requirementAsIfChanged(
  reader: ObjectReader,
  { path, mode, id }: ListedFile,
  policy: Policy,
  pointer?: readonly string[],
): Promise<Requirement> {
  // No such change is one step of a rollout.
  const rules = rulesOf(path, policy).filter(({ change }) => change === undefined);
  const whole = rules.find(rule => rule.only === undefined);
  if (pointer === undefined || rules[0] === whole) return requirement(policy, path, whole);
  const same: ChangedPath = { path, oldMode: mode, oldId: id, newMode: mode, newId: id };
  const fields = await fieldChange(reader, same);
  if ('problem' in fields) return { ...requirement(policy, path, whole), fieldProblem: fields.problem };
  return valueRequirement(policy, path, rules, pointer);
}

/** What only root may decide at a path. */
export function rootRequirement(policy: Policy, path: string): Requirement {
  return requirement(policy, path, undefined);
}

function rulesOf(path: string, policy: Policy): readonly Rule[] {
  if (isReserved(path)) return [];
  return policy.rules.filter(rule => rule.globs.some(glob => matchesGlob(glob, path)));
}

function valueRequirement(
  policy: Policy,
  path: string,
  rules: readonly Rule[],
  pointer: readonly string[],
): Requirement {
  const found = rules.find(rule => rule.only?.some(only => covers(only, pointer)) ?? true);
  return { ...requirement(policy, path, found), pointer: formatPointer(pointer) };
}

function requirement(policy: Policy, path: string, rule: Rule | undefined): Requirement {
  return {
    path,
    roles: rolesOf(policy, rule),
    ...(rule === undefined ? {} : { rule: rule.number }),
    ...(rule?.passkeys === true ? { passkeys: new Set(rule.roles) } : {}),
  };
}

function rolesOf(policy: Policy, rule: Rule | undefined): Role[] {
  const names = rule?.roles ?? [rootRole];
  return names.map(name => policy.roles.get(name)).filter(role => role !== undefined);
}

/** By whole tokens: `/tunnel` covers `/tunnel/state`, not `/tunnels`. */
function covers(only: readonly string[], pointer: readonly string[]): boolean {
  return only.every((token, index) => pointer[index] === token);
}

/** Whether these are enough. @param vouchers by their voices (`voiceOf`) */
export function isSatisfied(requirement: Requirement, vouchers: ReadonlySet<string>): boolean {
  return requirement.roles.some(role => vouchedOf(requirement, role, vouchers).length >= role.threshold);
}

/** Principals of one of its roles who vouch: by a passkey only where those count. */
export function vouchedOf({ passkeys }: Requirement, role: Role, vouchers: ReadonlySet<string>): string[] {
  const mayBePasskey = passkeys?.has(role.name) === true;
  return [...role.principals].filter(
    name => vouchers.has(name) || (mayBePasskey && vouchers.has(passkeyVoice(name))),
  );
}

/** Without passkeys. */
export function countIn(role: Role, vouchers: ReadonlySet<string>): number {
  return [...role.principals].filter(principal => vouchers.has(principal)).length;
}

/** Who could still vouch, for people: `1 more of root (bob, carol)`. */
export function missingFor(requirement: Requirement, vouchers: ReadonlySet<string>): string[] {
  return requirement.roles.map(role => {
    const vouched = vouchedOf(requirement, role, vouchers);
    const left = [...role.principals].filter(principal => !vouched.includes(principal));
    return `${role.threshold - vouched.length} more of ${role.name} (${left.join(', ')})`;
  });
}
