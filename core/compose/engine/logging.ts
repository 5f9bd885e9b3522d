/** Options of the drivers that an engine always has. Source: moby, daemon/logger: jsonfilelog, local, loggerutils, factory.go. */
import { collectedDriver, keptLogging, optionProblem } from '../value/collected-log.ts';
import { printable } from '../value/fault.ts';
import type { ServiceRule } from './rule.ts';

/** Options of every driver; the engine keeps a cache of its own where a driver cannot be read. */
const cache = ['cache-disabled', 'cache-max-size', 'cache-max-file', 'cache-compress'];
const common = ['mode', 'max-buffer-size', ...cache];
const rotation = ['max-size', 'max-file', 'compress'];
const known: Readonly<Record<string, readonly string[]>> = {
  'json-file': [...common, ...rotation, 'labels', 'labels-regex', 'env', 'env-regex', 'tag'],
  local: [...common, ...rotation],
};

const size = /^\d+(\.\d+)? ?[kmgtp]?(i?b)?$/i;
const truth = /^(1|t|true|0|f|false)$/i;

/** What is wrong with one option by itself. */
function wrongValue(
  name: string,
  value: string,
  options: Readonly<Record<string, string>>,
): string | undefined {
  if (name === 'mode' && !['', 'blocking', 'non-blocking'].includes(value))
    return 'must be `blocking` or `non-blocking`';
  if (name === 'max-buffer-size' && options.mode !== 'non-blocking') return 'needs `mode: non-blocking`';
  if (name === 'max-buffer-size' && !size.test(value)) return 'must be a size such as `1m`';
  if (name === 'max-size' && !(size.test(value) && Number.parseFloat(value) > 0))
    return 'must be a size such as `10m`';
  if (name === 'max-file' && !/^\+?0*[1-9]\d*$/.test(value)) return 'must be a number from 1 on';
  if (name === 'compress' && !truth.test(value)) return 'must be `true` or `false`';
  return undefined;
}

const isTrue = (text: string | undefined): boolean => /^(1|t|true)$/i.test(text ?? '');
const isFalse = (text: string | undefined): boolean => /^(0|f|false)$/i.test(text ?? '');

export const logOptions: ServiceRule = ({ service, refuse }) => {
  const collected = collectedDriver(service);
  for (const [name, value] of Object.entries(
    collected === undefined ? {} : (service.logging?.options ?? {}),
  )) {
    const why = collected === undefined ? undefined : optionProblem(collected, name, value);
    if (why !== undefined) refuse(['logging', 'options', name], `\`${printable(value)}\`: ${why}`);
  }
  const asked = service.logging ?? {};
  const { driver = '', options = {} } = collected === undefined ? asked : keptLogging(asked);
  const names = Object.hasOwn(known, driver) ? known[driver] : undefined;
  if (names === undefined) return;
  for (const [name, value] of Object.entries(options)) {
    const keys = ['logging', 'options', name];
    const why = names.includes(name)
      ? wrongValue(name, value, options)
      : `log driver \`${driver}\` has no such option`;
    if (why !== undefined) refuse(keys, `\`${printable(value)}\`: ${why}`);
  }
  const { compress, 'max-size': maxSize, 'max-file': maxFile } = options;
  const single = Number(maxFile ?? (driver === 'local' ? 5 : 1)) <= 1;
  if (driver === 'json-file' && isTrue(compress) && (single || maxSize === undefined))
    refuse(['logging', 'options', 'compress'], 'needs `max-size`, and `max-file` of 2 or more');
  if (driver === 'local' && single && !isFalse(compress))
    refuse(
      ['logging', 'options', 'max-file'],
      'one file cannot be compressed: `compress: "false"`, or 2 or more',
    );
};
