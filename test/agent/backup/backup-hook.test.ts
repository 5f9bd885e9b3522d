/** Commands of `backup`, in a real container. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { runBackupHook } from '../../../agent/backup/backup-hook.ts';
import type { RunContext } from '../../../agent/runtime/engine/run-context.ts';
import { createSystemClock } from '../../../core/io/system-clock.ts';
import { makeProject } from '../../../lab/rig/desired.ts';
import { DeviceRig } from '../../../lab/rig/device-rig.ts';

const secret = 'correct-horse-battery';
let rig: DeviceRig;
before(async () => {
  rig = await DeviceRig.start();
});
after(async () => rig[Symbol.asyncDispose]());

async function run(script: string, timeoutMs = 60_000, signal = rig.signal): Promise<void> {
  const pre = { service: 'app', command: ['/bin/sh', '-c', script], timeoutMs };
  const project = makeProject(rig.project, {
    services: { app: { image: await rig.images.kept('worker') } },
    update: { stablePeriodMs: 0 },
    backup: { pre },
  });
  await rig.pass([project]);
  const { Id: container } = await rig.inspect(`${rig.project}-app-1`);
  // Only what a hook looks at is there.
  const context = {
    ...{ engine: rig.engine, clock: createSystemClock() },
    plan: { targets: new Map([[project.name, project]]) },
    secrets: { of: async () => new Map([['PASSWORD', secret]]) },
  } as unknown as RunContext;
  const step = { project: project.name, service: 'app', container, name: 'app', needs: [], reason: '' };
  await runBackupHook({ ...step, kind: 'backup-hook', hook: 'pre' }, context, signal);
}

test('a command that ends with 0 has run when its step is over, however much it says', async () => {
  await run('head -c 3000000 /dev/zero; sleep 0.3; echo done > /www/hook');
  assert.equal(
    await rig.exec(`${rig.project}-app-1`, ['/bin/sh', '-c', 'test "$(cat /www/hook)" = done']),
    0,
  );
});

test('one that fails is told with its last words, without what is secret', async () => {
  await assert.rejects(run(`echo cannot dump with ${secret} >&2; exit 3`), (error: Error) => {
    assert.match(error.message, /^the pre command of app ended with 3: cannot dump with /);
    assert.ok(!error.message.includes(secret), error.message);
    return 'code' in error && error.code === 'BACKUP_HOOK_FAILED';
  });
});

test('one that does not end, or that is none, ends the backup', async () => {
  await assert.rejects(run('sleep 60', 300), /has not ended after 0\.3 s/);
  const pre = run('exec /no/such');
  await assert.rejects(pre, /the pre command of app ended with 127/);
});

test('while it runs, an agent that stops does not wait for it', async () => {
  const stop = new AbortController();
  setTimeout(() => stop.abort(new Error('stopped')), 500);
  await assert.rejects(run('sleep 60', 60_000, stop.signal), /stopped/);
});
