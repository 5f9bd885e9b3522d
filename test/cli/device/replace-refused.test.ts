/** `towline device replace`: what stands in the way is found while the token is not made yet, and what came meanwhile counts. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { parse, stringify } from 'yaml';
import { makeRepository } from '../../../lab/rig/fleet-repository.ts';
import { deviceFile, type ReplacedFleet, replacedFleet } from './replaced-fleet.ts';
import { statedKeys } from './stated-keys.ts';

describe('towline device replace, in the way', () => {
  let rig: ReplacedFleet;
  const policyFile = 'trust/policy.yaml';
  const atMain = async (file: string) => parse(await rig.desk.atMain(file));

  before(async () => {
    rig = await replacedFleet();
  });
  after(() => rig[Symbol.asyncDispose]());

  /** Waits for a second, should it begin after all. */
  const begins = (...words: readonly string[]) =>
    rig.replace('pump-1', '--fingerprint', '-', '--yes', '--json', '--expires', '1s', ...words);

  /** With this on main nothing is begun. */
  async function refuses(words: RegExp, files: Readonly<Record<string, string>>): Promise<void> {
    const { desk } = rig;
    const present = await Promise.all(
      Object.keys(files).map(async file => [file, await desk.atMain(file)] as const),
    );
    await desk.commits(files);
    const head = await desk.head();
    const { output, errors } = await begins();
    const after = await desk.head();
    await desk.commits(Object.fromEntries(present));
    assert.match(errors, words, output);
    assert.equal(after, head, output);
  }

  async function refusesUnder(words: RegExp, changes: object): Promise<void> {
    const { desk } = rig;
    const policy = await atMain(policyFile);
    const next = (by: number) =>
      stringify({ ...policy, ...(by === 1 ? changes : {}), version: policy.version + by });
    await desk.commits({ [policyFile]: next(1) });
    const head = await desk.head();
    const { output, errors } = await begins();
    const after = await desk.head();
    await desk.commits({ [policyFile]: next(2) });
    assert.match(errors, words, output);
    assert.equal(after, head, output);
  }

  test('a device that is retired: the new one would leave the fleet at once', async () => {
    const text = `${await rig.desk.atMain(deviceFile)}\nretired: { apps: stop }\n`;
    await refuses(/CLI_USAGE.*pump-1 is retired.*retire pump-1 --undo/s, { [deviceFile]: text });
  });

  test('a device that is revoked', async () => {
    const text = `${await rig.desk.atMain(deviceFile)}\nrevoked: true\n`;
    await refuses(/CLI_USAGE.*revoked/s, { [deviceFile]: text });
  });

  test('secrets that no person could open afterwards', async () => {
    const { principals } = await atMain(policyFile);
    const { carol: _carol, ...others } = principals;
    await refusesUnder(/SECRET_NO_RECIPIENT/, { principals: others });
  });

  test('no gateway that is known, where no app has a store', async () => {
    const head = await rig.desk.head();
    const { code, errors } = await rig.desk.does(
      ...['device', 'replace', 'pump-3', '--fingerprint', '-', '--yes', '--expires', '1s'],
    );
    assert.notEqual(code, 0);
    assert.match(errors, /--telemetry/);
    assert.equal(await rig.desk.head(), head);
  });

  test('who may write devices, and no secrets: what comes last is asked for first', async () => {
    const { roles, rules } = await atMain(policyFile);
    await refusesUnder(/CLI_CHANGE_REFUSED.*secrets\//s, {
      roles: { ...roles, vault: { principals: ['carol'] } },
      rules: [{ paths: ['secrets/**'], roles: ['vault'] }, ...rules],
    });
  });

  test('no store that answers, no word of the device, and nobody who is asked', async () => {
    const silent = await makeRepository();
    const head = await rig.desk.head();
    const { errors } = await begins('--telemetry', silent.path);
    await silent.remove();
    assert.match(errors, /RESTORE_NO_BACKUP.*hello: no store was asked.*--empty/s);
    assert.equal(await rig.desk.head(), head);
  });

  test('what its apps begin with is asked about anew where that has changed while it waited', async () => {
    const { desk, telemetry } = rig;
    const { terminal, token } = await rig.begun('pump-1');
    const stated = await statedKeys(token, telemetry, desk.fleet.folder);
    await terminal.sees('Fingerprint that pump-1 shows');
    const app = await desk.atMain('apps/hello/app.yaml');
    await desk.commits({ 'apps/hello/app.yaml': app.replace('to: vault', 'to: local') });
    terminal.type(`${stated.fingerprint}\r`);
    await terminal.sees('What hello wrote does not come back: no store has copies of it.');
    await desk.commits({ 'apps/hello/app.yaml': app });
    terminal.type('n\r');
    assert.equal(await terminal.exited, 2);
    assert.ok((await atMain(deviceFile)).enrolment, 'it waits still');
  });

  test('a store says that it has no copy any more, whatever the device has said; a file in flow style; the same again begins nothing', async () => {
    const { desk, telemetry } = rig;
    const value = await atMain(deviceFile);
    await desk.commits({ [deviceFile]: `# Cellar\n${JSON.stringify(value)} # one line\n` });
    const folder = path.join(desk.fleet.folder, 'vault');
    const environment = { ...process.env, RESTIC_PASSWORD: 'correct-horse' };
    await promisify(execFile)('restic', ['init', '--quiet', '--repo', folder], { env: environment });
    const added = await desk.does('device', 'add', 'pump-1', '--renew', '--commit', '--json');
    assert.equal(added.code, 0, added.errors);
    const stated = await statedKeys(JSON.parse(added.output).token, telemetry, desk.fleet.folder);
    const words = ['pump-1', '--fingerprint', stated.fingerprint, '--yes', '--folder', folder] as const;
    const done = await rig.replace(...words);
    assert.equal(done.code, 0, done.errors);
    assert.match(done.output, /^hello begins empty, no copy.*store vault has none of hello/m);
    const { keys, restore } = await atMain(deviceFile);
    assert.deepEqual([keys, restore], [stated.keys, undefined]);
    assert.match(await desk.atMain(deviceFile), /^# Cellar$/m);
    const head = await desk.head();
    const again = await rig.replace(...words);
    assert.match(again.errors, /CLI_USAGE.*pump-1 waits for no enrolment.*new keys are in/s);
    assert.equal(await desk.head(), head);
  });
});
