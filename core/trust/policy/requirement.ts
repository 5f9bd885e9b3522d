import type { ChangedPath } from '../git/change.ts';
import type { ListedFile, ObjectReader } from '../git/object-reader.ts';
import { fieldChange } from './field-change.ts';
import { matchesGlob } from './glob.ts';
import { formatPointer, type Policy, type Role, type Rule, rootRole } from './policy.ts';
import { type RolloutChange, stepProblem } from './rollout-step.ts';

/** Who must vouch for one path, or for one value in it: any of these roles, by its own threshold. */
export interface Requirement {
  readonly path: string;
  /** JSON pointer, where a rule by field decides. */
  readonly pointer?: string;
  /** The rule that decides, from 1; absent: none covers it, or it is root's anyway. */
  readonly rule?: number;
  readonly roles: readonly Role[];
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
 * What the policy asks for one changed path: the first rule that covers it decides; what none covers is root's.
 * @throws TowlineError what the reader throws.
 */
export async function requirementsOf(
  reader: ObjectReader,
  change: ChangedPath,
  policy: Policy,
): Promise<Requirement[]> {
  const { path } = change;
  const named = rulesOf(path, policy);
  if (isWhole(named[0])) return [requirement(policy, path, named[0])];
  const fields = await fieldChange(reader, change);
  if ('problem' in fields)
    return [{ ...requirement(policy, path, named.find(isWhole)), fieldProblem: fields.problem }];
  const { rules, problems } = rulesForChange(named, fields);
  const told = problems.length === 0 ? {} : { stepProblems: problems };
  const whole = rules.find(({ only }) => only === undefined);
  if (rules[0] === whole || fields.pointers.length === 0)
    return [{ ...requirement(policy, path, whole), ...told }];
  return fields.pointers.map(pointer => ({ ...valueRequirement(policy, path, rules, pointer), ...told }));
}

const isWhole = (rule: Rule | undefined): boolean => rule?.only === undefined && rule?.change === undefined;

/** Those for a step go, or, where the change is that step, cover the whole of it. */
function rulesForChange(
  named: readonly Rule[],
  change: RolloutChange,
): { readonly rules: readonly Rule[]; readonly problems: readonly string[] } {
  const problems: string[] = [];
  const rules = named.filter(({ number, change: step }) => {
    const problem = step === undefined ? undefined : stepProblem(step, change);
    if (problem !== undefined) problems.push(`rule ${number} (${step}): ${problem}`);
    return problem === undefined;
  });
  return { rules, problems };
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
  const names = rule?.roles ?? [rootRole];
  const roles = names.map(name => policy.roles.get(name)).filter(role => role !== undefined);
  return { path, roles, ...(rule === undefined ? {} : { rule: rule.number }) };
}

/** By whole tokens: `/tunnel` covers `/tunnel/state`, not `/tunnels`. */
function covers(only: readonly string[], pointer: readonly string[]): boolean {
  return only.every((token, index) => pointer[index] === token);
}

/** Whether these principals are enough. */
export function isSatisfied({ roles }: Requirement, vouchers: ReadonlySet<string>): boolean {
  return roles.some(role => countIn(role, vouchers) >= role.threshold);
}

export function countIn(role: Role, vouchers: ReadonlySet<string>): number {
  return [...role.principals].filter(principal => vouchers.has(principal)).length;
}

/** Who could still vouch, for people: `1 more of root (bob, carol)`. */
export function missingFor({ roles }: Requirement, vouchers: ReadonlySet<string>): string[] {
  return roles.map(role => {
    const left = [...role.principals].filter(principal => !vouchers.has(principal));
    return `${role.threshold - countIn(role, vouchers)} more of ${role.name} (${left.join(', ')})`;
  });
}
