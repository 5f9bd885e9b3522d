import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { makeRepository } from '../../../lab/rig/fleet-repository.ts';
import type { StatusFile } from '../../../schemas/types.generated.ts';
import { makeReleasedFleet, type TestFleet } from '../fleet.ts';
import { towline } from '../towline.ts';
import { addKeys, report, type Telemetry } from './reports.ts';

const command = path.resolve(import.meta.dirname, '../../../bin/towline');
const sha = (digit: string) => `sha256:${digit.repeat(64)}`;

describe('towline status', () => {
  let fleet: TestFleet;
  let telemetry: Telemetry;
  let keys: readonly [string, string];
  let [before1, head] = ['', ''];
  before(async () => {
    fleet = await makeReleasedFleet();
    keys = await addKeys(fleet);
    before1 = await fleet.git('rev-parse', 'HEAD');
    for (const name of ['one', 'two']) {
      await fleet.write(`${name}.md`, name);
      await fleet.git('add', '.');
      await fleet.git('commit', '-qm', name);
    }
    head = await fleet.git('rev-parse', 'HEAD');
    telemetry = await makeRepository();
  });
  after(async () => {
    await telemetry.remove();
    await fleet[Symbol.asyncDispose]();
  });

  const args = (...more: string[]) => [
    'status',
    '--repo',
    fleet.directory,
    '--telemetry',
    telemetry.path,
    ...more,
  ];
  const says = async (device: 'pump-1' | 'pump-2', changes: Partial<StatusFile>) => {
    await report(telemetry, device, keys[device === 'pump-1' ? 0 : 1], changes);
  };
  const app = (changes: Partial<StatusFile['projects'][number]>): StatusFile['projects'] => [
    {
      app: 'hello',
      project: 'hello',
      release: '0.9.0',
      digest: sha('1'),
      state: 'healthy',
      services: [],
      ...changes,
    },
  ];
  const notReady = [{ type: 'Ready', status: false, reason: 'x', message: 'see the projects below' }];
  const lineOf = (output: string, device: string) =>
    output.split('\n').find(text => text.startsWith(device)) ?? '';

  test('a fleet that nobody has reported to yet is shown, here and by git', async () => {
    for (const place of [telemetry.path, `file://${telemetry.path}`]) {
      const { code, output, errors } = await towline(args('--telemetry', place));
      assert.equal(code, 0, errors);
      assert.match(
        lineOf(output, 'pump-1'),
        /^pump-1 +never seen +never .*hello 1\.0\.0 .*has not reported yet$/,
      );
      assert.match(lineOf(output, 'pump-3'), /^pump-3 +no keys +never /);
    }
    // A fleet's own repository is not what was meant.
    const wrong = await towline(args('--telemetry', `file://${fleet.directory}`));
    assert.match(wrong.errors, /^CLI_NO_TELEMETRY /);
  });

  test('what is wanted, what runs, since when, how far behind, and which release failed', async () => {
    const wanted = { release: '1.0.0', digest: sha('2') };
    const since = new Date(Date.now() - 90 * 60_000).toISOString().replace(/\.\d+Z$/, 'Z');
    const message = 'ENGINE_NOT_HEALTHY: set aside after it failed here: web is unhealthy';
    await says('pump-1', {
      ...{ trusted: { commit: before1 }, outcome: 'rolled-back', conditions: notReady },
      projects: app({ state: 'rolled-back', wanted, setAside: wanted.digest, since, message }),
    });
    await says('pump-2', {
      ...{ trusted: { commit: head }, outcome: 'progressing', conditions: notReady },
      projects: app({ state: 'progressing', wanted, message: '1.0.0 is under way' }),
    });
    const { code, output } = await towline(args());
    assert.equal(code, 0);
    assert.match(output, /^DEVICE +OUTCOME +REPORTED +TRUSTS +BEHIND +WANTED +RUNS +SINCE +TUNNEL +WHY$/m);
    assert.match(
      lineOf(output, 'pump-1'),
      /rolled-back .* 2 commits, \d+m?s? .*hello 1\.0\.0 +hello 0\.9\.0 rolled-back +1h30m ago +closed +hello 1\.0\.0 failed: ENGINE_NOT_HEALTHY: /,
    );
    assert.match(
      lineOf(output, 'pump-2'),
      /progressing .* - +hello 1\.0\.0 +hello 0\.9\.0 progressing .*hello 1\.0\.0: 1\.0\.0 is under way$/,
    );
    const json = JSON.parse((await towline(args('--json'))).output);
    assert.deepEqual(
      json.devices.map((device: Record<string, unknown>) => [device.device, device.signed, device.behind]),
      [
        ['pump-1', true, { commits: 2, since: json.devices[0].behind.since }],
        ['pump-2', true, { commits: 0 }],
      ],
    );
    assert.deepEqual(
      json.silent.map((device: Record<string, unknown>) => [device.device, device.standing]),
      [['pump-3', 'no keys']],
    );
  });

  test('apps of a device whose engine is dead are unknown, whoever wrote that; what is strange breaks no row', async () => {
    await says('pump-1', {
      outcome: 'failed',
      conditions: [
        { type: 'Ready', status: false, reason: 'ENGINE_UNREACHABLE', message: 'observe: no answer' },
      ],
    });
    const many = Array.from({ length: 30 }, (_, index) => ({
      ...{ app: `app-${index}`, project: `p${index}`, state: 'healthy' as const, services: [] },
      ...{ digest: '\u001b[31m', since: '2026-99-99T99:99:99Z', message: 'a\nb\u202e' },
    }));
    await says('pump-2', { time: '2026-99-99T00:00:00Z', projects: many, conditions: notReady });
    const { output } = await towline(args());
    assert.match(lineOf(output, 'pump-1'), /hello 1\.0\.0 unknown .*ENGINE_UNREACHABLE observe: no answer$/);
    const strange = lineOf(output, 'pump-2');
    assert.match(strange, /app-7 healthy, and 22 more/);
    assert.ok(!['\u001b', '\u202e'].some(hidden => strange.includes(hidden)));
    assert.ok(strange.length < 2_000, `${strange.length}`);
  });

  test('--wait ends when the devices that are named are there or have failed, and tells that apart', async () => {
    const wait = (...more: string[]) => towline(args('--wait', ...more));
    await says('pump-1', { trusted: { commit: head }, followed: head, applied: head });
    await says('pump-2', { trusted: { commit: before1 }, followed: before1, applied: before1 });
    const done = await wait('pump-1');
    assert.equal(done.code, 0, done.output + done.errors);
    assert.match(done.output, /^done: 1 of 1 device there$/m);
    const late = await wait('--for', '100ms');
    assert.equal(late.code, 7);
    assert.match(
      late.output,
      /^not done within 100ms: 1 of 2 devices there\n {2}pump-2 waiting: is still at /m,
    );
    assert.equal((await wait('pump-2', '--commit', before1)).code, 0);
    setTimeout(
      () => void says('pump-2', { outcome: 'failed', trusted: { commit: head }, followed: head }),
      500,
    );
    const failed = await wait('--json', '--for', '1m');
    assert.equal(failed.code, 5);
    assert.equal(JSON.parse(failed.output).wait.result, 'failed');
    await report(telemetry, 'pump-1', keys[1], {});
    assert.equal((await wait('pump-1', '--for', '100ms')).code, 1);
    assert.equal((await wait('pump-3')).code, 2);
    assert.equal((await wait('--for', 'soon')).code, 2);
    assert.equal((await wait('--telemetry', 'ssh://git@127.0.0.1:9/t.git')).code, 6);
  });

  test('--watch tells a pipe what has changed, and Ctrl-C ends it with 130', async () => {
    await says('pump-1', { trusted: { commit: head } });
    await says('pump-2', { trusted: { commit: head } });
    const child = spawn(command, args('--watch'), { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
    const has = async (pattern: RegExp) => {
      while (!pattern.test(said)) await once(child.stdout, 'data', { signal: AbortSignal.timeout(30_000) });
    };
    await has(/Z pump-3 no keys/);
    assert.equal(said.split('\n').length, 4);
    // A commit that breaks the fleet's files ends nothing: the next one mends them.
    await fleet.write('fleet.yaml', 'nonsense: 1\n');
    await fleet.git('commit', '-qam', 'Broken', '--no-verify');
    await has(/Z CLI_INVALID_FLEET: [^\n]+\n$/);
    await fleet.git('reset', '-q', '--hard', head);
    said = said.replace(/[^\n]+CLI_INVALID_FLEET[^\n]+\n/, '');
    await says('pump-2', { trusted: { commit: head }, time: '2026-11-23T18:01:00Z', outcome: 'unchanged' });
    await has(/Z pump-2 unchanged: trusts [0-9a-f]{12}; wanted hello 1\.0\.0; runs hello 1\.0\.0 healthy\n$/);
    assert.equal(said.split('\n').length, 5);
    child.kill('SIGINT');
    const [code] = await once(child, 'close');
    assert.equal(code, 130);
  });
});
