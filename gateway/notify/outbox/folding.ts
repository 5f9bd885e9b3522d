/** Many devices with one condition are one message: what is made of transitions, and when. Pure; time comes in. */
import type { NumberedTransition } from '../../transitions/transition.ts';
import { type Message, type MessageState, messageId, namedDevices } from '../messages/message.ts';
import { calmMs } from './comings.ts';
import { nameOf } from './outbox.ts';
import type { Held } from './step.ts';

/** How long the first of them waits for others, milliseconds. */
const windowMs = 60_000;
/** An outage ends for one device after the other, each as its report is due: so long the first that is back waits. */
const backMs = 15 * 60_000;
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
  readonly endMs: number;
  readonly way: Held['way'];
  readonly items: readonly NumberedTransition[];
}

/** How many are open of a type. */
export type OpenOf = (type: NumberedTransition['key']['type']) => number;

const endedOf = ({ state, data }: NumberedTransition) => (state === 'resolved' ? data?.ended : undefined);
const kindOf = ({ transition, way }: Held) =>
  `${transition.key.type} ${transition.state} ${endedOf(transition) ?? ''} ${way ?? ''}`;

function windowsOf(held: readonly Held[], nowMs: number, openOf: OpenOf): Window[] {
  const kinds = Map.groupBy(
    held.filter(({ way }) => way !== 'calm'),
    kindOf,
  );
  return [...kinds.values()]
    .map(all => {
      // A clock that was set back holds nothing for longer.
      const times = all.map(({ since }) => Math.min(since, nowMs));
      const since = times.reduce((one, other) => Math.min(one, other), nowMs);
      const last = times.reduce((one, other) => Math.max(one, other), since);
      const [{ transition, way } = {}] = all;
      const isBack = transition?.state === 'resolved' && transition.key.type === 'device.dark';
      const open = isBack ? openOf('device.dark') : 0;
      const isMany = isBack && open + all.length >= foldFrom;
      const endMs = isMany
        ? Math.min(since + backMs, open > 0 ? Infinity : last + windowMs)
        : since + windowMs;
      return { since, endMs, way, items: all.map(each => each.transition) };
    })
    .sort((one, other) => one.since - other.since);
}

/** What comes of windows: messages, and the numbers of what they are of. */
export interface Made {
  readonly made: readonly Message[];
  readonly unheld: readonly number[];
}

/** Of the windows that have ended, the oldest first, and of what came and went and stays. */
export function endedWindows(held: readonly Held[], facts: MessageFacts, openOf: OpenOf): Made {
  const { nowMs } = facts;
  const ended = windowsOf(held, nowMs, openOf).filter(({ endMs }) => endMs <= nowMs);
  const calm = held.filter(({ way, since }) => way === 'calm' && (since > nowMs || since + calmMs <= nowMs));
  const stays = [...Map.groupBy(calm, kindOf).values()].map(all => all.map(({ transition }) => transition));
  const made = madeOf(ended, facts);
  return {
    made: [...made.made, ...stays.flatMap(items => messagesOf(items, facts))],
    unheld: [...made.unheld, ...calm.map(({ transition }) => transition.number)],
  };
}

/** Of the windows in which a condition waits: something newer is to be told of it, and goes not before. */
export function windowsWith(name: string, held: readonly Held[], facts: MessageFacts): Made {
  const windows = windowsOf(held, facts.nowMs, () => 0);
  return madeOf(
    windows.filter(({ items }) => items.some(item => nameOf(item) === name)),
    facts,
  );
}

function madeOf(windows: readonly Window[], facts: MessageFacts): Made {
  return {
    made: windows.flatMap(({ items, way }) => {
      const messages = messagesOf(items, facts);
      return way === undefined
        ? messages
        : messages.map(message => ({ ...message, data: { ...message.data, flaps: true } }));
    }),
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
