/** `towline device replace`: a token, a fingerprint, and one commit that lets the new hardware in. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { parse } from 'yaml';
import { readOpenpgpKey } from '../../../core/io/openpgp-key.ts';
import { openVariables } from '../../../core/secrets/secret-variables.ts';
import { deviceFile, ownSecret, type ReplacedFleet, replacedFleet, sharedSecret } from './replaced-fleet.ts';
import { statedKeys } from './stated-keys.ts';

describe('towline device replace', () => {
  let rig: ReplacedFleet;
  const replace = (...words: string[]) => rig.replace(...words);
  const fileNow = async () => parse(await rig.desk.atMain(deviceFile));
  const values = async (folder: string) =>
    await openVariables(
      Buffer.from(await rig.desk.atMain(sharedSecret)),
      { fleet: 'acme', path: sharedSecret },
      (await readOpenpgpKey(folder)) ?? '',
    );

  before(async () => {
    rig = await replacedFleet();
  });
  after(() => rig[Symbol.asyncDispose]());

  test('refuses before anything is changed: nobody to ask, no such device, no token that is out, another release', async () => {
    const { desk } = rig;
    const head = await desk.head();
    const refusals: [RegExp, ...string[]][] = [
      [/CLI_USAGE.*without a terminal.*--fingerprint -/, 'pump-1'],
      [/CLI_USAGE.*--expires tomorrow/, 'pump-1', '--fingerprint', '-', '--expires', 'tomorrow'],
      [/CLI_NO_SUCH_DEVICE/, 'pump-17', '--fingerprint', '-', '--yes'],
      [/CLI_USAGE.*waits for no enrolment/, 'pump-1', '--fingerprint', 'AAAA-AAAA-AAAA-AAAA-AAAA', '--yes'],
    ];
    for (const [words, ...parameters] of refusals) {
      const { code, errors } = await replace(...parameters);
      assert.notEqual(code, 0, parameters.join(' '));
      assert.match(errors, words, parameters.join(' '));
    }
    assert.equal(await desk.head(), head);
  });

  test('asks, prints a token, waits, and goes on with the fingerprint that is typed; all that the old one could read is sealed anew', async () => {
    const { desk, telemetry, stored } = rig;
    const { fleet } = desk;
    const before = await desk.atMain(ownSecret);
    const { terminal, token } = await rig.begun('pump-1');
    const head = await desk.head();
    assert.ok((await fileNow()).enrolment, 'the token is at main');
    const stated = await statedKeys(token, telemetry, fleet.folder);
    await terminal.sees('Fingerprint that pump-1 shows');
    terminal.type('AAAA-AAAA-AAAA-AAAA-AAAA\r');
    assert.equal(await terminal.exited, 1);
    assert.match(terminal.screen, /ENROLMENT_FINGERPRINT/);
    assert.equal(await desk.head(), head, 'nothing is accepted');

    const gone = await replace('pump-1', '--fingerprint', stated.fingerprint, '--yes', '--json');
    assert.equal(gone.code, 0, gone.errors);
    const request = { app: 'hello', backup: stored, release: '1.0.0' };
    const { state, fingerprint, restore, secrets } = JSON.parse(gone.output);
    assert.deepEqual(
      [state, fingerprint, restore, secrets.sort()],
      ['accepted', stated.fingerprint, [request], [ownSecret, sharedSecret]],
    );
    const { keys, enrolment, restore: asked } = await fileNow();
    assert.deepEqual([keys, enrolment, asked], [stated.keys, undefined, request]);
    assert.equal((await values(stated.folder)).get('DOOR'), 'open');
    await assert.rejects(values(path.join(fleet.folder, 'pump-1/keys')), { code: 'SECRET_NOT_A_RECIPIENT' });
    assert.equal((await values(path.join(fleet.folder, 'pump-2/keys'))).get('DOOR'), 'open');
    assert.notEqual(await desk.atMain(ownSecret), before);
    await fleet.git('pull', '-q', '--ff-only');
    for (const verb of [['trust', 'check'], ['secret', 'check'], ['validate']])
      assert.equal((await desk.does(...verb)).code, 0, verb.join(' '));
  });

  test('--empty lets its apps begin without data; what was put back on the old one is asked for no more', async () => {
    const { desk, telemetry } = rig;
    const added = await desk.does('device', 'add', 'pump-1', '--renew', '--commit', '--json');
    assert.equal(added.code, 0, added.errors);
    const stated = await statedKeys(JSON.parse(added.output).token, telemetry, desk.fleet.folder);
    const { code, output, errors } = await replace(
      ...['pump-1', '--fingerprint', stated.fingerprint, '--yes', '--empty'],
    );
    assert.equal(code, 0, errors);
    assert.match(output, /^What hello wrote does not come back\.$/m);
    assert.match(output, /made anew on pump-2, pump-3\.$/m);
    assert.equal((await fileNow()).restore, undefined);
  });
});
