import assert from 'node:assert/strict';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { stringify } from 'yaml';
import { loadKeptFleet } from '../../../cli/desk/kept-fleet.ts';
import { openSnapshot } from '../../../cli/desk/repository.ts';
import { KeptVerdicts } from '../../../cli/status/kept-verdicts.ts';
import { readReports } from '../../../cli/status/reports.ts';
import type { Fleet } from '../../../core/fleet/fleet.ts';
import { makeRepository } from '../../../lab/rig/fleet-repository.ts';
import { makeReleasedFleet, type TestFleet } from '../fleet.ts';
import { towline } from '../towline.ts';
import { addKeys, report, statusOf, type Telemetry } from './reports.ts';

const notReady = [{ type: 'Ready', status: false, reason: 'x', message: 'see the projects below' }];

describe('towline status of many', () => {
  let fleet: TestFleet;
  let telemetry: Telemetry;
  let keys: readonly [string, string];
  before(async () => {
    fleet = await makeReleasedFleet();
    keys = await addKeys(fleet);
    telemetry = await makeRepository();
    const trusted = { commit: await fleet.git('rev-parse', 'HEAD') };
    await report(telemetry, 'pump-1', keys[0], { trusted, time: '2026-11-23T18:00:00Z' });
    await report(telemetry, 'pump-2', keys[1], {
      ...{ trusted, time: '2026-11-22T18:00:00Z', outcome: 'failed', conditions: notReady },
    });
  });
  after(async () => {
    await telemetry.remove();
    await fleet[Symbol.asyncDispose]();
  });

  const status = (...more: string[]) =>
    towline(['status', '--repo', fleet.directory, '--telemetry', telemetry.path, ...more]);
  const namesIn = (output: string) => output.match(/^pump-\d/gm) ?? [];

  test('-l shows devices of a group, of a label, or all; what selects nobody is refused', async () => {
    assert.deepEqual(namesIn((await status('-l', 'group=canary')).output), ['pump-3']);
    assert.deepEqual(namesIn((await status('-l', 'site=lisbon')).output), ['pump-3']);
    assert.deepEqual(namesIn((await status('-l', 'site=berlin,group=stable')).output), ['pump-1', 'pump-2']);
    assert.deepEqual(namesIn((await status('-l', 'all')).output), ['pump-1', 'pump-2', 'pump-3']);
    assert.match((await status('-l', 'group=canar')).errors, /^CLI_USAGE .*did you mean canary\?/);
    assert.match((await status('-l', 'site=rome')).errors, /^CLI_NO_SUCH_DEVICE /);
    assert.match((await status('pump-1', '-l', 'all')).errors, /^CLI_USAGE .*exclude each other/);
  });

  test('the worst, and who is silent for longest, come first where that is asked', async () => {
    assert.deepEqual(namesIn((await status('--sort', 'outcome')).output), ['pump-2', 'pump-3', 'pump-1']);
    assert.deepEqual(namesIn((await status('--sort', 'reported')).output), ['pump-3', 'pump-2', 'pump-1']);
    assert.equal((await status('--sort', 'colour')).code, 2);
  });

  test('each group, site, app, outcome has a table of its own, with counts above it', async () => {
    const { output } = await status('--group-by', 'label:site');
    assert.match(output, /^berlin: 2 devices, 1 failed, 1 applied$/m);
    assert.match(output, /^lisbon: 1 device, 1 no keys$/m);
    const json = JSON.parse((await status('--group-by', 'outcome', '--json')).output);
    assert.deepEqual(json.groups, [
      { name: 'applied', devices: ['pump-1'] },
      { name: 'failed', devices: ['pump-2'] },
      { name: 'no keys', devices: ['pump-3'] },
    ]);
    assert.match((await status('--group-by', 'colour')).errors, /^CLI_USAGE --group-by colour: it is group/);
  });

  test('whom to ask stands below what is wrong, and nowhere else; in JSON always', async () => {
    const support = 'support: { name: ACME help desk, phone: "+49 30 1234567", note: weekdays }\n';
    await fleet.write(
      'fleet.yaml',
      (await readFile(path.join(fleet.directory, 'fleet.yaml'), 'utf8')) + support,
    );
    await fleet.git('commit', '-qam', 'Support');
    const line = /^Whom to ask: ACME help desk, \+49 30 1234567 \(weekdays\)$/m;
    assert.match((await status()).output, line);
    assert.doesNotMatch((await status('pump-1')).output, line);
    assert.equal(JSON.parse((await status('pump-1', '--json')).output).support.name, 'ACME help desk');
  });

  test('a release of a device’s own file is shown as a pin, with its end and reason', async () => {
    const pin =
      'apps: { hello: { release: 1.0.0, pinned: { until: "2026-12-24T00:00:00Z", reason: new meter } } }\napiVersion:';
    await fleet.replace('devices/berlin/pump-2.yaml', 'apiVersion:', pin);
    await fleet.git('commit', '-qam', 'Pin');
    assert.match((await status('pump-2')).output, /hello 1\.0\.0 \(pinned until 2026-12-24: new meter\) /);
    // Of the same group, and without one.
    assert.doesNotMatch((await status()).output, /^pump-1 .*pinned/m);
    const json = JSON.parse((await status('pump-2', '--json')).output);
    assert.deepEqual(json.devices[0].wanted[0].pinned, {
      until: '2026-12-24T00:00:00Z',
      reason: 'new meter',
    });
  });
});

describe('verdicts that are kept in a clone', () => {
  let fleet: TestFleet;
  let telemetry: Telemetry;
  let keys: readonly [string, string];
  let gitDirectory = '';
  const signal = new AbortController().signal;
  before(async () => {
    fleet = await makeReleasedFleet();
    keys = await addKeys(fleet);
    gitDirectory = path.join(fleet.directory, '.git');
    telemetry = await makeRepository();
    for (const [at, device] of ['pump-1', 'pump-2'].entries())
      await report(telemetry, device, keys[at] ?? '', {});
  });
  after(async () => {
    await telemetry.remove();
    await fleet[Symbol.asyncDispose]();
  });
  const loaded = async (): Promise<Fleet> => {
    await using snapshot = await openSnapshot({ repo: fleet.directory });
    return await loadKeptFleet(gitDirectory, snapshot);
  };
  const kept = async (now: Fleet) => {
    const reports = await readReports({ directory: telemetry.path, fleet: now, signal });
    const verdicts = await KeptVerdicts.open(gitDirectory);
    await verdicts.keep(reports, now);
    return reports;
  };
  const file = () => path.join(gitDirectory, 'towline/status-verdicts');

  test('are taken for that very commit and key, and for no other', async () => {
    const now = await loaded();
    const [one, two] = await kept(now);
    const verdicts = await KeptVerdicts.open(gitDirectory);
    assert.deepEqual(verdicts.of('pump-1', one?.commit ?? '', now), one);
    assert.equal(verdicts.of('pump-1', two?.commit ?? '', now), undefined);
    assert.equal(verdicts.of('pump-2', one?.commit ?? '', now), undefined);
    const other = now.devices.get('pump-2');
    assert.ok(other !== undefined);
    const swapped = { ...now, devices: new Map([...now.devices, ['pump-1', other]]) };
    assert.equal(verdicts.of('pump-1', one?.commit ?? '', swapped), undefined);
  });

  test('of what no key of the device has signed, there is none', async () => {
    const now = await loaded();
    await report(telemetry, 'pump-1', keys[1], { outcome: 'failed' });
    const [forged] = await kept(now);
    assert.notEqual(forged?.doubt, undefined);
    const verdicts = await KeptVerdicts.open(gitDirectory);
    assert.equal(verdicts.of('pump-1', forged?.commit ?? '', now), undefined);
    await report(telemetry, 'pump-1', keys[0], {});
  });

  test('are found anew where the file is damaged, cut, of another version, or gone', async () => {
    const now = await loaded();
    const [one] = await kept(now);
    const whole = await readFile(file(), 'utf8');
    const broken = {
      damaged: whole.replace('"outcome":"applied"', '"outcome":"stale__"'),
      changed: whole.replace('"outcome":"applied"', '"outcome":"failed"'),
      cut: whole.slice(0, -20),
      'of another version': whole.replace(/^towline \S+/, 'towline 0.0.0'),
      empty: '',
    };
    for (const [how, text] of Object.entries(broken)) {
      await writeFile(file(), text);
      const verdicts = await KeptVerdicts.open(gitDirectory);
      assert.equal(verdicts.of('pump-1', one?.commit ?? '', now), undefined, how);
    }
    const shown = await towline(['status', '--repo', fleet.directory, '--telemetry', telemetry.path]);
    assert.match(shown.output, /^pump-1 +applied /m);
  });

  test('what was fetched stays in the clone: what is new comes to it, what is gone goes, damage is fetched once more', async () => {
    const status = async () => {
      const place = `file://${telemetry.path}`;
      const { output, errors } = await towline(['status', '--repo', fleet.directory, '--telemetry', place]);
      assert.equal(errors, '');
      return output;
    };
    assert.match(await status(), /^pump-1 +applied /m);
    const [name = ''] = (await readdir(path.join(gitDirectory, 'towline'))).filter(one =>
      one.startsWith('telemetry-'),
    );
    const folder = path.join(gitDirectory, 'towline', name);
    await report(telemetry, 'pump-1', keys[0], { outcome: 'failed' });
    await telemetry.git(['update-ref', '-d', 'refs/heads/telemetry/pump-2']);
    const moved = await status();
    assert.match(moved, /^pump-1 +failed /m);
    assert.match(moved, /^pump-2 +never seen /m);
    await writeFile(path.join(folder, 'packed-refs'), 'nonsense');
    await rm(path.join(folder, 'objects'), { recursive: true });
    assert.match(await status(), /^pump-1 +failed /m);
    assert.match(await status(), /^pump-1 +failed /m);
    // Around the folder is the clone: git would take it instead.
    assert.equal(await fleet.git('for-each-ref', 'refs/heads/telemetry'), '');
  });

  test('of a device that said much since, and of a branch that was written anew, the newest commit alone is fetched', async () => {
    const place = `file://${telemetry.path}`;
    const status = async () =>
      (await towline(['status', '--repo', fleet.directory, '--telemetry', place])).output;
    await report(telemetry, 'pump-1', keys[0], {});
    assert.match(await status(), /^pump-1 +applied /m);
    const signer = { gitConfig: ['gpg.format=ssh', `user.signingkey=${keys[0]}`], environment: {} };
    const files = { 'status.yaml': stringify(statusOf('pump-1', { outcome: 'failed' })) };
    let parent = await telemetry.head('telemetry/pump-1');
    for (let at = 0; at < 5; at += 1)
      parent = await telemetry.commit({
        ...{ parents: [parent], branch: 'telemetry/pump-1', message: `${at}`, trailer: false, files, signer },
      });
    assert.match(await status(), /^pump-1 +failed /m);
    const names = await readdir(path.join(gitDirectory, 'towline'));
    const folders = names.filter(name => name.startsWith('telemetry-'));
    const counts = await Promise.all(
      folders.map(name =>
        fleet.git('--git-dir', path.join(gitDirectory, 'towline', name), 'rev-list', '--count', parent),
      ),
    );
    assert.deepEqual(counts, ['1']);
    await report(telemetry, 'pump-1', keys[0], { outcome: 'stale' });
    assert.match(await status(), /^pump-1 +stale /m);
  });
});
