/** What lies on a device's disk, and what is said on its control socket, with anything in it. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type ControlRequest, listenForControl } from '../../agent/trigger/control.ts';
import { trustedCommitFile } from '../../agent/verify/trusted-commit.ts';
import { CheckedFile } from '../../core/io/file/checked-file.ts';
import { makeSshPrivateKey, readSshPrivateKey } from '../../core/io/openssh-key.ts';
import { readTrusted } from '../../gateway/fleet/trusted-file.ts';
import { fuzzed } from '../fuzz/fuzzed.ts';
import { mutated, mutatedText, onlyOurRejections } from '../fuzz/mutation.ts';
import { Unharmed } from '../fuzz/unharmed.ts';

/** In `npm test`. */
const usual = { ms: 1_000 };

describe('files and the control socket of a device, fuzzed', () => {
  test('checked files and keys', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'tl-files-'));
    const names = ['state', 'trusted.json', 'trusted/commit'];
    await mkdir(path.join(folder, 'trusted'));
    const file = new CheckedFile<number>(path.join(folder, 'state'), value =>
      typeof value === 'number' ? value : undefined,
    );
    const content = '{"number":3,"value":7}\nsha256:x\n';
    const key = makeSshPrivateKey('x');
    await fuzzed(
      'files',
      fc.asyncProperty(mutated(Buffer.from(content)), mutatedText(key), async (bytes, text) => {
        for (const name of names) await writeFile(path.join(folder, name), bytes);
        const read = await file.read();
        assert.ok(read.kind === 'garbage' || read.kind === 'value');
        await onlyOurRejections(() => trustedCommitFile(folder).read());
        await onlyOurRejections(() => readTrusted(path.join(folder, 'trusted.json'), 'a'.repeat(40), 'f'));
        try {
          readSshPrivateKey(text);
        } catch (error) {
          assert.ok(error instanceof Error);
        }
      }),
      usual,
    );
    await rm(folder, { recursive: true, force: true });
  });

  test('the control socket', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'tl-control-'));
    const heard: ControlRequest[] = [];
    await using _socket = await listenForControl(folder, async request => {
      heard.push(request);
      return { ok: true, message: 'done' };
    });
    using unharmed = new Unharmed();
    const lines = ['now', 'hold', 'release'].map(verb => Buffer.from(`{"verb":"${verb}","untilMs":1000}\n`));
    await fuzzed(
      'control',
      fc.asyncProperty(mutated(...lines), fc.boolean(), async (bytes, ends) => {
        const socket = connect(path.join(folder, 'control'));
        const closed = new Promise<void>(resolve => socket.once('close', () => resolve()));
        socket.on('error', () => {}).resume();
        if (ends) socket.end(bytes);
        else socket.write(bytes, () => socket.destroy());
        await closed;
        await unharmed.check();
        for (const { verb, untilMs } of heard.splice(0)) {
          assert.ok(['now', 'hold', 'release'].includes(verb));
          assert.ok(untilMs === undefined || Number.isSafeInteger(untilMs));
        }
      }),
      usual,
    );
    await rm(folder, { recursive: true, force: true });
  });
});
