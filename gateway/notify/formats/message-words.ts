/** A message for people: a title, and lines below it. What a device or a release brought is safe to show in them. */
import { printable } from '../../../core/shown-text.ts';
import { timeWord } from '../../../core/time-word.ts';
import type { Message } from '../messages/message.ts';
import { nextStep } from './next-step.ts';
import { safeWords } from './safe-words.ts';

/** What is so while it is open, and what is so after it. */
const words: Readonly<Record<Message['type'], readonly [open: string, resolved: string]>> = {
  'device.dark': ['dark', 'heard again'],
  'device.failed': ['failed', 'failed no more'],
  'device.set-aside': ['release set aside', 'release set aside no more'],
  'device.rolled-back': ['rolled back', 'rolled back no more'],
  'device.degraded': ['degraded', 'degraded no more'],
  'device.backup': ['backup fails', 'backup made'],
  'device.disk': ['disk full', 'room on the disk again'],
  'device.clock': ['clock not to be believed', 'clock right again'],
  'device.stale': ['stale', 'fresh again'],
  'device.stopped': ['does not trust main', 'trusts main again'],
  'device.doubtful': ['what it sends is not its own', 'what it sends is its own again'],
  'trust.fork': ['two histories were shown', 'one history again'],
  'tunnel.open': ['tunnel opened', 'tunnel closed'],
  'release.made': ['is released', 'is withdrawn'],
  'release.began': ['update began', 'update ended'],
  'release.healthy': ['update is healthy', 'update is healthy no more'],
  'release.failed': ['update failed', 'update failed no more'],
  'release.went-back': ['update went back', 'update went back no more'],
  'rollout.stage': ['rollout: next stage', 'rollout: stage over'],
  'rollout.paused': ['rollout paused', 'rollout goes on'],
  'rollout.complete': ['rollout complete', 'rollout not complete any more'],
  'rollout.aborted': ['rollout aborted', 'rollout aborted no more'],
  'enrolment.waiting': ['waits to be accepted', 'waits to be accepted no more'],
  'secret.due': ['secret is due to be made anew', 'secret is sealed anew'],
  'gateway.stopped': ['main is not trusted', 'main is trusted again'],
  'gateway.disk': ['disk nearly full', 'room on the disk again'],
  'gateway.clock': ['clock not to be believed', 'clock right again'],
  'gateway.alive': ['alive', 'alive'],
  'gateway.test': ['a test', 'a test'],
};

const ofGateway: ReadonlySet<string> = new Set(['device.dark', 'device.doubtful']);

/** On one line, such as `214 devices: dark`. */
export function titleOf(message: Message): string {
  const { type, state } = message;
  const [open, resolved] = words[type];
  const ended = state === 'resolved' ? (message.transition?.data?.ended ?? message.data?.ended) : undefined;
  const word = ended !== undefined ? `${ended} (was: ${open})` : state === 'resolved' ? resolved : open;
  if (type === 'release.made') return releaseTitle(message, word);
  const told = state === 'still' ? `still ${word}` : word;
  return `${who(message)}: ${message.data?.flaps === true ? `${told}, comes and goes` : told}`;
}

function who({ transition, count = 0, fleet, type }: Message): string {
  if (transition === undefined) return count > 0 ? `${count} devices` : `gateway of ${fleet}`;
  const { device, app, release, key } = transition;
  const what = app === undefined ? '' : release === undefined ? app : `${app} ${safeWords(release)}`;
  if (device !== undefined) return [device, what].filter(Boolean).join(', ');
  if (type.startsWith('gateway.')) return `gateway of ${fleet}`;
  const [, ...name] = key.subject.split('/');
  return safeWords(printable(name.join('/')));
}

function releaseTitle({ transition, ...message }: Message, word: string): string {
  const what = `${transition?.app ?? ''} ${transition?.release ?? ''}`;
  return message.count === undefined
    ? `${what} ${word}`
    : `${what} ${word} for your devices: ${namesOf(message)}`;
}

/** `a, b, c, d, e and 209 more`; undefined: it is of none. */
export function namesOf({ devices = [], count = 0 }: Pick<Message, 'devices' | 'count'>): string {
  const more = count - devices.length;
  return `${devices.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** Words of the device, which it has signed; of its silence and its keys the gateway speaks. */
function isOwn({ type }: Message): boolean {
  return type === 'tunnel.open' || (type.startsWith('device.') && !ofGateway.has(type));
}

export interface DetailLine {
  readonly name: string;
  readonly text: string;
}

/** Beside the title. */
export function detailsOf(message: Message): DetailLine[] {
  const { transition, state, at, count = 0, support, link, type } = message;
  const { ended: _ended, flaps: _flaps, ...data } = message.data ?? {};
  const { code, words: said, person, commit } = transition ?? {};
  const since = transition?.data?.since;
  const isListed = transition === undefined && count > 0;
  const all: readonly (readonly [string, string | undefined])[] = [
    ['Devices', isListed || type === 'release.made' ? namesOf(message) || undefined : undefined],
    ['Why', code],
    [
      isOwn(message) ? 'It says' : 'Details',
      said === undefined || type === 'release.made' ? undefined : safeWords(said),
    ],
    ['By', person],
    ['Commit', link ?? commit],
    [state === 'still' ? 'Since' : 'At', timeWord(at)],
    ['Since', typeof since === 'number' && state === 'resolved' ? timeWord(since) : undefined],
    ...Object.entries(data).map(([name, value]) => [name, String(value)] as const),
    ['Next', nextStep(message)],
    ['Ask', support],
  ];
  return all.flatMap(([name, text]) => (text === undefined ? [] : [{ name, text: printable(text) }]));
}

/** What a release brings, in the words of who made it; of several lines. */
export function notesOf({ type, transition }: Message): string | undefined {
  const notes = transition?.data?.notes;
  if (type !== 'release.made' || typeof notes !== 'string' || notes === '') return undefined;
  return notes
    .split('\n')
    .map(line => safeWords(printable(line)))
    .join('\n');
}
