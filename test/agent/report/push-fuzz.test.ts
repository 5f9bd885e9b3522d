/** What a gateway says of a push: taken, or our own error. */
import { Readable } from 'node:stream';
import { test } from 'node:test';
import fc from 'fast-check';
import { pushTelemetry } from '../../../agent/report/telemetry-push.ts';
import { encodePacket, flushPacket } from '../../../core/io/git/pkt-line.ts';
import { fuzzed } from '../../fuzz/fuzzed.ts';
import { mutated, onlyOurRejections } from '../../fuzz/mutation.ts';

const device = 'pump-1';

test('the gateway’s answers to a push, fuzzed', async () => {
  const id = 'a'.repeat(40);
  const good = Buffer.concat([
    encodePacket('unpack ok\n'),
    encodePacket('ok refs/heads/telemetry/pump-1\n'),
    flushPacket,
  ]);
  const bad = Buffer.concat([encodePacket('unpack ok\n'), encodePacket('ng refs/x no\n'), flushPacket]);
  const advert = Buffer.concat([
    encodePacket('# service=git-receive-pack\n'),
    ...[flushPacket, encodePacket(`${id} refs/heads/telemetry/pump-1\0report-status\n`), flushPacket],
  ]);
  const answers = fc.array(fc.tuple(mutated(good, bad, advert), fc.constantFrom(200, 200, 409, 403, 500)), {
    maxLength: 3,
  });
  await fuzzed(
    'pushes',
    fc.asyncProperty(answers, async said => {
      const left = [...said];
      await onlyOurRejections(() =>
        pushTelemetry({
          dialler: {
            request: async () => {
              const [body, code] = left.shift() ?? [good, 200];
              return { status: code, headers: {}, body: Readable.from([body]) };
            },
            upgrade: () => Promise.reject(new Error('not asked for')),
            use: () => {},
            close: async () => {},
          },
          device,
          make: () => ({ id, objects: [] }),
          tip: undefined,
          signal: new AbortController().signal,
        }),
      );
    }),
  );
});
