/** What a device or a bot has signed, with anything in it: read, doubted, or our own error. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { readDeviceReport } from '../../../core/telemetry/device-report.ts';
import { ObjectReader } from '../../../core/trust/git/object-reader.ts';
import { formatTimestamp, verifyTimestamp } from '../../../core/trust/timestamp.ts';
import { openAnchor } from '../../../core/trust/walk.ts';
import { MemoryKey, MemoryRepository } from '../../../lab/rig/memory-repository.ts';
import { fuzzed } from '../../fuzz/fuzzed.ts';
import { edited, edits, mutatedText, onlyOurRejections } from '../../fuzz/mutation.ts';

const device = 'pump-1';
const timeSec = 1_700_000_000;
const status = [
  'apiVersion: towline/v1',
  'fleet: f',
  `device: ${device}`,
  'time: 2026-11-23T18:00:00Z',
  'projects: [{ name: web, state: healthy, services: { web: { state: running } } }]',
  'conditions: [{ type: Ready, status: "True", reason: Applied, message: "all is well" }]',
  '',
].join('\n');
/** A mebibyte of these took a reader 40 s and 1.2 GB. */
const nested = '[[[[[[[['.repeat(2000);

describe('reports, fuzzed', () => {
  test('a status that its device has signed, and commits with bytes changed', async () => {
    const key = new MemoryKey();
    await fuzzed(
      'statuses',
      fc.asyncProperty(
        mutatedText(status, status, nested),
        edits,
        fc.boolean(),
        async (text, changes, spoilt) => {
          const source = new MemoryRepository();
          const files = new Map([['status.yaml', text]]);
          const made = source.commit({ files, parents: [], message: 'status\n', timeSec, signer: key });
          const raw = await source.read(made);
          const tip = spoilt ? source.store('commit', edited(raw?.bytes ?? Buffer.alloc(0), changes)) : made;
          const report = await readDeviceReport({ source, tip, device, fleet: 'f', sshKey: key.publicKey });
          assert.ok(report.kind === 'said' || report.kind === 'doubtful');
        },
      ),
    );
  });

  test('a timestamp', async () => {
    const [key, bot] = [new MemoryKey(), new MemoryKey()];
    const policy = [
      ...['apiVersion: towline/v1', 'fleet: f', 'version: 1', 'principals:'],
      `  alice: { ssh: ["${key.publicKey}"] }`,
      `  bot: { ssh: ["${bot.publicKey}"] }`,
      'roles: { root: { principals: [alice] }, timestamp: { principals: [bot] } }',
      '',
    ].join('\n');
    const repository = new MemoryRepository();
    const files = new Map([['trust/policy.yaml', policy]]);
    const anchor = repository.commit({
      files,
      parents: [],
      message: 'm\n\nTowline-Ref: f/main\n',
      timeSec,
      signer: key,
    });
    const reader = new ObjectReader(repository);
    const trusted = await openAnchor(reader, anchor);
    const honest = formatTimestamp({ fleet: 'f', head: anchor, timeSec: timeSec + 60 });
    const first = repository.commit({
      files: new Map(),
      parents: [],
      message: honest,
      timeSec: timeSec + 60,
      signer: bot,
    });
    assert.equal((await verifyTimestamp({ reader, trusted, id: first })).head, anchor);
    await fuzzed(
      'timestamps',
      fc.asyncProperty(
        mutatedText(honest),
        fc.constantFrom(0, 60, 60, 999_999_999_999),
        async (message, ahead) => {
          const later = timeSec + ahead;
          const id = repository.commit({
            files: new Map(),
            parents: [],
            message,
            timeSec: later,
            signer: bot,
          });
          const said = await onlyOurRejections(() => verifyTimestamp({ reader, trusted, id }));
          if (said !== undefined) assert.equal(formatTimestamp(said), message);
        },
      ),
    );
  });
});
