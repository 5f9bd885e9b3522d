/** Whatever a gateway hands out, or a device sends: readers answer or throw our own error. */
import { test } from 'node:test';
import fc from 'fast-check';
import { Outbox } from '../../../../agent/access/recording/outbox.ts';
import { readCastEvent, readCastHeader } from '../../../../core/recording/asciicast.ts';
import { openBox } from '../../../../core/recording/chunk-box.ts';
import { entryLine, readEntryLine } from '../../../../core/recording/ledger-entry.ts';
import { recordingId } from '../../../../core/recording/recording-id.ts';
import {
  chunkLine,
  headLine,
  readRecordingLine,
  sealLine,
} from '../../../../core/recording/recording-line.ts';
import { fuzzed } from '../../../fuzz/fuzzed.ts';
import { mutatedText, onlyOurErrors, onlyOurRejections } from '../../../fuzz/mutation.ts';

const recording = recordingId(0, 'abcdefgh');
const where = { fleet: 'acme', device: 'pump-17', recording };

test('lines of recordings, entries of ledgers, casts', async () => {
  const who = { startedMs: 1, operator: 'a', by: 'key', app: 'b', service: 'c', commit: 'd' };
  const lines = mutatedText(
    headLine({ ...where, ...who, auditors: ['F'], key: 'AA==' }),
    chunkLine(1, Buffer.from('box')),
    sealLine({ lines: 2, link: 'x', end: { outcome: 'cut' } }, 'signature'),
    entryLine({
      entry: { ...where, number: 1, previous: '', what: 'begin', link: '', lines: 0, timeMs: 1 },
      signature: 'signature',
    }),
    '[0.1,"o","text"]',
    '{"version":2,"width":80,"height":24}',
  );
  const read = (line: string) => {
    readCastEvent(line);
    readCastHeader(line);
    onlyOurErrors(() => readRecordingLine(line));
    onlyOurErrors(() => readEntryLine(line));
    onlyOurErrors(() => openBox(Buffer.alloc(32), { recording, number: 1, before: '' }, Buffer.from(line)));
  };
  await fuzzed('recordings', fc.property(lines, read));
});

test('what a gateway answers to what was sent', async () => {
  const answers = mutatedText('{"bytes":12}', `{"count":3,"head":"${'a'.repeat(64)}"}`);
  const never = new AbortController().signal;
  const ask = async (status: number, text: string) => {
    const body = (async function* () {
      yield Buffer.from(text);
    })();
    const outbox = new Outbox({ request: async () => ({ status, headers: {}, body }) });
    await onlyOurRejections(() =>
      outbox.sendRecording(recording, { from: 0, bytes: Buffer.alloc(0) }, never),
    );
    await onlyOurRejections(() => outbox.ledger(never));
  };
  await fuzzed('answers', fc.asyncProperty(fc.constantFrom(200, 200, 409, 500), answers, ask));
});
