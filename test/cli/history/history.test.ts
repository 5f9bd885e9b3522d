/** `towline diff` and `towline history`: what commits make of devices. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { makeRepository } from '../../../lab/rig/fleet-repository.ts';
import { addRelease, makeReleasedFleet, type TestFleet } from '../fleet.ts';
import { addKeys, report, type Telemetry } from '../status/reports.ts';
import { towline } from '../towline.ts';

describe('what commits make of devices', () => {
  let fleet: TestFleet;
  let telemetry: Telemetry;
  const at: Record<string, string> = {};
  before(async () => {
    fleet = await makeReleasedFleet();
    const [key] = await addKeys(fleet);
    const commit = async (name: string) => {
      await fleet.git('add', '.');
      await fleet.git('commit', '-qm', name);
      at[name] = await fleet.git('rev-parse', 'HEAD');
    };
    at.start = await fleet.git('rev-parse', 'HEAD');
    await fleet.write('README.md', 'new words\n');
    await commit('Words');
    await fleet.replace('apps/hello/config/page.conf', '', '# louder\n');
    await addRelease(fleet, '1.1.0');
    await commit('hello 1.1.0');
    await fleet.replace('groups/stable.yaml', 'release: 1.0.0', 'release: 1.1.0');
    await commit('All of stable');
    await fleet.replace('devices/berlin/pump-1.yaml', 'site: berlin', 'site: potsdam');
    await commit('It has moved');
    await fleet.git('mv', 'devices/berlin/pump-1.yaml', 'devices/lisbon/pump-1.yaml');
    await commit('Another folder');
    telemetry = await makeRepository();
    await report(telemetry, 'pump-1', key, {
      trusted: { commit: at['All of stable'] ?? '' },
      outcome: 'rolled-back',
    });
  });
  after(async () => {
    await telemetry.remove();
    await fleet[Symbol.asyncDispose]();
  });

  const run = (...words: string[]) => towline([...words, '--repo', fleet.directory]);

  test('devices with one difference stand together, and say what becomes different', async () => {
    const { output, code, errors } = await run('diff', at.start ?? '', 'HEAD');
    assert.equal(code, 0, errors);
    assert.match(output, /^pump-1\n(?: {2}.*\n)*? {2}hello: release 1\.0\.0 → 1\.1\.0\n/m);
    assert.match(output, /^pump-2\n/m);
    assert.match(output, / {2}hello: file config\/page\.conf changed\n/);
    assert.match(
      output,
      / {2}hello: images\.web registry\.example\.com\/hello\/web:1\.0\.0 .* → .*:1\.1\.0 /,
    );
    assert.match(output, / {2}labels\.site: berlin → potsdam\n/);
    assert.doesNotMatch(output, /pump-3/);
    const stable = JSON.parse(
      (await run('diff', at['hello 1.1.0'] ?? '', at['All of stable'] ?? '', '--json')).output,
    );
    assert.deepEqual(
      stable.differences.map(({ devices }: { devices: unknown }) => devices),
      [['pump-1', 'pump-2']],
    );
  });

  test('what changes for nobody is no difference; a selector and a wrong commit are heard', async () => {
    const same = await run('diff', at.start ?? '', at['hello 1.1.0'] ?? '');
    assert.equal(same.output, 'nothing becomes different for any device\n');
    const moved = await run('diff', at['It has moved'] ?? '', at['Another folder'] ?? '');
    assert.equal(moved.output, same.output);
    const { output } = await run('diff', at.start ?? '', 'HEAD', '-l', 'site=potsdam');
    assert.match(output, /^pump-1\n/);
    assert.doesNotMatch(output, /pump-2/);
    assert.match((await run('diff', 'HEAD', 'nowhere')).errors, /^CLI_NO_SUCH_COMMIT /);
  });

  test('a device’s history has the commits that changed it, who signed them, and what it said then', async () => {
    const { output, errors } = await run('history', 'pump-1', '--telemetry', telemetry.path);
    assert.equal(errors, '');
    const subjects = [...output.matchAll(/^\S+Z [0-9a-f]{12} (.*)$/gm)].map(([, subject]) => subject);
    assert.deepEqual(subjects.slice(0, 3), ['It has moved (alice)', 'All of stable (alice)', 'Keys (alice)']);
    assert.match(
      output,
      /All of stable \(alice\)\n(?: {2}.*\n)* {2}the device said: rolled-back, 2026-11-23T18:00:00Z\n/,
    );
    assert.doesNotMatch(
      output.split('\n\n')[0]?.slice(0, output.indexOf('All of stable')) ?? '',
      /the device said/,
    );
    const json = JSON.parse((await run('history', 'pump-1', '--limit', '1', '--json')).output);
    assert.deepEqual(
      json.history.map(({ changes, signed }: Record<string, unknown>) => [changes, signed]),
      [[[{ at: '/labels/site', from: 'berlin', to: 'potsdam' }], 'alice']],
    );
    assert.match((await run('history', 'pmup-1')).errors, /^CLI_NO_SUCH_DEVICE .*did you mean pump-1/);
    assert.equal((await run('history', '../x')).code, 2);
  });
});
