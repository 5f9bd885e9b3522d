/** Messages and open conditions as Alertmanager's API v2 takes them (`POST /api/v2/alerts`). */
import { shownJson } from '../../../core/shown-text.ts';
import type { NumberedTransition } from '../../transitions/transition.ts';
import type { Message } from '../messages/message.ts';
import { detailsOf, titleOf } from './message-words.ts';

/** An open alert that is not sent again within so long is taken for resolved, milliseconds. */
export const endsAfterMs = 5 * 60_000;
/** What has no end is shown for so long. */
const happenedMs = 3_600_000;

interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly generatorURL?: string;
}

export function alertsText(messages: readonly Message[], nowMs: number): string {
  return shownJson(messages.map(message => alertOf(message, nowMs)));
}

/** Labels are its key: what changes while it is open stands in annotations. */
function alertOf(message: Message, nowMs: number): Alert {
  const { type, fleet, severity, transition, at, state, link } = message;
  const { device, app, key } = transition ?? {};
  const labels = {
    alertname: alertName(type),
    ...{ fleet, severity, type, subject: key?.subject ?? 'gateway' },
    ...(device === undefined ? {} : { device }),
    ...(app === undefined ? {} : { app }),
  };
  const details = detailsOf(message).map(({ name, text }) => `${name}: ${text}`);
  const since = transition?.data?.since;
  const startsAt = state === 'resolved' && typeof since === 'number' ? since : at;
  const endsAt = state === 'resolved' ? at : state === 'happened' ? at + happenedMs : nowMs + endsAfterMs;
  return {
    labels,
    annotations: {
      summary: titleOf({ ...message, state: shownState(state) }),
      description: details.join('\n'),
    },
    startsAt: new Date(startsAt).toISOString(),
    endsAt: new Date(Math.max(startsAt, endsAt)).toISOString(),
    ...(link === undefined ? {} : { generatorURL: link }),
  };
}

/** An alert that is resolved has the words of the one that was open. */
const shownState = (state: Message['state']): Message['state'] => (state === 'resolved' ? 'open' : state);

/** `TowlineDeviceSetAside`. */
export function alertName(type: Message['type']): string {
  return `Towline${type.replace(/(?:^|[.-])([a-z])/g, (_match, letter: string) => letter.toUpperCase())}`;
}

/** A condition that is open, for the message that says it again. */
export function openMessage(transition: NumberedTransition): Message {
  const { key, severity, at } = transition;
  const { type, fleet } = key;
  return { id: '', type, state: 'open', severity, fleet, at, queuedAt: at, transition };
}
