/** What a branch changes of who may do what, in sentences: policy, people, publishers, gateways, ways in, allowances, devices. */
import type { DeviceFile, EngineAllowance, ImagesFile, OperatorFile } from '../../schemas/types.generated.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { atMost, isSame, type Maybe, pairs } from './pairs.ts';
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
    if (was === undefined) return [`new publisher ${name}, of ${is.repositories.join(', ')}`];
    return isSame(was, is) ? [] : [`publisher ${name} is changed`];
  });
  const told = atMost(other, 'of publishers');
  const rest =
    before.default === after.default
      ? []
      : [`images that no rule names: ${after.default} instead of ${before.default}`];
  return [...rest, ...(other.length + rest.length === 0 ? ['the rules stand in another order'] : told)];
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

/** Files that say something for devices. */
const filesOf = (fleet: Fleet) => [fleet.file, ...fleet.groups.values(), ...fleet.devices.values()];

/** By the file that gives them. */
function allowances(fleet: Fleet): Record<string, EngineAllowance> {
  return Object.fromEntries(
    filesOf(fleet).flatMap(({ path, value }) => (value.engine === undefined ? [] : [[path, value.engine]])),
  );
}

/** Who may come in, and to what; a tunnel that opens or closes stands in the plan of its device. */
function wayWords(before: Fleet, after: Fleet): string[] {
  const ways = (fleet: Fleet) =>
    Object.fromEntries(filesOf(fleet).map(({ path, value }) => [path, value.access]));
  const access = pairs(ways(before), ways(after)).flatMap(([path, was, is]) => {
    const keys = pairs<unknown>({ ...was }, { ...is }).filter(([, old, now]) => !isSame(old, now));
    return keys.length === 0 ? [] : [`${path}: access, ${keys.map(([key]) => key).join(', ')}`];
  });
  const [had, has] = [before.file.value.tunnels, after.file.value.tunnels];
  return [...(isSame(had, has) ? [] : [`${after.file.path}: tunnels`]), ...access];
}

/** Names in a sentence. */
const mostNames = 5;

/** What each device is: its keys say who speaks for it. */
function deviceWords(before: Fleet, after: Fleet): string[] {
  const both = [...after.devices].flatMap(([id, { value: is }]) => {
    const was = before.devices.get(id)?.value;
    return was === undefined ? [] : [{ id, was, is }];
  });
  const told = (what: string, test: (was: DeviceFile, is: DeviceFile) => boolean): string[] => {
    const ids = both.filter(({ was, is }) => test(was, is)).map(({ id }) => id);
    const more = ids.length > mostNames ? ` and ${ids.length - mostNames} more` : '';
    return ids.length === 0 ? [] : [`${what}: ${ids.slice(0, mostNames).join(', ')}${more}`];
  };
  return [
    ...told('has its first keys', (was, is) => was.keys === undefined && is.keys !== undefined),
    ...told('has other keys', (was, is) => was.keys !== undefined && !isSame(was.keys, is.keys)),
    ...told('is revoked, for ever', (was, is) => was.revoked !== true && is.revoked === true),
    ...told('retires', (was, is) => was.retired === undefined && is.retired !== undefined),
  ];
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
    ...as('people', atMost(people, 'of operators')),
    ...as('gateways', atMost(gatewayWords(before, after), 'of gateways')),
    ...as('ways in', atMost(wayWords(before, after), 'of ways in')),
    ...as('engine', atMost(engine, 'of what is allowed')),
    ...as('devices', deviceWords(before, after)),
  ];
}
