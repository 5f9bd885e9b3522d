import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { GitCatFileSource } from '../../../core/io/git/git-object-source.ts';
import { PushBody } from '../../../gateway/telemetry/push-body.ts';
import type { PushHead } from '../../../gateway/telemetry/push-request.ts';
import { TelemetryStore } from '../../../gateway/telemetry/telemetry-store.ts';
import { git, makeState, runGit } from '../rig/gateway.ts';
import { pack, pushBody, refOf, status, zero } from '../rig/push.ts';

const limits = { maxObjects: 100, maxUnpackedBytes: 1024 * 1024 };

/** What the route does with a body, without the wire. @returns whether the push was taken. */
async function receive(store: TelemetryStore, folder: string, stream: Readable): Promise<boolean> {
  try {
    const options = { folder, name: 'spilled', maxBytes: 1024 * 1024 };
    const { head, body } = await PushBody.receive(stream, admitOwn, options);
    await using _body = body;
    const { ref, oldId, newId } = head.command ?? {};
    if (ref === undefined || newId === undefined) return false;
    await store.accept({ ref, oldId, newId, pack: await body.bytes() });
    return true;
  } catch {
    return false;
  }
}

/** As admission does: a device's own branch and no other. */
function admitOwn({ command }: PushHead): void {
  if (command?.ref !== refOf('pump-1')) throw new Error('not its branch');
}

/** The bytes up to `end`, then the connection breaks. */
async function* broken(body: Buffer, end: number): AsyncGenerator<Buffer> {
  yield body.subarray(0, end);
  throw new Error('the connection broke');
}

test('a push that is cut, breaks off or is changed at any of its bytes is refused or is whole, never half', async () => {
  const folder = makeState();
  const telemetry = join(folder, 'telemetry.git');
  await using source = new GitCatFileSource(telemetry);
  const store = await TelemetryStore.open(telemetry, limits, source);
  const made = status('status: fine\n');
  const body = pushBody(zero, made.id, refOf('pump-1'), pack(...made.objects));
  const packAt = body.indexOf('PACK');
  const taken = new Set<string>();
  for (let at = 0; at < body.length; at += 1) {
    assert.equal(await receive(store, folder, Readable.from([body.subarray(0, at)])), false, `cut at ${at}`);
    assert.equal(await receive(store, folder, Readable.from(broken(body, at))), false, `broken at ${at}`);
    for (const bits of [0x01, 0x55, 0xff]) {
      const mutated = Buffer.from(body);
      mutated.writeUInt8(mutated.readUInt8(at) ^ bits, at);
      // With the checksum mended, as an attacker would; where it is the checksum that is changed, as it is.
      if (at >= packAt && at < body.length - 20) {
        const sum = createHash('sha1').update(mutated.subarray(packAt, -20)).digest();
        sum.copy(mutated, mutated.length - 20);
      }
      const ok = await receive(store, folder, Readable.from([mutated]));
      // A capability, the level that deflate notes: harmless, and whole.
      if (ok) for (const [ref, tip] of store.refs) taken.add(`${tip} ${ref}`);
      assert.equal(store.tip(refOf('pump-1')) ?? made.id, made.id, `mutated at ${at}`);
    }
  }
  for (const line of taken) assert.match(line, new RegExp(`^${made.id} `));
  const fsck = runGit(['fsck', '--strict', '--full'], { cwd: telemetry });
  assert.equal(fsck.status, 0, fsck.stderr);
  const there = git(['for-each-ref', '--format=%(objectname) %(refname)'], { cwd: telemetry });
  for (const line of there.split('\n').filter(text => text !== '')) {
    assert.match(line, new RegExp(`^${made.id} `));
    assert.equal(git(['cat-file', 'blob', `${made.id}:status.yaml`], { cwd: telemetry }), 'status: fine');
  }
});
