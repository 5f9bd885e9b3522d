/** What a device pushes and asks for: answered, or refused with a code of ours. */
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { TowlineError } from '../../../core/errors.ts';
import { encodePacket, readPackets } from '../../../core/io/git/pkt-line.ts';
import { judgeClientHello } from '../../../gateway/device-port/client-hello.ts';
import { protocolOf } from '../../../gateway/git/advert.ts';
import { readFetchRequest } from '../../../gateway/git/fetch-request.ts';
import { PushReport } from '../../../gateway/git/push-report.ts';
import { applyDelta } from '../../../gateway/telemetry/delta.ts';
import { linksOf } from '../../../gateway/telemetry/object-links.ts';
import { readPack } from '../../../gateway/telemetry/pack-reader.ts';
import { readPushHead, readShallowPushHead } from '../../../gateway/telemetry/push-request.ts';
import { fuzzed } from '../../fuzz/fuzzed.ts';
import { mutated, onlyOurErrors, onlyOurRejections } from '../../fuzz/mutation.ts';

const id = 'a'.repeat(40);
const person = 'x <x> 1 +0000';
const commit = Buffer.from(
  `tree ${id}\nparent ${id}\nauthor ${person}\ncommitter ${person}\ngpgsig -\n a\n\nm`,
);
const tree = Buffer.concat([
  Buffer.from('40000 a\0'),
  Buffer.alloc(20, 1),
  Buffer.from('100644 b\0'),
  Buffer.alloc(20, 2),
]);
const delta = Buffer.from([4, 4, 0x91, 0, 2, 2, 0x78, 0x79]);

function entry(type: number, content: Uint8Array, base: Uint8Array = Buffer.alloc(0)): Buffer {
  const size = content.length;
  const head = size < 16 ? [(type << 4) | size] : [0x80 | (type << 4) | (size & 15), size >> 4];
  return Buffer.concat([Buffer.from(head), base, deflateSync(content)]);
}

/** As the reader of packs does. */
function charge(size: number): void {
  if (size > 1 << 20) throw new TowlineError('GATEWAY_PACK_REFUSED', 'too large');
}

function sealed(bytes: Uint8Array): Buffer {
  return Buffer.concat([bytes, createHash('sha1').update(bytes).digest()]);
}

describe('requests of devices, fuzzed', () => {
  test('what is asked of upload-pack, in both versions', async () => {
    const first = Buffer.concat([
      encodePacket(`want ${id} side-band-64k\n`),
      Buffer.from('0000'),
      encodePacket('done\n'),
    ]);
    const second = Buffer.concat([
      encodePacket('command=fetch'),
      Buffer.from('0001'),
      encodePacket(`want ${id}\n`),
      encodePacket('done\n'),
    ]);
    const refs = Buffer.concat([
      encodePacket('command=ls-refs\n'),
      Buffer.from('0001'),
      encodePacket('ref-prefix refs/\n'),
    ]);
    await fuzzed(
      'fetch requests',
      fc.property(mutated(first, second, refs), fc.string({ maxLength: 20 }), (bytes, header) => {
        onlyOurErrors(() => [
          ...readPackets(bytes, why => new TowlineError('GATEWAY_REQUEST_MALFORMED', why)),
        ]);
        for (const protocol of [0, 2] as const) onlyOurErrors(() => readFetchRequest(bytes, protocol));
        protocolOf(`version=2${header}`);
      }),
    );
  });

  test('the head of a push, and what receive-pack says of one', async () => {
    const head = encodePacket(
      `${id} ${'b'.repeat(40)} refs/heads/telemetry/pump-1\0report-status agent=git\n`,
    );
    const report = encodePacket(encodePacket('ng refs/heads/main hook declined\n'));
    await fuzzed(
      'pushes',
      fc.property(
        mutated(Buffer.concat([head, Buffer.from('0000PACK')]), Buffer.from('0000')),
        mutated(report),
        (bytes, said) => {
          onlyOurErrors(() => readPushHead(bytes));
          onlyOurErrors(() => readShallowPushHead(bytes));
          const known = new PushReport();
          known.add(said);
          for (const refused of known.refused()) void refused;
        },
      ),
    );
  });

  test('packs with the trailer that fits, their deltas, commits and trees', async () => {
    const head = Buffer.from('PACK\0\0\0\x02\0\0\0\x04', 'latin1');
    const entries = [
      entry(3, Buffer.from('abcd')),
      entry(1, commit),
      entry(6, delta, Buffer.of(14)),
      entry(2, tree),
    ];
    const whole = Buffer.concat([head, ...entries]);
    const limits = { maxObjects: 100, maxUnpackedBytes: 1 << 20 };
    await fuzzed(
      'packs',
      fc.asyncProperty(
        mutated(whole),
        mutated(commit),
        mutated(tree),
        mutated(delta),
        async (bytes, one, two, three) => {
          await onlyOurRejections(() => readPack(sealed(bytes), limits));
          onlyOurErrors(() => linksOf({ type: 'commit', bytes: one }));
          onlyOurErrors(() => linksOf({ type: 'tree', bytes: two }));
          onlyOurErrors(() => applyDelta(Buffer.from('abcd'), three, charge));
        },
      ),
    );
  });

  test('the first bytes of a TLS connection', async () => {
    const hello = Buffer.concat([Buffer.of(22, 3, 1, 0, 40), Buffer.alloc(40, 1)]);
    await fuzzed(
      'client hellos',
      fc.property(mutated(hello), bytes => void judgeClientHello(bytes)),
    );
  });
});
