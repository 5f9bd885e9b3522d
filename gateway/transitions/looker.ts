/** What looks every so often how something is: what is open now is told from what is open in the ledger. */
import type { TransitionLedger } from './ledger.ts';
import { opened, resolved } from './make-transition.ts';
import type { ConditionKey, Transition, TransitionType } from './transition.ts';

export interface Looker {
  /** In the log. */
  readonly name: string;
  readonly everyMs: number;
  look(signal: AbortSignal): Promise<void>;
}

export interface Level extends Omit<Transition, 'key' | 'state' | 'at' | 'severity'> {
  readonly key: ConditionKey;
}

/** These are open of that type, and no others. */
export function levelChanges(
  ledger: TransitionLedger,
  type: TransitionType,
  levels: readonly Level[],
  nowMs: number,
): Transition[] {
  const open = new Set(levels.map(({ key }) => key.subject));
  const ended = [...ledger.conditions].filter(({ key }) => key.type === type && !open.has(key.subject));
  return [
    ...ended.map(each => resolved(each, nowMs)),
    ...levels.map(({ key, ...what }) => opened(key, nowMs, what)),
  ];
}
