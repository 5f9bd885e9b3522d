/** What a branch changes of who may do what, in sentences: policy, people, publishers, gateways, allowances. */
import type { EngineAllowance, ImagesFile, OperatorFile, PolicyFile } from '../../schemas/types.generated.ts';
import { canonicalJson } from '../canonical-json.ts';
import type { Fleet } from '../fleet/fleet.ts';

export interface FleetChange {
  readonly area: 'policy' | 'people' | 'publishers' | 'gateways' | 'engine';
  readonly what: string;
}

type Maybe<Value> = Value | undefined;

const isSame = (one: unknown, other: unknown) => canonicalJson(one) === canonicalJson(other);

/** Names of both, sorted, each with what it was and is. */
function pairs<Value>(
  before: Readonly<Record<string, Value>>,
  after: Readonly<Record<string, Value>>,
): [name: string, was: Maybe<Value>, is: Maybe<Value>][] {
  const own = (all: Readonly<Record<string, Value>>, name: string) =>
    Object.hasOwn(all, name) ? all[name] : undefined;
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .sort()
    .map(name => [name, own(before, name), own(after, name)]);
}

type Principal = PolicyFile['principals'][string];
type Role = PolicyFile['roles'][string];
type Rule = NonNullable<PolicyFile['rules']>[number];

const keysOf = ({ openpgp = [], ssh = [] }: Principal) => [...openpgp, ...ssh];

function principalWords(name: string, was: Maybe<Principal>, is: Maybe<Principal>): string[] {
  if (is === undefined) return [`principal ${name} goes`];
  const count = keysOf(is).length;
  if (was === undefined) return [`new principal ${name}, with ${count} ${count === 1 ? 'key' : 'keys'}`];
  const [had, has] = [new Set(keysOf(was)), new Set(keysOf(is))];
  const come = [...has].filter(key => !had.has(key)).length;
  const go = [...had].filter(key => !has.has(key)).length;
  return come + go === 0 ? [] : [`principal ${name}: ${come} new keys, ${go} keys go`];
}

const quorum = ({ principals, threshold = 1 }: Role) => `${threshold} of ${principals.length}`;

function roleWords(name: string, was: Maybe<Role>, is: Maybe<Role>): string[] {
  if (is === undefined) return [`role ${name} goes`];
  if (was === undefined) return [`new role ${name}: ${quorum(is)} (${is.principals.join(', ')})`];
  const come = is.principals.filter(person => !was.principals.includes(person));
  const go = was.principals.filter(person => !is.principals.includes(person));
  const people = [
    ...(come.length === 0 ? [] : [`${come.join(', ')} ${come.length === 1 ? 'comes' : 'come'}`]),
    ...(go.length === 0 ? [] : [`${go.join(', ')} ${go.length === 1 ? 'goes' : 'go'}`]),
  ];
  const said = quorum(was) === quorum(is) ? people : [`${quorum(is)} instead of ${quorum(was)}`, ...people];
  return said.length === 0 ? [] : [`role ${name}: ${said.join('; ')}`];
}

const ruleText = ({ paths, only, roles }: Rule) =>
  `${paths.join(', ')}${only === undefined ? '' : ` at ${only.join(', ')}`}: ${roles.join(' or ')}`;

/** Their order counts: a rule that moves is one that goes and one that comes. */
function ruleWords(before: readonly Rule[], after: readonly Rule[]): string[] {
  const [had, has] = [before.map(canonicalJson), after.map(canonicalJson)];
  const come = after.filter(rule => !had.includes(canonicalJson(rule)));
  const go = before.filter(rule => !has.includes(canonicalJson(rule)));
  const moved =
    come.length + go.length === 0 && !isSame(had, has) ? ['the rules stand in another order'] : [];
  return [
    ...come.map(rule => `new rule ${after.indexOf(rule) + 1}: ${ruleText(rule)}`),
    ...go.map(rule => `rule ${before.indexOf(rule) + 1} goes: ${ruleText(rule)}`),
    ...moved,
  ];
}

function policyWords(before: Maybe<PolicyFile>, after: Maybe<PolicyFile>): string[] {
  if (isSame(before, after)) return [];
  if (after === undefined) return ['the policy goes'];
  const single = (['fleet', 'walk', 'intent', 'time'] as const)
    .filter(key => before?.[key] !== after[key])
    .map(key => `${key}: ${after[key] ?? 'as by default'} instead of ${before?.[key] ?? 'the default'}`);
  return [
    ...single,
    ...pairs(before?.principals ?? {}, after.principals).flatMap(each => principalWords(...each)),
    ...pairs<Role>(before?.roles ?? {}, after.roles).flatMap(each => roleWords(...each)),
    ...ruleWords(before?.rules ?? [], after.rules ?? []),
  ];
}

function publisherWords(before: Maybe<ImagesFile>, after: Maybe<ImagesFile>): string[] {
  if (isSame(before, after)) return [];
  if (after === undefined) return ['signatures of images are asked for no more'];
  if (before === undefined) return ['signatures of images are asked for'];
  const rules = (file: ImagesFile) => Object.fromEntries(file.rules.map(rule => [rule.name, rule]));
  const other = pairs(rules(before), rules(after)).flatMap(([name, was, is]) => {
    if (is === undefined) return [`publisher ${name} goes`];
    if (was === undefined) return [`new publisher ${name}, of ${is.repositories.join(', ')}`];
    return isSame(was, is) ? [] : [`publisher ${name} is changed`];
  });
  const rest =
    before.default === after.default
      ? []
      : [`images that no rule names: ${after.default} instead of ${before.default}`];
  return [...rest, ...(other.length + rest.length === 0 ? ['the rules stand in another order'] : other)];
}

function operatorWords(name: string, was: Maybe<OperatorFile>, is: Maybe<OperatorFile>): string[] {
  if (is === undefined) return [`operator ${name} goes`];
  if (was === undefined) return [`new operator ${name}`];
  const keys = pairs<unknown>({ ...was }, { ...is })
    .filter(([, old, now]) => !isSame(old, now))
    .map(([key]) => key);
  return keys.length === 0 ? [] : [`operator ${name}: ${keys.join(', ')} changed`];
}

function operatorsOf({ operators }: Fleet): Record<string, OperatorFile> {
  return Object.fromEntries([...operators].map(([name, { value }]) => [name, value]));
}

function gatewayWords(before: Fleet, after: Fleet): string[] {
  const byAddress = ({ file }: Fleet) =>
    Object.fromEntries(file.value.gateways.map(gateway => [gateway.address, gateway]));
  return pairs(byAddress(before), byAddress(after)).flatMap(([address, was, is]) => {
    if (is === undefined) return [`gateway ${address} goes`];
    if (was === undefined) return [`new gateway ${address}`];
    return isSame(was, is) ? [] : [`the keys of gateway ${address} are others`];
  });
}

/** By the file that gives them. */
function allowances(fleet: Fleet): Record<string, EngineAllowance> {
  const files = [fleet.file, ...fleet.groups.values(), ...fleet.devices.values()];
  return Object.fromEntries(
    files.flatMap(({ path, value }) => (value.engine === undefined ? [] : [[path, value.engine]])),
  );
}

/** What comes; what goes is no privilege. */
function allowanceWords(file: string, was: EngineAllowance, is: EngineAllowance): string[] {
  return pairs<unknown>({ ...was }, { ...is }).flatMap(([key, old, now]) => {
    if (isSame(old, now) || now === undefined || now === false) return [];
    if (!Array.isArray(now)) return [`${file} allows engine.${key}`];
    const had: readonly unknown[] = Array.isArray(old) ? old : [];
    const come = now.filter(each => !had.includes(each));
    return come.length === 0 ? [] : [`${file} allows engine.${key}: ${come.join(', ')}`];
  });
}

/** In a fixed order: the same for the same two commits. */
export function fleetChanges(before: Fleet, after: Fleet): FleetChange[] {
  const as = (area: FleetChange['area'], all: readonly string[]) => all.map(what => ({ area, what }));
  const engine = pairs(allowances(before), allowances(after)).flatMap(([file, was, is]) =>
    allowanceWords(file, was ?? {}, is ?? {}),
  );
  const people = pairs(operatorsOf(before), operatorsOf(after)).flatMap(each => operatorWords(...each));
  return [
    ...as('policy', policyWords(before.policy?.value, after.policy?.value)),
    ...as('publishers', publisherWords(before.images?.value, after.images?.value)),
    ...as('people', people),
    ...as('gateways', gatewayWords(before, after)),
    ...as('engine', engine),
  ];
}
