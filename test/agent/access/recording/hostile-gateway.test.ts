/** A gateway that takes what is recorded, and answers as it likes. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Ledger } from '../../../../agent/access/recording/ledger.ts';
import { Outbox } from '../../../../agent/access/recording/outbox.ts';
import { recordingPath } from '../../../../agent/access/recording/recording-file.ts';
import { RecordingSender } from '../../../../agent/access/recording/recording-sender.ts';
import { isTowlineError } from '../../../../core/errors.ts';
import { makeSshPrivateKey, readSshPrivateKey } from '../../../../core/io/openssh-key.ts';
import { createSystemClock } from '../../../../core/io/system-clock.ts';
import { eventually } from '../../../../lab/rig/eventually.ts';
import { quietLog } from '../../../rig/recorded-device.ts';

const recording = '20270131T180000Z-abcdefgh';

function answering(text: () => string): Outbox {
  const request = async () => {
    const body = (async function* () {
      yield Buffer.from(text());
    })();
    return { status: 200, headers: {}, body };
  };
  return new Outbox({ request });
}

test('that has always lost what it was sent is not sent it without a pause', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tl-sender-'));
  const stop = new AbortController();
  try {
    await writeFile(recordingPath(folder, recording), Buffer.alloc(4096));
    const signer = readSshPrivateKey(makeSshPrivateKey('device'));
    const who = { fleet: 'acme', device: 'pump-17', signer, nowMs: () => 0 };
    const ledger = await Ledger.open({ ...who, file: join(folder, 'ledger') });
    let asked = 0;
    const outbox = answering(() => {
      asked += 1;
      return '{"bytes":0}';
    });
    const clock = createSystemClock();
    const sender = new RecordingSender({ folder, ledger, outbox, clock, log: quietLog, paceMs: 60_000 });
    sender.ended(recording, { link: '', lines: 1, bytes: 4096, sealedBytes: 4096 });
    sender.begin(stop.signal);
    await eventually(() => asked >= 2);
    await new Promise(resolve => setTimeout(resolve, 200));
    assert.equal(asked, 2);
    stop.abort();
    await sender.over;
  } finally {
    stop.abort();
    await rm(folder, { recursive: true, force: true });
  }
});

test('that says what no gateway has is not believed: a ledger could go on from there no more', async () => {
  const never = new AbortController().signal;
  for (const count of [Number.MAX_SAFE_INTEGER, -1, 0.5]) {
    const head = `{"count":${count},"head":"${'a'.repeat(64)}"}`;
    const refused = (error: unknown) => isTowlineError(error, 'AGENT_ANSWER');
    await assert.rejects(answering(() => head).ledger(never), refused);
    const outbox = answering(() => `{"bytes":${count}}`);
    await assert.rejects(
      outbox.sendRecording(recording, { from: 0, bytes: Buffer.alloc(0) }, never),
      refused,
    );
  }
});
