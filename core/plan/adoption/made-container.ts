/** A container as an engine's inspection has it: whose fields are there, and of which type, its program decides. */
import { canonicalJson } from '../../canonical-json.ts';
import { type Fields, fieldsOf, isFields } from '../../json.ts';
import type { TarFile } from './read-tar.ts';

export interface MadeContainer {
  readonly id: string;
  readonly config: Fields;
  readonly hostConfig: Fields;
  readonly mounts: readonly Fields[];
  /** Name of a network → the settings of its endpoint. */
  readonly endpoints: Fields;
}

/** What the engine fills in where nothing is said. */
export interface EngineDefaults {
  readonly loggingDriver: string | undefined;
  readonly runtime: string | undefined;
}

/** What is known of a container that docker compose has made. */
export interface MadeFacts {
  readonly made: MadeContainer;
  /** Config of its image. */
  readonly image: Fields;
  readonly defaults: EngineDefaults;
  /** Secret variable → value; absent where they cannot be opened. */
  readonly secrets?: ReadonlyMap<string, string>;
  /** Target of a file or folder of the repository → what the container has there, by path below it. */
  readonly files: ReadonlyMap<string, ReadonlyMap<string, TarFile> | undefined>;
}

/** As `GET /containers/{id}/json` answers. */
export function madeContainer(answer: unknown): MadeContainer {
  const details = fieldsOf(answer);
  return {
    id: textOf(details.Id),
    config: fieldsOf(details.Config),
    hostConfig: fieldsOf(details.HostConfig),
    mounts: listOf(details.Mounts).map(fieldsOf),
    endpoints: fieldsOf(fieldsOf(details.NetworkSettings).Networks),
  };
}

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

export const textsOf = (value: unknown): string[] => listOf(value).map(textOf);

/** Without what says nothing: programs write null, 0, '', false, [] and {} for one another. */
export function withoutNothing(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(withoutNothing);
  if (!isFields(value)) return isNothing(value) ? undefined : value;
  const members = Object.entries(value)
    .map(([key, member]) => [key, withoutNothing(member)] as const)
    .filter(([, member]) => member !== undefined);
  return members.length === 0 ? undefined : Object.fromEntries(members);
}

const isNothing = (value: unknown): boolean =>
  value === undefined || value === null || value === '' || value === false || value === 0;

/** Whether two values of JSON are one, whatever stands for nothing in them. */
export function isSame(one: unknown, other: unknown): boolean {
  const [left, right] = [withoutNothing(one), withoutNothing(other)];
  if (left === undefined || right === undefined) return left === right;
  return canonicalJson(left) === canonicalJson(right);
}

/** Keys whose values are not the same in both. */
export function differingKeys(one: Fields, other: Fields): string[] {
  return [...new Set([...Object.keys(one), ...Object.keys(other)])]
    .sort()
    .filter(key => one[key] !== other[key]);
}
