/** What one receiver is sent: of one condition, or of many devices at once. */
import { createHash } from 'node:crypto';
import { isFields } from '../../../core/json.ts';
import type { NumberedTransition, Severity, TransitionType } from '../../transitions/transition.ts';
import { isNumberedTransition, isTransitionType } from '../../transitions/transition-form.ts';

/** `still`: it is open for another day. */
export type MessageState = 'open' | 'still' | 'resolved' | 'happened';

export interface Message {
  /** The same in each try, and after a restart: who has seen it has the message. */
  readonly id: string;
  readonly type: TransitionType | 'gateway.alive' | 'gateway.test';
  readonly state: MessageState;
  readonly severity: Severity;
  readonly fleet: string;
  /** Of the first of them, milliseconds since the epoch. */
  readonly at: number;
  /** Since when it waits to be sent: tried for a day from then. */
  readonly queuedAt: number;
  /** Of one condition alone; absent: of many, or of the gateway's own. */
  readonly transition?: NumberedTransition;
  /** How many devices it is of; absent: of none. */
  readonly count?: number;
  /** The first of them by name. */
  readonly devices?: readonly string[];
  /** Who to ask, as fleet.yaml says. */
  readonly support?: string;
  /** The commit at the forge. */
  readonly link?: string;
  readonly data?: Readonly<Record<string, string | number | boolean>>;
}

/** Devices that a message names. */
export const namedDevices = 5;

/** @param facts what tells this message from every other to this receiver */
export function messageId(...facts: readonly (string | number)[]): string {
  return `towline-${createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 32)}`;
}

const states: ReadonlySet<unknown> = new Set(['open', 'still', 'resolved', 'happened']);

/** Of what was read back from a file. */
export function isMessage(value: unknown): value is Message {
  if (!isFields(value)) return false;
  const { id, type, state, severity, fleet, at, queuedAt, transition, count, devices, support, link } = value;
  const isOptional = (text: unknown) => text === undefined || typeof text === 'string';
  return (
    typeof id === 'string' &&
    (isTransitionType(type) || type === 'gateway.alive' || type === 'gateway.test') &&
    states.has(state) &&
    ['info', 'warning', 'critical'].includes(String(severity)) &&
    typeof fleet === 'string' &&
    typeof at === 'number' &&
    typeof queuedAt === 'number' &&
    (transition === undefined || isNumberedTransition(transition)) &&
    (count === undefined || typeof count === 'number') &&
    (devices === undefined || (Array.isArray(devices) && devices.every(each => typeof each === 'string'))) &&
    isOptional(support) &&
    isOptional(link)
  );
}
