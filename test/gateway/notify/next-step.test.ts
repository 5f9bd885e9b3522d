/** What a message says to whoever reads it at night: what to type next, and whose words it has. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { detailsOf } from '../../../gateway/notify/formats/message-words.ts';
import { slackText } from '../../../gateway/notify/formats/slack-text.ts';
import { messageOf, messagesOf } from '../../../gateway/notify/outbox/folding.ts';
import {
  type NumberedTransition,
  type TransitionType,
  transitionTypes,
} from '../../../gateway/transitions/transition.ts';
import { isTransitionType } from '../../../gateway/transitions/transition-form.ts';

const facts = { receiver: 'ops', nowMs: 0, support: undefined, linkOf: () => undefined };
const subjects: Readonly<Record<string, string>> = {
  ...{ rollout: 'rollout/hello/r1', release: 'release/hello/1.5.0', secret: 'secret/secrets/hello.env' },
  gateway: 'gateway',
};
function transition(type: TransitionType, device = 'pump-17'): NumberedTransition {
  const [group = ''] = type.split('.');
  const subject = subjects[group];
  const isMade = type === 'release.made' || group === 'rollout';
  return {
    key: {
      fleet: 'acme',
      subject: subject !== undefined && (isMade || group !== 'release') ? subject : `device/${device}`,
      type,
    },
    ...{ state: 'open', at: 0, severity: 'info', number: 1, commit: 'c'.repeat(40), words: 'words' },
    ...(subject === undefined || (group === 'release' && !isMade) ? { device } : {}),
    ...(isMade ? { app: 'hello', release: '1.5.0' } : {}),
  };
}
const lineOf = (name: string, each: NumberedTransition) =>
  detailsOf(messageOf(each, facts)).find(line => line.name === name)?.text;

test('each condition says what to type next, and there is such a command', () => {
  const reference = readFileSync(path.join(import.meta.dirname, '../../../docs/reference/cli.md'), 'utf8');
  for (const type of Object.keys(transitionTypes).filter(isTransitionType)) {
    const next = lineOf('Next', transition(type));
    if (['release.began', 'release.healthy', 'rollout.complete'].includes(type) || type === 'tunnel.open')
      continue;
    assert.ok(next !== undefined, type);
    const [, verb] = /^(towline(?: [a-z]+)+)/.exec(next) ?? [];
    const known = [...reference.matchAll(/^## (towline .*)$/gm)].some(([, name]) =>
      `${verb} `.startsWith(`${name} `),
    );
    assert.ok(known, `${type}: ${next}`);
  }
  assert.equal(lineOf('Next', transition('enrolment.waiting')), 'towline device accept pump-17');
  assert.equal(lineOf('Next', transition('device.dark')), 'towline status pump-17');
  assert.equal(lineOf('Next', { ...transition('device.dark'), state: 'resolved' }), undefined);
});

test('many that are dark are looked at as one, longest silent first', () => {
  const many = Array.from({ length: 12 }, (_, at) => transition('device.dark', `pump-${at}`));
  const [message] = messagesOf(many, facts);
  assert.ok(message);
  assert.equal(
    detailsOf(message).find(({ name }) => name === 'Next')?.text,
    'towline status --sort reported',
  );
});

test('a file or an id that a shell takes apart stands in no command', () => {
  const key = { fleet: 'acme', type: 'secret.due', subject: 'secret/secrets/$(rm -rf).env' } as const;
  assert.equal(lineOf('Next', { ...transition('secret.due'), key }), undefined);
});

test('what the gateway says of a silent device is not said by the device; a chat of many fleets tells whose it is', () => {
  assert.equal(lineOf('It says', transition('device.dark')), undefined);
  assert.equal(lineOf('Details', transition('device.dark')), 'words');
  assert.equal(lineOf('It says', transition('device.failed')), 'words');
  assert.match(slackText(messageOf(transition('device.dark'), facts)), /Fleet: acme/);
});
