/**
 * Values that have the right form and still mean nothing: a date that does not exist, a time zone that nobody has,
 * a cron field out of range. Found by key, wherever it stands in a file.
 */

import { parseDuration } from '../duration.ts';
import type { ErrorCode, Problem } from '../errors.ts';
import { fieldsOf } from '../json.ts';
import { cronProblem } from './cron.ts';
import { pointerOf } from './json-pointer.ts';
import type { FileKind } from './schema-check.ts';
import { parseSize } from './size.ts';
import type { YamlFile } from './yaml-file.ts';

type Finding = readonly [code: ErrorCode, message: string];
type Check = (value: string) => Finding | undefined;

function throws(work: () => unknown): boolean {
  try {
    work();
    return false;
  } catch {
    return true;
  }
}

const instant: Check = value => {
  const milliseconds = Date.parse(value);
  const exists =
    !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString().slice(0, 19) === value.slice(0, 19);
  return exists ? undefined : ['FLEET_INSTANT', `there is no moment ${value}`];
};
const cron: Check = value => {
  const message = cronProblem(value);
  return message === undefined ? undefined : ['FLEET_CRON', message];
};
const duration: Check = value =>
  throws(() => parseDuration(value)) ? ['FLEET_SCHEMA', `${value} is too long`] : undefined;
const size: Check = value =>
  throws(() => parseSize(value)) ? ['FLEET_SCHEMA', `${value} is too large`] : undefined;
const timeZone: Check = value =>
  throws(() => new Intl.DateTimeFormat('en', { timeZone: value }))
    ? ['FLEET_TIME_ZONE', `"${value}" is no IANA time zone`]
    : undefined;
const address: Check = value => {
  const port = Number(value.slice(value.lastIndexOf(':') + 1));
  return port >= 1 && port <= 65535
    ? undefined
    : ['FLEET_ADDRESS', `port ${port} of ${value} is out of range`];
};

const checks: Readonly<Record<string, Check>> = {
  until: instant,
  expires: instant,
  schedule: cron,
  start: cron,
  duration,
  jitter: duration,
  maxDuration: duration,
  maxAge: duration,
  healthTimeout: duration,
  stablePeriod: duration,
  interval: duration,
  keep: duration,
  drain: duration,
  hold: duration,
  within: duration,
  absentAfter: duration,
  darkAfter: duration,
  age: duration,
  timeout: duration,
  maxBytesPerDay: size,
  maxOutboxBytes: size,
  maxPushBytes: size,
  maxRate: size,
  packCacheBytes: size,
  bytes: size,
  timeZone,
  address,
};

/** Of a rollout: elsewhere a device says since when, by a clock that may be anything. */
const ofRollouts: typeof checks = { ...checks, since: instant };

/** Keys under which people choose the names: what stands there is theirs. */
const namedByPeople = new Set(['variables', 'labels']);

/** @param file satisfies the schema of its kind */
export function valueProblems(file: YamlFile, kind: FileKind): Problem[] {
  const checksHere = kind === 'rollout' ? ofRollouts : checks;
  const problems: Problem[] = [];
  const walk = (value: unknown, path: readonly (string | number)[]): void => {
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) walk(item, [...path, index]);
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, item] of Object.entries(value)) {
        const below = [...path, key];
        if (key === 'variables') problems.push(...reservedVariables(file, item, below));
        if (namedByPeople.has(key)) continue;
        const found = typeof item === 'string' ? checksHere[key]?.(item) : undefined;
        if (found === undefined) walk(item, below);
        else problems.push({ code: found[0], message: found[1], position: file.locate(pointerOf(below)) });
      }
    }
  };
  walk(file.value, []);
  return problems;
}

function reservedVariables(
  file: YamlFile,
  variables: unknown,
  path: readonly (string | number)[],
): Problem[] {
  return Object.keys(fieldsOf(variables))
    .filter(name => name.startsWith('TOWLINE_'))
    .map(name => ({
      code: 'FLEET_VARIABLE_RESERVED',
      message: `${name} is set by Towline`,
      position: file.locate(pointerOf([...path, name]), 'key'),
    }));
}
