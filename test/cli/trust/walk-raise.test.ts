/** Raising the walk of the policy: a device that does not know it would stop there, and wait for an update in vain. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { makeRepository } from '../../../lab/rig/fleet-repository.ts';
import { makeFleet, type TestFleet } from '../fleet.ts';
import { addKeys, report } from '../status/reports.ts';
import { type Ran, towline } from '../towline.ts';
import { Clone, runbook } from './runbook.ts';

/** A fleet of walk 1 with two devices, and a commit that raises it to 2. @returns the commit before, and the devices' keys */
async function raise(fleet: TestFleet): Promise<{ before: string; keys: readonly [string, string] }> {
  await fleet.replace('trust/policy.yaml', 'walk: 2\n', '');
  await fleet.git('-c', 'core.hooksPath=/dev/null', 'commit', '-q', '--amend', '-a', '-m', firstMessage);
  await fleet.git('config', 'towline.anchor', await fleet.git('rev-parse', 'HEAD'));
  const keys = await addKeys(fleet);
  const before = await fleet.git('rev-parse', 'HEAD');
  await fleet.replace('trust/policy.yaml', 'version: 1', 'version: 2\nwalk: 2');
  await fleet.git('commit', '-qam', 'Walk 2');
  return { before, keys };
}
const says = runbook('trust.md');
const firstMessage = 'First\n\nTowline-Ref: acme/main';

describe('a commit that raises the walk', () => {
  test('is refused while a device is not known to know it: by the check, the plan and the hook', async () => {
    await using fleet = await makeFleet();
    const { before, keys } = await raise(fleet);
    const telemetry = await makeRepository();
    try {
      const verb = (...args: string[]): Promise<Ran> =>
        towline([...args, '--repo', fleet.directory, '--telemetry', telemetry.path]);
      const check = (...args: string[]) => verb('trust', 'check', '--published', before, ...args);
      await report(telemetry, 'pump-1', keys[0], { agent: { version: '0.2.0', walk: 2 } });
      const silent = await check('--json');
      assert.equal(silent.code, 3, silent.errors);
      const { code, message } = JSON.parse(silent.output).stopped;
      assert.equal(code, 'TRUST_POLICY_WALK');
      assert.equal(
        message,
        'walk 2 follows 1; not known to know it: pump-2 (has not reported yet); --force, in the hook TOWLINE_FORCE=1, goes on without them',
      );
      await report(telemetry, 'pump-2', keys[1], { agent: { version: '0.1.0' } });
      const old = (await check()).output;
      assert.match(old, /^stopped at .*\n {2}TRUST_POLICY_WALK .*pump-2 \(knows walk 1\)/);
      const plan = await verb('plan', '--all', '--base', before);
      assert.deepEqual([plan.code, plan.output], [1, ''], plan.errors);
      assert.match(plan.errors, /TRUST_POLICY_WALK .*pump-2/);
      assert.equal((await verb('plan', '--all', '--base', before, '--force')).code, 0);
      const forced = await check('--force');
      assert.equal(forced.code, 0);
      assert.match(forced.errors, /^warning: walk 2 follows 1; .*pump-2/);
      const desk = new Clone(fleet.directory);
      await desk.does(says('git config towline.telemetry URL', { URL: telemetry.path }));
      assert.match((await desk.types(says('towline trust check'))).output, /pump-2 \(knows walk 1\)/);
      await telemetry.git(['update-ref', '-d', 'refs/heads/telemetry/pump-2']);
      await report(telemetry, 'pump-2', keys[1], { agent: { version: '0.2.0', walk: 2 } });
      assert.equal((await check()).code, 0);
    } finally {
      await telemetry.remove();
    }
  });

  test('is refused for devices that came after the anchor, also where nobody knows what is published', async () => {
    await using fleet = await makeFleet();
    await raise(fleet);
    await fleet.git('commit', '-q', '--allow-empty', '-m', 'And on');
    const { code, output } = await towline(['trust', 'check', '--repo', fleet.directory]);
    assert.equal(code, 3, output);
    assert.match(output, /TRUST_POLICY_WALK .*pump-1 \(nobody was asked.*pump-2 \(nobody was asked/);
  });

  test('is not pushed by the hook where nobody was asked, unless it is told to', async () => {
    await using fleet = await makeFleet();
    const { before } = await raise(fleet);
    const remote = await makeRepository();
    try {
      await fleet.git('remote', 'add', 'origin', remote.path);
      await fleet.git('push', '-q', '--no-verify', 'origin', `${before}:refs/heads/main`);
      await assert.rejects(
        fleet.git('push', '-q', 'origin', 'main'),
        /TRUST_POLICY_WALK[\s\S]*nobody was asked/,
      );
      process.env.TOWLINE_FORCE = '1';
      await fleet.git('push', '-q', 'origin', 'main');
    } finally {
      delete process.env.TOWLINE_FORCE;
      await remote.remove();
    }
  });
});
