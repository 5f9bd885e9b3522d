/** Whatever a device or a release says: a message of bounded size, on lines of its own, that calls nobody and leads nowhere. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { boundedWords } from '../../../core/telemetry/bounded-words.ts';
import { saidConditions } from '../../../core/telemetry/said-conditions.ts';
import { alertsText } from '../../../gateway/notify/formats/alerts.ts';
import { cloudEvent } from '../../../gateway/notify/formats/cloud-event.ts';
import { mailText } from '../../../gateway/notify/formats/mail-text.ts';
import { slackText } from '../../../gateway/notify/formats/slack-text.ts';
import type { Message } from '../../../gateway/notify/messages/message.ts';
import { fuzzed } from '../../fuzz/fuzzed.ts';
import { statusOf } from './rig.ts';

const bait = [
  ...[
    '@channel',
    '<!channel>',
    '<@U024BE7LH>',
    '@all',
    '[click](https://evil.example/)',
    '<https://evil.example|bank>',
  ],
  ...[
    'http://evil.example',
    'evil.example',
    'www.evil.example/a',
    'mailto:a@evil.example',
    '\r\nBcc: x@evil.example',
  ],
  ...['\u202e', '\u0000', '`', '**', '#general', '&lt;!here&gt;', '\ud800', '\u2028', 'a'.repeat(500)],
];
const said = fc
  .array(fc.oneof(fc.constantFrom(...bait), fc.string({ unit: 'binary', maxLength: 20 })), { maxLength: 12 })
  .map(parts => parts.join(' '));

function messageBy(words: string): Message {
  // A version may be made of the letters of a host.
  const wanted = { release: 'www.evil.example', digest: 'new' };
  const project = {
    app: 'web',
    project: 'web',
    state: 'failed' as const,
    message: words,
    services: [],
    wanted,
  };
  const [condition] = saidConditions(statusOf('pump-1', { projects: [project] })).open;
  assert.ok(condition);
  const { subject, type, ...what } = condition;
  assert.ok([...(what.words ?? '')].length <= 200);
  const at = 1_780_000_000_000;
  const key = { fleet: 'acme', subject, type };
  const open = {
    ...what,
    key,
    state: 'open',
    at,
    severity: 'critical',
    number: 1,
    device: 'pump-1',
  } as const;
  return {
    id: 'x',
    type,
    state: 'open',
    severity: 'critical',
    fleet: 'acme',
    at,
    queuedAt: at,
    transition: open,
  };
}

/** What a program would make a call, or a link, of. */
const calls = /@|<|>|:\/\/|(?<=[\p{L}\p{N}])\.(?=\p{L}{2})|mailto:/u;
// biome-ignore lint/suspicious/noControlCharactersInRegex: this is what it must not have
const unseen = /[\x00-\x09\x0b-\x1f\x7f\u202e\u2028]/;

test('whatever a device says, a message has it on one line, bounded, and it calls nobody and leads nowhere', async () => {
  await fuzzed(
    'messages',
    fc.property(said, words => {
      const message = messageBy(words);
      const { subject, text } = mailText(message);
      const { text: slack } = JSON.parse(slackText(message));
      const { data } = JSON.parse(cloudEvent(message));
      const [{ annotations }] = JSON.parse(alertsText([message], message.at));
      const lines = text.split('\n').filter(line => !line.startsWith('Commit:'));
      assert.ok(lines.length <= 10, text);
      for (const shown of [subject, lines.join('\n'), slack, data.words ?? '', annotations.description]) {
        assert.doesNotMatch(shown, calls);
        assert.doesNotMatch(shown, unseen);
        assert.ok(shown.length < 2000);
      }
      assert.doesNotMatch(subject, /[\r\n]/);
      assert.ok([...boundedWords(words)].length <= 200);
    }),
  );
});
