import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pushBody } from '../../../../gateway/sinks/loki/push-body.ts';
import { container, eventDelivery, logDelivery } from '../receivers/deliveries.ts';

const labels = ['fleet', 'device_id', 'project', 'service', 'kind'];

function streamsOf(...batch: Parameters<typeof pushBody>): { stream: object; values: unknown[][] }[] {
  const body = pushBody(...batch);
  return body === undefined ? [] : JSON.parse(body).streams;
}

test('few names make a stream, the others go along with the line', () => {
  const record = {
    level: 'error',
    fields: { 'order.id': 17, level: 'x', label_site: 'y', '9': '' },
  } as const;
  assert.deepEqual(streamsOf([logDelivery(7, { record })], labels), [
    {
      stream: { fleet: 'acme', device_id: 'pump-17', project: 'shop', service: 'web', kind: 'log' },
      values: [
        [
          '1795860000007123456',
          'line 7',
          {
            commit: 'c'.repeat(40),
            label_site: 'berlin',
            record_id: `pump-17/${container}/7`,
            level: 'error',
            stream: 'stdout',
            container_id: container,
            _9: '',
            order_id: '17',
            field_level: 'x',
            field_label_site: 'y',
          },
        ],
      ],
    },
  ]);
});

test('lines of one stream go in order of their time, whatever segment they came in', () => {
  const [first, second, third] = [logDelivery(1), logDelivery(2), logDelivery(3)];
  const [stream] = streamsOf([third, first, second], labels);
  assert.deepEqual(
    stream?.values.map(([, text]) => text),
    ['line 1', 'line 2', 'line 3'],
  );
});

test('labels of the fleet can make streams, and an event has one of its own', () => {
  const streams = streamsOf([logDelivery(1), logDelivery(2), eventDelivery(1)], ['label_site', 'kind']);
  assert.deepEqual(
    streams.map(({ stream, values }) => [stream, values.length]),
    [
      [{ label_site: 'berlin', kind: 'log' }, 2],
      [{ label_site: 'berlin', kind: 'event' }, 1],
    ],
  );
});

test('what an app puts along never has more than Loki takes', () => {
  const fields = Object.fromEntries(Array.from({ length: 64 }, (_, at) => [`f${at}`, 'ä'.repeat(60_000)]));
  const [stream] = streamsOf([logDelivery(1, { record: { fields } })], labels);
  const metadata = stream?.values[0]?.[2] as Record<string, string>;
  const bytes = Object.entries(metadata).reduce((sum, entry) => sum + Buffer.byteLength(entry.join('')), 0);
  assert.ok(bytes <= 64 * 1024, `${bytes} bytes`);
  assert.equal(
    Number(metadata.fields_left_out) + Object.keys(metadata).filter(name => /^f\d/.test(name)).length,
    64,
  );
});
