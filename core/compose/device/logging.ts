/** Log drivers: the engine itself writes and sends what they say. */
import { collectedDriver } from '../value/collected-log.ts';
import { printable } from '../value/fault.ts';
import { asObject } from '../value/json-access.ts';
import type { LoggingModel } from '../value/model.ts';
import { type Judge, needs } from './finding.ts';
import { judgeHostPath } from './host-paths.ts';

/** Those that keep what is logged in the container's own folder on the engine. */
const ownDrivers = ['', 'json-file', 'local', 'none'];
const ownOptions = new Set(
  'max-size max-file max-buffer-size mode compress labels labels-regex env env-regex tag'.split(' '),
);

export const logging: Judge = ({ value, allowance, folder }) => {
  const { driver = '', options = {} }: LoggingModel = asObject(value);
  // What the engine is asked for instead is one of its own.
  if (collectedDriver({ logging: { driver, options } }) !== undefined) return [];
  const listed = allowance.logDrivers ?? [];
  if (!ownDrivers.includes(driver) && !listed.includes(driver)) {
    return [needs(`log driver \`${printable(driver)}\``, 'logDrivers', ['driver'])];
  }
  return Object.entries(options).flatMap(([name, option]) => {
    if (ownDrivers.includes(driver) && !listed.includes(driver)) {
      return ownOptions.has(name)
        ? []
        : [needs(`log option \`${printable(name)}\``, 'logDrivers', ['options', name])];
    }
    const file = /^(?:(?:unix(?:gram)?|file):(?:\/\/)?)?(\/.*)$/i.exec(option)?.[1];
    const refusals = file === undefined ? [] : judgeHostPath(file, allowance, folder);
    return refusals.map(refusal => ({ ...refusal, keys: ['options', name] }));
  });
};
