/** A message as CloudEvents 1.0 has it, structured JSON (https://github.com/cloudevents/spec, 1.0.2). */
import { shownJson } from '../../../core/shown-text.ts';
import type { Message } from '../messages/message.ts';
import { notesOf, titleOf } from './message-words.ts';
import { safeWords } from './safe-words.ts';

export const cloudEventType = 'application/cloudevents+json; charset=utf-8';

export function cloudEvent(message: Message): string {
  const { id, type, fleet, at, state, severity, transition, count, devices, support, link } = message;
  const { code, device, app, release, commit, evidence, person, words, data } = transition ?? {};
  return shownJson({
    specversion: '1.0',
    id,
    source: `urn:towline:${fleet}`,
    type: `io.towline.${type}.v1`,
    subject: transition?.key.subject ?? (count === undefined ? 'gateway' : 'devices'),
    time: new Date(at).toISOString(),
    datacontenttype: 'application/json',
    data: {
      ...{ state, severity, title: titleOf(message), code, device, app, release, commit, evidence, person },
      words: words === undefined ? undefined : safeWords(words),
      ...{ count, devices, support, link },
      ...withoutNotes(data),
      ...message.data,
      notes: notesOf(message),
    },
  });
}

function withoutNotes({ notes: _notes, ...rest }: NonNullable<Message['data']> = {}): object {
  return rest;
}
