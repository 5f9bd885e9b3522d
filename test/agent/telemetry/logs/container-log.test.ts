/** What one container's log makes of entries, over several lives of an agent and in one batch. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ContainerLog } from '../../../../agent/telemetry/logs/container-log.ts';
import { beginning, type LogPosition } from '../../../../agent/telemetry/logs/position.ts';
import { defaultLogSettings, type LogSettings } from '../../../../core/telemetry/lines/log-settings.ts';
import { MemorySpool } from './log-rig.ts';

const container = { id: 'c'.repeat(64), project: 'web', service: 'app' };
const redacting: LogSettings = {
  ...defaultLogSettings,
  redact: { ...defaultLogSettings.redact, patterns: ['private-key'] },
};
const keyLine = (number: number) => String.fromCharCode(65 + number).repeat(64);
const key = ['-----BEGIN PRIVATE KEY-----', ...[0, 1, 2, 3, 4, 5].map(keyLine), '-----END PRIVATE KEY-----'];
const texts = ['before', ...key, 'after', keyLine(20)];

function logAt(position: LogPosition, settings = redacting): ContainerLog {
  return new ContainerLog({ container, position, settings, nowMs: () => Date.now() });
}

/** Entries by number, as an engine keeps them, from where the log is. */
function say(log: ContainerLog, said: readonly string[]): void {
  log.order.seek();
  log.begin();
  for (const [at, text] of said.entries()) {
    const time = `2026-07-01T00:00:00.${String(at).padStart(9, '0')}Z`;
    log.offer({ time, stream: 'stdout', whole: true, text: Buffer.from(text) });
  }
}

test('an agent that is killed, or ends, in the middle of a private key knows its other lines for a part of it', async () => {
  for (let count = 1; count <= texts.length; count += 1) {
    const spool = new MemorySpool();
    const first = logAt(beginning);
    say(first, texts.slice(0, count));
    await first.flush('all', spool);
    const second = logAt(JSON.parse(JSON.stringify(first.durable)));
    say(second, texts);
    await second.flush('all', spool);
    assert.deepEqual(
      spool.lines(container.id).map(({ text }) => text),
      ['before', ...key.map(() => '[hidden]'), 'after', keyLine(20)],
    );
    // What came twice is the same under its id.
    const shown = new Map(spool.lines(container.id).map(({ sequence, text }) => [sequence, text]));
    for (const record of spool.records(container.id))
      assert.equal(record.kind === 'log' && record.text, shown.get(record.sequence));
  }
});

test('settings that change in the middle of a private key change nothing of what it is', async () => {
  const spool = new MemorySpool();
  const log = logAt(beginning);
  say(log, texts.slice(0, 4));
  log.configure({ ...redacting, maxLineBytes: redacting.maxLineBytes + 1 });
  say(log, texts);
  await log.flush('all', spool);
  assert.deepEqual(
    spool.lines(container.id).map(({ text }) => text),
    ['before', ...key.map(() => '[hidden]'), 'after', keyLine(20)],
  );
});

test('a batch of nothing but escapes comes in segments that each can be read', async () => {
  const spool = new MemorySpool();
  const log = logAt(beginning, defaultLogSettings);
  const said = Array.from({ length: 160 }, () => '\u0001'.repeat(14_000));
  say(log, said);
  await log.flush('full', spool);
  await log.flush('all', spool);
  assert.ok(spool.pieces.length > 1);
  assert.deepEqual(
    spool.lines(container.id).map(({ sequence, text }) => [sequence, text.length]),
    said.map(({ length }, at) => [at, length]),
  );
});
