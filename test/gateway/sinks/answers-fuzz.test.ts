/** What receivers answer, changed: read as an answer, or our own error that has it sent again. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { readBulkAnswer } from '../../../gateway/sinks/elasticsearch/bulk-answer.ts';
import { readExportAnswer, statusMessage } from '../../../gateway/sinks/otlp/export-answer.ts';
import { fuzzed } from '../../fuzz/fuzzed.ts';
import { mutated, mutatedText, onlyOurErrors } from '../../fuzz/mutation.ts';
import { encoded } from './receivers/otlp-messages.ts';

const bulk = JSON.stringify({
  errors: true,
  items: [
    { create: { status: 201 } },
    { create: { status: 400, error: { type: 'a', reason: 'b', caused_by: { type: 'c', reason: 'd' } } } },
    { create: { status: 429, error: 'busy' } },
  ],
});
const partial = encoded('ExportServiceResponse', { partial_success: { rejected: 3, error_message: 'no' } });
const inJson = '{"partialSuccess":{"rejectedLogRecords":"3","errorMessage":"no"}}';
const typed = (type: string, body: Uint8Array) => ({
  headers: { 'content-type': type },
  body: Buffer.from(body),
});

describe('answers of receivers, fuzzed', () => {
  test('of _bulk', async () => {
    await fuzzed(
      'receivers',
      fc.property(mutatedText(bulk), text => {
        const verdicts = onlyOurErrors(() => readBulkAnswer(Buffer.from(text), 3));
        // A document without a verdict would be lost.
        if (verdicts !== undefined) assert.equal(verdicts.length, 3);
      }),
    );
  });

  test('of OTLP', async () => {
    const bytes = fc.oneof(mutated(partial), fc.uint8Array({ maxLength: 200 }));
    await fuzzed(
      'receivers',
      fc.property(bytes, mutatedText(inJson), (body, text) => {
        for (const answer of [
          typed('application/x-protobuf', body),
          typed('application/json', Buffer.from(text)),
        ]) {
          const read = onlyOurErrors(() => readExportAnswer(answer));
          if (read !== undefined) assert.ok(read.rejected >= 0 && read.message.length <= 500);
          assert.ok((statusMessage(answer) ?? '').length <= 500);
        }
      }),
    );
  });
});
