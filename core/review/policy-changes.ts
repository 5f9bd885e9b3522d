/** What a branch changes of the policy, in sentences. */

import type { PolicyFile } from '../../schemas/types.generated.ts';
import { canonicalJson } from '../canonical-json.ts';
import { someOf } from '../some-of.ts';
import { isReordered, isSame, type Maybe, mostOf, pairs } from './pairs.ts';

type Principal = PolicyFile['principals'][string];
type Role = PolicyFile['roles'][string];
type Rule = NonNullable<PolicyFile['rules']>[number];

const keysOf = ({ openpgp = [], ssh = [], passkeys = [] }: Principal) => [...openpgp, ...ssh, ...passkeys];

const keys = (count: number) => `${count} ${count === 1 ? 'key' : 'keys'}`;

function principalWords(name: string, was: Maybe<Principal>, is: Maybe<Principal>): string[] {
  if (is === undefined) return [`principal ${name} goes`];
  if (was === undefined) return [`new principal ${name}, with ${keys(keysOf(is).length)}`];
  const [had, has] = [new Set(keysOf(was)), new Set(keysOf(is))];
  const come = [...has].filter(key => !had.has(key)).length;
  const go = [...had].filter(key => !has.has(key)).length;
  const told = [...(come === 0 ? [] : [`${keys(come)} new`]), ...(go === 0 ? [] : [`${keys(go)} gone`])];
  return told.length === 0 ? [] : [`principal ${name}: ${told.join(', ')}`];
}

const quorum = ({ principals, threshold = 1 }: Role) => `${threshold} of ${principals.length}`;

function roleWords(name: string, was: Maybe<Role>, is: Maybe<Role>): string[] {
  if (is === undefined) return [`role ${name} goes`];
  if (was === undefined) return [`new role ${name}: ${quorum(is)} (${someOf(is.principals)})`];
  const come = is.principals.filter(person => !was.principals.includes(person));
  const go = was.principals.filter(person => !is.principals.includes(person));
  const people = [
    ...(come.length === 0 ? [] : [`${someOf(come)} ${come.length === 1 ? 'comes' : 'come'}`]),
    ...(go.length === 0 ? [] : [`${someOf(go)} ${go.length === 1 ? 'goes' : 'go'}`]),
  ];
  const said = quorum(was) === quorum(is) ? people : [`${quorum(is)} instead of ${quorum(was)}`, ...people];
  return said.length === 0 ? [] : [`role ${name}: ${said.join('; ')}`];
}

function ruleText({ paths, only, change, passkeys, roles }: Rule): string {
  const part = only === undefined ? '' : ` at ${someOf(only)}`;
  return `${someOf(paths)}${part}${change === undefined ? '' : `, to ${change}`}: ${roles.join(' or ')}${passkeys === true ? ', by passkey too' : ''}`;
}

/** Their order counts, whatever comes and goes beside those that move. */
function ruleWords(before: readonly Rule[], after: readonly Rule[]): string[] {
  const [had, has] = [before.map(canonicalJson), after.map(canonicalJson)];
  const come = after.filter(rule => !had.includes(canonicalJson(rule)));
  const go = before.filter(rule => !has.includes(canonicalJson(rule)));
  return [
    ...(isReordered(had, has) ? ['the rules stand in another order'] : []),
    ...come.map(rule => `new rule ${after.indexOf(rule) + 1}: ${ruleText(rule)}`),
    ...go.map(rule => `rule ${before.indexOf(rule) + 1} goes: ${ruleText(rule)}`),
  ];
}

function webauthnText(policy: Maybe<PolicyFile>): string {
  const { origins = [], verification = 'required' } = policy?.webauthn ?? {};
  return origins.length === 0 ? 'no page' : `${someOf(origins)} (verification ${verification})`;
}

export function policyWords(before: Maybe<PolicyFile>, after: Maybe<PolicyFile>): string[] {
  if (isSame(before, after)) return [];
  if (after === undefined) return ['the policy goes'];
  const single = (['fleet', 'walk', 'intent', 'time'] as const)
    .filter(key => before?.[key] !== after[key])
    .map(key => `${key}: ${after[key] ?? 'the default'} instead of ${before?.[key] ?? 'the default'}`);
  const pages = isSame(before?.webauthn, after.webauthn)
    ? []
    : [`passkeys sign on ${webauthnText(after)} instead of ${webauthnText(before)}`];
  const principals = pairs(before?.principals ?? {}, after.principals).flatMap(each =>
    principalWords(...each),
  );
  const roles = pairs<Role>(before?.roles ?? {}, after.roles).flatMap(each => roleWords(...each));
  return [
    ...single,
    ...pages,
    ...mostOf(roles, 'of roles'),
    ...mostOf(ruleWords(before?.rules ?? [], after.rules ?? []), 'of rules'),
    ...mostOf(principals, 'of principals'),
  ];
}
