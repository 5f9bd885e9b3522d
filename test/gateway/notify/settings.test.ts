/** `notify` of gateway.yaml: what goes together, and what is refused before anything is opened. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readFleetFile } from '../../../core/fleet/read-file.ts';
import { notifyLegs } from '../../../gateway/notify/notify-settings.ts';
import { transitionTypes } from '../../../gateway/transitions/transition.ts';
import commonSchema from '../../../schemas/common.schema.json' with { type: 'json' };
import type { NotifyReceiver } from '../../../schemas/types.generated.ts';
import { SetClock } from './rig.ts';

const url = 'https://hooks.example.com/in';
const mail = { to: ['a@example.com'], from: 'b@example.com', smtp: { host: 'mail.example.com' } };
const legs = (...receivers: readonly NotifyReceiver[]) => notifyLegs(receivers, new SetClock());

test('what does not go together is refused by name', () => {
  const webhook = { url, format: 'cloudevents' } as const;
  const wrong: readonly (readonly [readonly NotifyReceiver[], RegExp])[] = [
    [[{ name: 'ops' }], /notify\.ops: either `webhook` or `mail`/],
    [[{ name: 'ops', webhook, mail }], /either `webhook` or `mail`/],
    [
      [
        { name: 'ops', webhook },
        { name: 'ops', mail },
      ],
      /there are two of that name/,
    ],
    [[{ name: 'ops', webhook: { format: 'slack' } }], /either `url` or `urlFile`/],
    [[{ name: 'ops', webhook: { ...webhook, urlFile: '/x' } }], /either `url` or `urlFile`/],
    [
      [{ name: 'ops', webhook: { ...webhook, format: 'alertmanager', secretFile: '/x' } }],
      /reads no signature/,
    ],
    [[{ name: 'ops', webhook: { ...webhook, username: 'u' } }], /notify\.ops: `username` and `passwordFile`/],
    [
      [{ name: 'ops', webhook: { ...webhook, url: 'http://a.example', tls: { ca: '/x' } } }],
      /`tls` is for a url with https/,
    ],
    [[{ name: 'ops', mail: { ...mail, smtp: { ...mail.smtp, userFile: '/x' } } }], /go together/],
    [[{ name: 'ops', mail: { ...mail, smtp: { ...mail.smtp, tls: 'none-on-loopback' } } }], /another/],
    [[{ name: 'ops', webhook, deadMan: { every: '30s' } }], /less than a minute/],
  ];
  for (const [receivers, message] of wrong)
    assert.throws(() => legs(...receivers), { code: 'GATEWAY_CONFIG_INVALID', message });
});

test('each address of mail is a receiver of its own, whose folder is the same wherever it stands in the list', () => {
  const to = ['a@example.com', 'b@example.com'];
  const one = legs({ name: 'site', mail: { ...mail, to } });
  const other = legs({ name: 'site', mail: { ...mail, to: to.toReversed() } });
  assert.deepEqual(
    one.map(({ name }) => name),
    ['site/1', 'site/2'],
  );
  assert.deepEqual(
    one.map(({ folder }) => folder),
    other.map(({ folder }) => folder).toReversed(),
  );
  assert.notEqual(one[0]?.folder, one[1]?.folder);
});

test('events of gateway.yaml are the types that there are, and their groups', () => {
  const types = Object.keys(transitionTypes);
  const groups = types.map(type => type.split('.')[0] ?? '');
  assert.deepEqual(new Set(commonSchema.$defs.notifyEvent.enum), new Set([...types, ...groups]));
});

test('an address that is none, a link without its place and a header in a sender are refused by the schema', () => {
  const file = (more: string) => {
    const text = `apiVersion: towline/v1\nfleet: acme\nanchor: ${'a'.repeat(40)}\n${more}\n`;
    return readFleetFile('gateway', 'gateway.yaml', Buffer.from(text)).problems.length;
  };
  assert.equal(file(`notify: [{ name: ops, webhook: { url: "${url}", format: slack } }]`), 0);
  assert.equal(file('links: { commit: "https://forge.example.com/{commit}" }'), 0);
  for (const wrong of [
    'notify: [{ name: ops, webhook: { url: "ftp://x", format: slack } }]',
    'notify: [{ name: ops, webhook: { url: "https://u:p@x", format: slack } }]',
    'notify: [{ name: ops, webhook: { url: "https://x", format: exec } }]',
    'notify: [{ name: ops, mail: { to: ["a@b.example\\r\\nBcc: c@d.example"], from: "a@b.example", smtp: { host: x } } }]',
    'notify: [{ name: ops, events: [device.dark, nothing], webhook: { url: "https://x", format: slack } }]',
    'links: { commit: "https://forge.example.com/" }',
    'links: { commit: "javascript:alert({commit})" }',
  ])
    assert.notEqual(file(wrong), 0, wrong);
});
