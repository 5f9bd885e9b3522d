/** A message as Slack's incoming webhooks take it; Mattermost and Rocket.Chat read `text` of it. */
import { shownJson } from '../../../core/shown-text.ts';
import type { Message } from '../messages/message.ts';
import { detailsOf, notesOf, titleOf } from './message-words.ts';

const marks: Readonly<Record<Message['severity'], string>> = { critical: '🔴', warning: '🟠', info: '🔵' };
/** Of a section of a block, characters. */
const longest = 2900;

export function slackText(message: Message): string {
  const { state, severity } = message;
  const mark = state === 'resolved' ? '🟢' : marks[severity];
  const title = `${mark} ${titleOf(message)}`;
  const lines = detailsOf(message).map(({ name, text }) => `${name}: ${text}`);
  lines.push(`Fleet: ${message.fleet}`);
  const notes = notesOf(message);
  const below = [...(notes === undefined ? [] : [notes, '']), ...lines]
    .join('\n')
    .slice(0, longest)
    .toWellFormed();
  const text = (words: string) => ({ type: 'plain_text', text: words, emoji: false });
  return shownJson({
    // Where there are blocks Slack shows it in notifications alone; the others show nothing else.
    text: escaped(`${title}\n${below}`),
    blocks: [
      { type: 'header', text: text(title.slice(0, 150).toWellFormed()) },
      ...(below === '' ? [] : [{ type: 'section', text: text(below) }]),
    ],
  });
}

/** https://docs.slack.dev/messaging/formatting-message-text: the three that mean something. */
function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
