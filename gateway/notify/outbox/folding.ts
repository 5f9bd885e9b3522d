/** Many devices with one condition are one message: what is made of transitions, and when. Pure; time comes in. */
import type { NumberedTransition } from '../../transitions/transition.ts';
import { type Message, type MessageState, messageId, namedDevices } from '../messages/message.ts';
import { nameOf } from './outbox.ts';
import type { Held } from './step.ts';

/** How long the first of them waits for others, milliseconds. */
export const windowMs = 60_000;
/** So many devices are one message. */
const foldFrom = 10;

/** What messages are made with. */
export interface MessageFacts {
  /** Names the receiver: two of one fleet have messages of their own. */
  readonly receiver: string;
  readonly nowMs: number;
  readonly support: string | undefined;
  /** The address of a commit. */
  readonly linkOf: (commit: string) => string | undefined;
}

/** Of one type, in one state. */
interface Window {
  readonly since: number;
  readonly items: readonly NumberedTransition[];
}

const endedOf = ({ state, data }: NumberedTransition) => (state === 'resolved' ? data?.ended : undefined);
const kindOf = (each: NumberedTransition) => `${each.key.type} ${each.state} ${endedOf(each) ?? ''}`;

function windowsOf(held: readonly Held[], nowMs: number): Window[] {
  const kinds = Map.groupBy(held, ({ transition }) => kindOf(transition));
  return [...kinds.values()]
    .map(all => ({
      // A clock that was set back holds nothing for longer.
      since: Math.min(nowMs, ...all.map(({ since }) => since)),
      items: all.map(({ transition }) => transition),
    }))
    .sort((one, other) => one.since - other.since);
}

/** When the next window ends, milliseconds since the epoch; undefined: none is open. */
export function nextEndMs(held: readonly Held[], nowMs: number): number | undefined {
  const [first] = windowsOf(held, nowMs);
  return first === undefined ? undefined : first.since + windowMs;
}

/** What comes of windows: messages, and the numbers of what they are of. */
export interface Made {
  readonly made: readonly Message[];
  readonly unheld: readonly number[];
}

/** Of the windows that have ended, the oldest first. */
export function endedWindows(held: readonly Held[], facts: MessageFacts): Made {
  return madeOf(
    windowsOf(held, facts.nowMs).filter(({ since }) => since + windowMs <= facts.nowMs),
    facts,
  );
}

/** Of the windows in which a condition waits: something newer is to be told of it, and goes not before. */
export function windowsWith(name: string, held: readonly Held[], facts: MessageFacts): Made {
  const windows = windowsOf(held, facts.nowMs);
  return madeOf(
    windows.filter(({ items }) => items.some(item => nameOf(item) === name)),
    facts,
  );
}

function madeOf(windows: readonly Window[], facts: MessageFacts): Made {
  return {
    made: windows.flatMap(({ items }) => messagesOf(items, facts)),
    unheld: windows.flatMap(({ items }) => items.map(({ number }) => number)),
  };
}

/** Of one type and one state. */
export function messagesOf(
  items: readonly NumberedTransition[],
  facts: MessageFacts,
  state?: MessageState,
): Message[] {
  const devices = new Set(items.flatMap(({ device }) => device ?? []));
  if (devices.size < foldFrom) return items.map(item => messageOf(item, facts, state));
  const [first] = items;
  if (first === undefined) return [];
  const { support, nowMs, receiver } = facts;
  const ended = endedOf(first);
  const numbers = items.map(({ number }) => number);
  return [
    {
      id: messageId(receiver, state === 'still' ? nowMs : 0, first.at, ...numbers),
      ...{
        type: first.key.type,
        state: state ?? first.state,
        severity: first.severity,
        fleet: first.key.fleet,
      },
      ...{ at: Math.min(...items.map(({ at }) => at)), queuedAt: nowMs },
      ...{ count: devices.size, devices: [...devices].sort().slice(0, namedDevices) },
      ...(ended === undefined ? {} : { data: { ended } }),
      ...(support === undefined ? {} : { support }),
    },
  ];
}

export function messageOf(
  transition: NumberedTransition,
  facts: MessageFacts,
  state: MessageState = transition.state,
): Message {
  const { receiver, nowMs, support, linkOf } = facts;
  const { key, severity, at, number, device, commit } = transition;
  const link = commit === undefined ? undefined : linkOf(commit);
  return {
    id: messageId(receiver, state === 'still' ? nowMs : 0, at, number),
    ...{ type: key.type, state, severity, fleet: key.fleet, at, queuedAt: nowMs, transition },
    ...(device === undefined ? {} : { count: 1, devices: [device] }),
    ...(support === undefined ? {} : { support }),
    ...(link === undefined ? {} : { link }),
  };
}
