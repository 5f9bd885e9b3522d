/** What a rule with `change` covers: one step of a rollout, judged by the two versions of its file alone. */
import { parseDuration } from '../../duration.ts';
import { plainValue, type YamlNode } from '../git/yaml-node.ts';
import { formatPointer } from './policy.ts';
import type { RolloutStep } from './rule.ts';

/** Both versions satisfy the schema of rollouts. */
export interface RolloutChange {
  readonly pointers: readonly (readonly string[])[];
  readonly before: YamlNode;
  readonly after: YamlNode;
}

const stepped = ['/since', '/stage'];

/** @returns why the change is no such step, or undefined where it is */
export function stepProblem(step: RolloutStep, change: RolloutChange): string | undefined {
  const changed = change.pointers.map(formatPointer).sort();
  return step === 'advance' ? advanceProblem(change, changed) : pauseProblem(change, changed);
}

function advanceProblem({ before, after }: RolloutChange, changed: readonly string[]): string | undefined {
  const other = changed.find(pointer => !stepped.includes(pointer));
  if (other !== undefined) return `${other} changes too`;
  if (changed.length < stepped.length) return 'stage and since change together';
  const [old, now] = [numberAt(before, 'stage'), numberAt(after, 'stage')];
  if (now !== old + 1) return `stage ${now} follows ${old}; it must be ${old + 1}`;
  for (const key of ['paused', 'aborted']) if (at(before, key) === true) return `it is ${key}`;
  const opened = entryAt(after, 'stages', now - 1);
  if (opened === undefined) return `there is no stage ${now}`;
  if (at(opened, 'promote') === 'people') return `stage ${now} is promoted by people`;
  return sinceProblem(before, after, old);
}

/** Who opens the first stage, too, is held to a moment that people gave: else a stolen key would begin in the past, and no hold would bind it. */
function sinceProblem(before: YamlNode, after: YamlNode, old: number): string | undefined {
  const [oldMs, nowMs] = [momentAt(before, 'since'), momentAt(after, 'since')];
  if (oldMs === undefined) return 'there was no since, which says from when on the first stage may be opened';
  if (nowMs === undefined) return 'its since is no moment';
  const held = holdMsOf(entryAt(before, 'stages', old - 1));
  if (held === undefined) return `the hold of stage ${old} is no length of time`;
  const earliestMs = oldMs + held;
  if (nowMs >= earliestMs) return undefined;
  return `since ${String(at(after, 'since'))} lies before ${new Date(earliestMs).toISOString()}, until which stage ${old} is held`;
}

function pauseProblem({ before, after }: RolloutChange, changed: readonly string[]): string | undefined {
  const other = changed.find(pointer => pointer !== '/paused' && pointer !== '/reason');
  if (other !== undefined) return `${other} changes too`;
  if (!changed.includes('/paused') || at(before, 'paused') === true || at(after, 'paused') !== true)
    return 'paused does not become true';
  if (changed.includes('/reason') && at(after, 'reason') === undefined) return 'its reason is taken away';
  return undefined;
}

function at(node: YamlNode, key: string): unknown {
  const value = node.kind === 'map' ? node.entries.get(key) : undefined;
  return value === undefined ? undefined : plainValue(value);
}

function entryAt(node: YamlNode, key: string, index: number): YamlNode | undefined {
  const list = node.kind === 'map' ? node.entries.get(key) : undefined;
  return list?.kind === 'list' ? list.items[index] : undefined;
}

const numberAt = (node: YamlNode, key: string): number => Number(at(node, key));

/** Milliseconds; undefined where it is longer than any. */
function holdMsOf(stage: YamlNode | undefined): number | undefined {
  const hold = stage === undefined ? undefined : at(stage, 'hold');
  try {
    return typeof hold === 'string' ? parseDuration(hold) : 0;
  } catch {
    return undefined;
  }
}

/** Milliseconds since the epoch; undefined of a day that no calendar has. */
function momentAt(node: YamlNode, key: string): number | undefined {
  const text = String(at(node, key));
  const ms = Date.parse(text);
  const exists = !Number.isNaN(ms) && new Date(ms).toISOString().slice(0, 19) === text.slice(0, 19);
  return exists ? ms : undefined;
}
