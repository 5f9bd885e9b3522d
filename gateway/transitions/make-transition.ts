import {
  type ConditionKey,
  type NumberedTransition,
  type Transition,
  transitionTypes,
} from './transition.ts';

type What = Omit<Transition, 'key' | 'state' | 'at' | 'severity'>;

/** It is so from now on. */
export function opened(key: ConditionKey, nowMs: number, what: What = {}): Transition {
  return { key, state: 'open', at: nowMs, severity: transitionTypes[key.type], ...what };
}

export function happened(key: ConditionKey, nowMs: number, what: What = {}): Transition {
  return { ...opened(key, nowMs, what), state: 'happened' };
}

/**
 * It is so no more. `data.since`: since when it was, milliseconds since the epoch; `data.ended`: by what, where that is not the
 * opposite of what it was, such as `left the fleet`.
 */
export function resolved(condition: NumberedTransition, nowMs: number, also: What = {}): Transition {
  const { number: _number, words: _words, evidence: _evidence, ...rest } = condition;
  const data = { ...condition.data, ...also.data, since: condition.at };
  return { ...rest, ...also, state: 'resolved', at: Math.max(nowMs, condition.at), data };
}
