/** What a branch changes of who may do what, in sentences: policy, people, publishers, gateways, ways in, allowances, devices. */

import type { DeviceFile, EngineAllowance, ImagesFile, OperatorFile } from '../../schemas/types.generated.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { restoresOf } from '../fleet/restores.ts';
import { someOf } from '../some-of.ts';
import { isReordered, isSame, type Maybe, mostOf, pairs } from './pairs.ts';
import { policyWords } from './policy-changes.ts';

export interface FleetChange {
  readonly area: 'policy' | 'people' | 'publishers' | 'gateways' | 'ways in' | 'engine' | 'devices';
  readonly what: string;
}

function publisherWords(before: Maybe<ImagesFile>, after: Maybe<ImagesFile>): string[] {
  if (isSame(before, after)) return [];
  if (after === undefined) return ['signatures of images are asked for no more'];
  if (before === undefined) return ['signatures of images are asked for'];
  const rules = (file: ImagesFile) => Object.fromEntries(file.rules.map(rule => [rule.name, rule]));
  const other = pairs(rules(before), rules(after)).flatMap(([name, was, is]) => {
    if (is === undefined) return [`publisher ${name} goes`];
    if (was === undefined) return [`new publisher ${name}, of ${someOf(is.repositories)}`];
    return isSame(was, is) ? [] : [`publisher ${name} is changed`];
  });
  const names = (file: ImagesFile) => file.rules.map(rule => rule.name);
  return [
    ...(before.default === after.default
      ? []
      : [`images that no rule names: ${after.default} instead of ${before.default}`]),
    ...(isReordered(names(before), names(after)) ? ['the rules stand in another order'] : []),
    ...mostOf(other, 'of publishers'),
  ];
}

function operatorWords(name: string, was: Maybe<OperatorFile>, is: Maybe<OperatorFile>): string[] {
  if (is === undefined) return [`operator ${name} goes`];
  if (was === undefined) return [`new operator ${name}`];
  const keys = changedKeys(was, is);
  return keys.length === 0 ? [] : [`operator ${name}: ${keys.join(', ')} changed`];
}

function operatorsOf({ operators }: Fleet): Record<string, OperatorFile> {
  return Object.fromEntries([...operators].map(([name, { value }]) => [name, value]));
}

/** What the fleet's own file says of its gateways, and whose word counts where they are not believed. */
function gatewayWords(before: Fleet, after: Fleet): string[] {
  const byAddress = ({ file }: Fleet) =>
    Object.fromEntries(file.value.gateways.map(gateway => [gateway.address, gateway]));
  const watched = (['audit', 'freshness'] as const).flatMap(part => {
    const keys = changedKeys(before.file.value[part], after.file.value[part]);
    return keys.length === 0 ? [] : [`${after.file.path}: ${part}, ${keys.join(', ')}`];
  });
  const own = pairs(byAddress(before), byAddress(after)).flatMap(([address, was, is]) => {
    if (is === undefined) return [`gateway ${address} goes`];
    if (was === undefined) return [`new gateway ${address}`];
    return isSame(was, is) ? [] : [`the keys of gateway ${address} are others`];
  });
  return [...watched, ...own];
}

/** Names of what is not as it was. */
const changedKeys = (was: Maybe<object>, is: Maybe<object>): string[] =>
  pairs<unknown>({ ...was }, { ...is }).flatMap(([key, old, now]) => (isSame(old, now) ? [] : [key]));

/** Files that say something for devices. */
const filesOf = (fleet: Fleet) => [fleet.file, ...fleet.groups.values(), ...fleet.devices.values()];

/** By the file that gives them. */
function allowances(fleet: Fleet): Record<string, EngineAllowance> {
  return Object.fromEntries(
    filesOf(fleet).flatMap(({ path, value }) => (value.engine === undefined ? [] : [[path, value.engine]])),
  );
}

/** Who may come in, to what, and by which labels; a tunnel that opens or closes stands in the plan of its device. */
function wayWords(before: Fleet, after: Fleet): string[] {
  const ways = (fleet: Fleet) =>
    Object.fromEntries(filesOf(fleet).map(({ path, value }) => [path, value.access]));
  const access = pairs(ways(before), ways(after)).flatMap(([path, was, is]) => {
    const keys = changedKeys(was, is);
    return keys.length === 0 ? [] : [`${path}: access, ${keys.join(', ')}`];
  });
  const [had, has] = [before.file.value.tunnels, after.file.value.tunnels];
  const groups = [...after.groups].flatMap(([name, { path, value }]) => {
    const was = before.groups.get(name)?.value;
    const other = (['labels', 'priority'] as const).filter(key => !isSame(was?.[key], value[key]));
    // Of a new one each device says by itself that it is in it.
    return was === undefined ? [] : other.map(key => `${path}: ${key}`);
  });
  return [
    ...(isSame(had, has) ? [] : [`${after.file.path}: tunnels`]),
    ...[...access, ...groups].sort(byReach),
  ];
}

/** Of a sentence that begins with the file: what is said for all comes before what is said for some, and for one. */
const reachOf = (what: string) => (/^(?:groups|devices)\//.test(what) ? (what.startsWith('g') ? 1 : 2) : 0);
const byReach = (left: string, right: string) => reachOf(left) - reachOf(right);

const sorted = (names: readonly string[] = []) => [...names].sort();

/** What each device is: its keys say who speaks for it, groups and labels who may come in, and what it allows. */
function deviceWords(before: Fleet, after: Fleet): string[] {
  const both = [...after.devices].flatMap(([id, { value: is }]) => {
    const was = before.devices.get(id)?.value;
    return was === undefined ? [] : [{ id, was, is }];
  });
  const told = (what: string, test: (was: DeviceFile, is: DeviceFile) => boolean): string[] => {
    const ids = both.filter(({ was, is }) => test(was, is)).map(({ id }) => id);
    return ids.length === 0 ? [] : [`${what}: ${someOf(ids)}`];
  };
  return [
    ...told('has its first keys', (was, is) => was.keys === undefined && is.keys !== undefined),
    ...told('has other keys', (was, is) => was.keys !== undefined && !isSame(was.keys, is.keys)),
    ...told('has other host keys', (was, is) => !isSame(was.hostKeys, is.hostKeys)),
    ...told(
      'is enrolled by another token',
      (was, is) => is.enrolment !== undefined && !isSame(was.enrolment, is.enrolment),
    ),
    ...told('is in other groups', (was, is) => !isSame(sorted(was.groups), sorted(is.groups))),
    ...told('has other labels', (was, is) => !isSame(was.labels, is.labels)),
    ...told('is revoked, for ever', (was, is) => was.revoked !== true && is.revoked === true),
    ...told('is revoked no more', (was, is) => was.revoked === true && is.revoked !== true),
    ...told('retires', (was, is) => was.retired === undefined && is.retired !== undefined),
    ...told('retires no more', (was, is) => was.retired !== undefined && is.retired === undefined),
    ...mostOf(restoreWords(before, after), 'of restores'),
  ];
}

/** What an app has written since a backup gives way to it. */
function restoreWords(before: Fleet, after: Fleet): string[] {
  return [...after.devices].flatMap(([id, { value }]) => {
    const was = before.devices.get(id)?.value ?? {};
    const asked = restoresOf(value).filter(request => !restoresOf(was).some(old => isSame(old, request)));
    return asked.map(({ app, backup, migrate }) => {
      const other = migrate === true ? ', whichever release that is of' : '';
      return `the data of ${app} goes back to backup ${backup}${other}: ${id}`;
    });
  });
}

/** What comes; what goes is no privilege. */
function allowanceWords(file: string, was: EngineAllowance, is: EngineAllowance): string[] {
  return pairs<unknown>({ ...was }, { ...is }).flatMap(([key, old, now]) => {
    if (isSame(old, now) || now === undefined || now === false) return [];
    if (!Array.isArray(now)) return [`${file} allows engine.${key}`];
    const had: readonly unknown[] = Array.isArray(old) ? old : [];
    const come = now.filter(each => !had.includes(each)).map(String);
    // A folder is shorter than what lies in it.
    const widest = come.sort((left, right) => left.length - right.length);
    return come.length === 0 ? [] : [`${file} allows engine.${key}: ${someOf(widest)}`];
  });
}

/** What hands over the device first. */
const byPower = (left: string, right: string) =>
  Number(powerful.test(right)) - Number(powerful.test(left)) || byReach(left, right);
const powerful = /^\S+ allows engine\.(?:privileged|engineSocket)$/;

/** By whatever name they stand in the policy: another file there is another key. @param paths undefined: too many to say */
export function keyFileChanges(paths: readonly string[] | undefined): FleetChange[] {
  const changed = paths?.filter(path => path.startsWith('trust/keys/')) ?? [
    'trust/keys: nobody can say what',
  ];
  return mostOf(changed, 'of files of keys').map(path => ({ area: 'policy', what: `${path} changes` }));
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
    ...as('people', mostOf(people, 'of operators')),
    ...as('gateways', mostOf(gatewayWords(before, after), 'of gateways')),
    ...as('ways in', mostOf(wayWords(before, after), 'of ways in')),
    ...as('engine', mostOf(engine.sort(byPower), 'of what is allowed')),
    ...as('devices', deviceWords(before, after)),
  ];
}
