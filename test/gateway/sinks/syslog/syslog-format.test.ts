import assert from 'node:assert/strict';
import { test } from 'node:test';
import { facilityOf } from '../../../../gateway/sinks/syslog/facility.ts';
import { rfc3164 } from '../../../../gateway/sinks/syslog/rfc3164.ts';
import { rfc5424 } from '../../../../gateway/sinks/syslog/rfc5424.ts';
import { syslogMessage } from '../../../../gateway/sinks/syslog/syslog-message.ts';
import { eventDelivery, gapDelivery, logDelivery } from '../wire/deliveries.ts';

const defaults = { facility: 3, enterprise: '32473' };
const modern = (delivery: Parameters<typeof syslogMessage>[0], maxBytes = 8192) =>
  rfc5424(syslogMessage(delivery, defaults), maxBytes);
const old = (delivery: Parameters<typeof syslogMessage>[0], maxBytes = 1024) =>
  rfc3164(syslogMessage(delivery, defaults), maxBytes);

const who =
  'id="wire-17/c0ffee123456/7" fleet="wire-fleet" device="wire-17" project="pump" service="web" container="c0ffee123456"';

test('a line says who wrote it when in RFC 5424, without a byte order mark', () => {
  assert.equal(
    modern(logDelivery(7, 'gestartet, 20 °C')),
    `<30>1 2026-11-29T01:02:03.123456Z wire-17 web c0ffee123456 stdout [towline@32473 ${who} stream="stdout"][labels@32473 site="berlin"] gestartet, 20 °C`,
  );
});

test('the level of the app goes before the stream, and fields are parameters, escaped as the RFC has it', () => {
  const line = modern(
    logDelivery(7, 'x', {
      stream: 'stderr',
      level: 'warn',
      fields: { 'a b="]': 'say "\\]"\n', user: 'ä', ok: true },
    }),
  );
  assert.match(line, /^<28>1 /);
  assert.match(line, /\[fields@32473 a_b___="say \\"\\\\\\\]\\"#012" user="ä" ok="true"\] x$/);
  assert.match(modern(logDelivery(7, 'x', { stream: 'stderr' })), /^<27>1 /);
  assert.match(modern(logDelivery(7, 'x', { stream: 'tty', level: 'fatal' })), /^<26>1 /);
});

test('gaps and events are messages, too', () => {
  assert.match(
    modern(gapDelivery(9, { lines: 120, bytes: 4000 })),
    /^<28>1 \S+ wire-17 web c0ffee123456 gap \[towline@32473 .*reason="rotated" lines="120" bytes="4000"\].* 120 log lines are missing \(4000 bytes\)/,
  );
  assert.match(modern(eventDelivery(3)), /^<30>1 \S+ wire-17 towline - container\.die /);
  assert.match(
    modern(eventDelivery(3, { project: 'pump', level: 'error' })),
    /^<27>1 \S+ wire-17 pump - container\.die /,
  );
});

test('lines that belong together stay together; what steers a terminal is written out', () => {
  assert.match(modern(logDelivery(7, 'a\n\tb')), /\] a\n\tb$/);
  assert.match(modern(logDelivery(7, '\u001b[31mred\u0000\u009b')), /\] #033\[31mred#000#233$/);
});

test('an app forges no message for an old receiver', () => {
  assert.equal(
    old(logDelivery(7, 'first\n<0>Nov 29 01:02:03 wire-17 kernel: forged')),
    '<30>Nov 29 01:02:03 wire-17 web[c0ffee123456]: first#012<0>Nov 29 01:02:03 wire-17 kernel: forged',
  );
  assert.match(old(logDelivery(7, 'x', { time: '2026-03-04T05:06:07Z' })), /^<30>Mar {2}4 05:06:07 /);
});

test('what is too long is cut between characters, and never within structured data', () => {
  const long = logDelivery(7, 'ä'.repeat(5_000));
  for (const maxBytes of [1021, 1022, 1023, 1024]) {
    const text = rfc5424(syslogMessage(long, defaults), maxBytes);
    assert.ok(Buffer.byteLength(text) <= maxBytes && Buffer.byteLength(text) > maxBytes - 2);
    assert.ok(!text.includes('\ufffd'));
    assert.ok(Buffer.byteLength(old(long, maxBytes)) <= maxBytes);
  }
  const fields = Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`f${at}`, 'ü]'.repeat(400)]));
  const flooded = modern(logDelivery(7, 'the text', { fields }), 2048);
  assert.ok(Buffer.byteLength(flooded) <= 2048);
  assert.match(flooded, / the text$/);
  assert.match(flooded, /id="wire-17\/c0ffee123456\/7"/);
});

test('a time that the commit had not seen yet is made up: the commit’s stands there', () => {
  assert.match(
    modern(logDelivery(7, 'x', { time: '2099-01-01T00:00:00Z' })),
    /^<30>1 2026-11-29T01:02:04\.000000Z /,
  );
  assert.match(old(logDelivery(7, 'x', { time: '2026-13-45T00:00:00Z' })), /^<30>Nov 29 01:02:04 /);
});

test('names that are none for syslog become some', () => {
  const line = modern({ ...logDelivery(7, 'x'), service: `größer als ${'x'.repeat(60)}` });
  const app = line.split(' ')[3] ?? '';
  assert.equal(app, `gr__er_als_${'x'.repeat(37)}`);
  assert.equal(facilityOf('local7'), 23);
  assert.equal(facilityOf('0'), 0);
  for (const none of ['', 'local8', '24', '-1', 'toString']) assert.equal(facilityOf(none), undefined);
});
