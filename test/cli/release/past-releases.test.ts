/** `towline release list`, `show`, `diff`, `changelog`: in a really signed repository. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { makeRepository } from '../../../lab/rig/fleet-repository.ts';
import { addRelease, makeReleasedFleet, type TestFleet } from '../fleet.ts';
import { addKeys, report, type Telemetry } from '../status/reports.ts';
import { towline } from '../towline.ts';

describe('releases that there are', () => {
  let fleet: TestFleet;
  let telemetry: Telemetry;
  before(async () => {
    fleet = await makeReleasedFleet();
    const [key] = await addKeys(fleet);
    telemetry = await makeRepository();
    await fleet.replace('apps/hello/compose.yaml', 'GREETING: ', 'LOUD: "yes"\n      GREETING: ');
    await fleet.write('apps/hello/config/other.conf', 'a\n');
    await fleet.git('add', '.');
    await fleet.git('commit', '-qm', 'Say it \u001b[31mloud\u202e\n\nThe meters asked for it.');
    await addRelease(fleet, '1.1.0');
    await fleet.replace(
      'apps/hello/releases/1.1.0/release.yaml',
      'images:',
      'notes: louder\nmigration: one-way\nrequires: { engine: "24.0" }\nvariables: { LEVEL: 2 }\nimages:',
    );
    await fleet.replace('apps/hello/releases/1.1.0/release.yaml', '0'.repeat(64), '1'.repeat(64));
    await fleet.replace('groups/canary.yaml', 'release: 1.0.0', 'release: 1.1.0');
    await fleet.replace(
      'devices/berlin/pump-2.yaml',
      'apiVersion:',
      'apps: { hello: { release: 1.1.0 } }\napiVersion:',
    );
    await fleet.git('add', '.');
    await fleet.git('commit', '-qm', 'hello 1.1.0');
    await report(telemetry, 'pump-1', key, {});
  });
  after(async () => {
    await telemetry.remove();
    await fleet[Symbol.asyncDispose]();
  });

  const release = (...words: string[]) => towline(['release', ...words, '--repo', fleet.directory]);
  const json = async (...words: string[]) => JSON.parse((await release(...words, '--json')).output);

  test('are listed, the newest first: who signed each, who is to have it, pins', async () => {
    const { output, code } = await release('list');
    assert.equal(code, 0);
    const [, newest = '', oldest = ''] = output.split('\n');
    assert.match(
      newest,
      /^hello +1\.1\.0 +\S+Z +alice +2 +2, 1 pinned +groups\/canary\.yaml, devices\/berlin\/pump-2\.yaml +one-way migration; louder$/,
    );
    assert.match(oldest, /^hello +1\.0\.0 +\S+Z +alice +2 +1 +groups\/stable\.yaml/);
    const { releases } = await json('list', 'hello');
    assert.deepEqual(
      releases.map((one: Record<string, unknown>) => one.version),
      ['1.1.0', '1.0.0'],
    );
    assert.deepEqual(releases[0].assigned.pins, ['pump-2']);
    assert.match((await release('list', 'hallo')).errors, /^CLI_USAGE .*did you mean hello\?/);
  });

  test('one is shown with what it is made of, and where it runs by what devices have signed', async () => {
    const { output, errors } = await release('show', 'hello', '1.0.0', '--telemetry', telemetry.path);
    assert.equal(errors, '');
    for (const line of [
      /^signed by +alice$/m,
      /^compose +sha256:[0-9a-f]{64}$/m,
      /^files +app\.yaml, compose\.yaml, config\/page\.conf$/m,
      /^assigned +1 device \(pump-1\), by groups\/stable\.yaml$/m,
      /^runs +healthy: 1 device \(pump-1\)$/m,
      /^web +registry\.example\.com\/hello\/web:1\.0\.0 +sha256:0{64} /m,
    ])
      assert.match(output, line);
    assert.deepEqual((await json('show', 'hello', '1.1.0')).requires, { engine: '24.0' });
    assert.match((await release('show', 'hello', '9')).errors, /^CLI_USAGE there is no release "9" of hello/);
  });

  test('two are compared: images, services, files, variables, what is required', async () => {
    const difference = await json('diff', 'hello', '1.0.0', '1.1.0');
    assert.deepEqual(
      difference.images.map((change: Record<string, unknown>) => change.at),
      ['/web', '/worker'],
    );
    assert.deepEqual(difference.services, { web: [{ at: '/environment/LOUD', to: 'yes' }] });
    assert.deepEqual(difference.files, [
      { path: 'compose.yaml', change: 'changed' },
      { path: 'config/other.conf', change: 'added' },
    ]);
    assert.deepEqual(difference.variables, [{ at: '/LEVEL', to: 2 }]);
    const { output } = await release('diff', 'hello', '1.0.0', '1.1.0');
    assert.match(output, /^service web\n {2}environment\.LOUD: \+ yes$/m);
    assert.match(output, /^requires\n {2}engine: \+ 24\.0$/m);
    assert.equal((await release('diff', 'hello', '1.1.0', '1.1.0')).output, 'nothing differs\n');
  });

  test('a changelog has the commits between two, without trailers, and no message steers a terminal', async () => {
    const { output } = await release('changelog', 'hello', '1.0.0', '1.1.0');
    assert.match(
      output,
      /^\d{4}-\d\d-\d\d Say it \\u001b\[31mloud\\u202e \(alice, [0-9a-f]{12}\)\n {4}The meters asked for it\.$/m,
    );
    assert.doesNotMatch(output, /Towline-Ref/);
    const { commits } = await json('changelog', 'hello', '1.0.0', '1.1.0');
    assert.deepEqual(
      commits.map(({ signed }: { signed: unknown }) => signed),
      ['alice'],
    );
    assert.match(
      (await release('changelog', 'hello', '1.0.0', '1.1.0', '--limit', '0')).errors,
      /^CLI_USAGE/,
    );
  });

  test('an app that is called as a verb is released by its path', async () => {
    const asked = await release('apps/list', '1.0.0');
    assert.match(asked.errors, /^CLI_USAGE there is no app "list"/);
  });
});
