/** A message as mail: a subject and plain text. */
import { printable } from '../../../core/shown-text.ts';
import type { Message } from '../messages/message.ts';
import { detailsOf, notesOf, titleOf } from './message-words.ts';

export interface MailText {
  readonly subject: string;
  readonly text: string;
}

/** A subject that is longer is cut by many programs. */
const longestSubject = 150;

export function mailText(message: Message): MailText {
  const { fleet, severity, state } = message;
  const title = printable(titleOf(message));
  const grave = severity === 'critical' && state !== 'resolved' ? 'critical: ' : '';
  const notes = notesOf(message);
  const details = detailsOf(message).map(({ name, text }) => `${`${name}:`.padEnd(10)}${text}`);
  const parts = [title, ...(notes === undefined ? [] : [notes]), details.join('\n')];
  const characters = [...`[${fleet}] ${grave}${title}`];
  const isLong = characters.length > longestSubject;
  return {
    subject: isLong ? `${characters.slice(0, longestSubject - 1).join('')}…` : characters.join(''),
    text: `${parts.join('\n\n')}\n\n-- \nTowline, fleet ${fleet}\n`,
  };
}
