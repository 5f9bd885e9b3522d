/** A rollout's file with another stage, or paused: nothing else of it changes, not a blank. */
import { isMap, isScalar, parseDocument } from 'yaml';
import { TowlineError } from '../errors.ts';

/** Key → its value as YAML has it; undefined: the key goes. */
export type RolloutEdit = {
  readonly stage?: number;
  readonly since?: string;
  readonly paused?: boolean;
  readonly aborted?: boolean;
  readonly reason?: string | undefined;
};

/**
 * @param path for messages
 * @throws TowlineError FLEET_SCHEMA where it is not written as a file that people edit line by line
 */
export function editedRollout(path: string, text: string, edit: RolloutEdit): string {
  let edited = text;
  for (const [key, value] of Object.entries(edit)) {
    if (typeof value !== 'object') edited = withValue(edited, key, value) ?? refused(path, key);
  }
  return edited;
}

function withValue(
  text: string,
  key: string,
  value: string | number | boolean | undefined,
): string | undefined {
  const document = parseDocument(text);
  const { contents } = document;
  if (document.errors.length > 0 || !isMap(contents) || contents.flow === true) return undefined;
  const pair = contents.items.find(({ key: found }) => isScalar(found) && found.value === key);
  if (pair === undefined) return value === undefined ? text : added(text, `${key}: ${JSON.stringify(value)}`);
  if (!isScalar(pair.key) || !isScalar(pair.value)) return undefined;
  const [start, end] = pair.value.range ?? [];
  const [first] = pair.key.range ?? [];
  if (start === undefined || end === undefined || first === undefined) return undefined;
  // A block has the end of its last line, where there is one.
  const isBlock = pair.value.type === 'BLOCK_LITERAL' || pair.value.type === 'BLOCK_FOLDED';
  if (value !== undefined)
    return `${text.slice(0, start)}${JSON.stringify(value)}${isBlock ? lineEndOf(text) : ''}${text.slice(end)}`;
  if (first > 0 && text[first - 1] !== '\n') return undefined;
  const newline = isBlock ? end - 1 : text.indexOf('\n', end);
  return `${text.slice(0, first)}${newline < 0 ? '' : text.slice(newline + 1)}`;
}

/** Behind the last key: a comment at the end stays there. */
function added(text: string, line: string): string | undefined {
  if (/^(\.\.\.|---)/m.test(text.trimStart().replace(/^---.*\n/, ''))) return undefined;
  const end = lineEndOf(text);
  return `${text}${text.endsWith('\n') || text === '' ? '' : end}${line}${end}`;
}

const lineEndOf = (text: string): string => (/\r\n/.test(text) ? '\r\n' : '\n');

function refused(path: string, key: string): never {
  const message = `${path} cannot be edited line by line: write ${key} yourself`;
  throw new TowlineError('FLEET_SCHEMA', message, { position: { file: path } });
}
