/** One step of what a receiver's outbox keeps; the file is a list of them. */
import { isFields } from '../../../core/json.ts';
import type { NumberedTransition } from '../../transitions/transition.ts';
import { isNumberedTransition } from '../../transitions/transition-form.ts';
import { isMessage, type Message } from '../messages/message.ts';

/** Waits to see whether it is one of many. */
export interface Held {
  readonly transition: NumberedTransition;
  /** Since when, milliseconds since the epoch. */
  readonly since: number;
  /** It comes and goes: told with these words, or once it stays as it is. */
  readonly way?: 'flaps' | 'calm';
}

export interface Step {
  /** Number of the newest transition that was taken. */
  readonly through?: number;
  /** Conditions that this receiver is told of: these are open now, those (by number) no more. */
  readonly opened?: readonly NumberedTransition[];
  readonly closed?: readonly number[];
  readonly held?: readonly Held[];
  /** By number: messages were made of them. */
  readonly unheld?: readonly number[];
  readonly made?: readonly Message[];
  /** Ids of messages that were sent, or given up. */
  readonly done?: readonly string[];
  /** Number of an open condition, and how often it was told again. */
  readonly repeated?: readonly (readonly [number, number])[];
  /** When the last sign of life was sent, milliseconds since the epoch. */
  readonly alive?: number;
}

const isNumber = (value: unknown): value is number => typeof value === 'number';
const isText = (value: unknown): value is string => typeof value === 'string';
const isPair = (value: unknown): value is readonly [number, number] =>
  Array.isArray(value) && value.length === 2 && value.every(isNumber);
const isHeld = (value: unknown): value is Held =>
  isFields(value) &&
  isNumber(value.since) &&
  [undefined, 'flaps', 'calm'].some(way => way === value.way) &&
  isNumberedTransition(value.transition);

function listOf<Item>(value: unknown, is: (item: unknown) => item is Item): Item[] {
  return Array.isArray(value) ? value.filter(is) : [];
}

/** What a disk or a hand has made of one is left out. */
export function readStep(entry: unknown): Step {
  if (!isFields(entry)) return {};
  const { through, alive } = entry;
  return {
    ...(isNumber(through) ? { through } : {}),
    ...(isNumber(alive) ? { alive } : {}),
    opened: listOf(entry.opened, isNumberedTransition),
    closed: listOf(entry.closed, isNumber),
    held: listOf(entry.held, isHeld),
    unheld: listOf(entry.unheld, isNumber),
    made: listOf(entry.made, isMessage),
    done: listOf(entry.done, isText),
    repeated: listOf(entry.repeated, isPair),
  };
}
