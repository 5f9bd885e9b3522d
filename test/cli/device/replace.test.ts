/** `towline device replace`: a token, a fingerprint, and one commit that lets the new hardware in. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { parse, stringify } from 'yaml';
import { backupId } from '../../../core/backup/manifest.ts';
import { readOpenpgpKey } from '../../../core/io/openpgp-key.ts';
import { openVariables } from '../../../core/secrets/secret-variables.ts';
import { commandFolder } from '../../../lab/machine/programs.ts';
import { eventually } from '../../../lab/rig/eventually.ts';
import { makeRepository } from '../../../lab/rig/fleet-repository.ts';
import { type GpgKey, makeGpgKey } from '../../../lab/rig/keys.ts';
import { PersonTerminal } from '../../rig/person-terminal.ts';
import { sealSecret } from '../../rig/secrets.ts';
import { type PushedFleet, pushedFleet } from '../change/pushed-fleet.ts';
import { addKeys, report, type Telemetry } from '../status/reports.ts';
import { towline } from '../towline.ts';
import { statedKeys } from './stated-keys.ts';

const hostKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';
const file = 'devices/berlin/pump-1.yaml';
const [shared, own] = ['secrets/hello.env', 'secrets/backups/pump-1.yaml'];
const idOf = (hours: number) => backupId(Date.now() - hours * 3_600_000, `sha256:${'1a2b3c4d'.repeat(8)}`);
const common = { cause: 'upgrade', bytes: 3 * 1024 ** 2, release: '1.0.0' } as const;
/** The newest was on the device alone, and is gone with it. */
const [lost, stored] = [
  { id: idOf(1), ...common },
  { id: idOf(26), ...common, stores: ['vault'] },
];

describe('towline device replace', () => {
  let desk: PushedFleet;
  let telemetry: Telemetry;
  /** Opens secrets; who signs has another key. */
  let carol: GpgKey;
  const replace = (...words: string[]) =>
    towline(
      ['device', 'replace', ...words, '--telemetry', telemetry.path],
      { GNUPGHOME: carol.home },
      desk.fleet.directory,
    );
  const deviceFile = async () => parse(await desk.atMain(file));
  const values = async (folder: string) =>
    await openVariables(
      Buffer.from(await desk.atMain(shared)),
      { fleet: 'acme', path: shared },
      (await readOpenpgpKey(folder)) ?? '',
    );

  before(async () => {
    desk = await pushedFleet(['--gateway-host-key', hostKey]);
    carol = await makeGpgKey({ name: 'carol', algorithm: 'default', usage: 'default' });
    const { fleet } = desk;
    const [key] = await addKeys(fleet);
    await fleet.git('push', '-q', '--no-verify');
    const all = await Promise.all(
      ['pump-1', 'pump-2'].map(
        async id => parse(await desk.atMain(`devices/berlin/${id}.yaml`)).keys.openpgp as string,
      ),
    );
    const people = await carol.publicKey();
    const policy = parse(await desk.atMain('trust/policy.yaml'));
    const store =
      'backupStores: { vault: { folder: "/nowhere/{device}", secret: "secrets/backups/{device}.yaml" } }';
    await desk.commits({
      'trust/keys/carol.asc': people,
      'trust/policy.yaml': stringify({
        ...policy,
        version: policy.version + 1,
        principals: { ...policy.principals, carol: { openpgp: ['trust/keys/carol.asc'] } },
      }),
      [file]: `${await desk.atMain(file)}\n${store}\nrestore: { app: hello, backup: ${idOf(99)} }\n`,
      'apps/hello/app.yaml': `${await desk.atMain('apps/hello/app.yaml')}\nsecrets: [${shared}]\nbackup: { volumes: all, to: vault }\n`,
      [shared]: await sealSecret(shared, 'DOOR=open\n', [people, ...all]),
      [own]: await sealSecret(own, 'password: correct-horse\n', [people, all[0] ?? '']),
    });
    telemetry = await makeRepository();
    await report(telemetry, 'pump-1', key, {
      projects: [{ app: 'hello', project: 'hello', state: 'healthy', services: [], backups: [lost, stored] }],
    });
  });
  after(async () => {
    await telemetry.remove();
    await carol.remove();
    await desk[Symbol.asyncDispose]();
  });

  test('refuses before anything is changed: nobody to ask, no such device, no token that is out, another release', async () => {
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
    const { fleet } = desk;
    const before = await desk.atMain(own);
    const environment = {
      ...process.env,
      ...{ GNUPGHOME: carol.home, GIT_AUTHOR_NAME: 'Test', GIT_AUTHOR_EMAIL: 'test@example.com' },
      ...{ GIT_COMMITTER_NAME: 'Test', GIT_COMMITTER_EMAIL: 'test@example.com' },
    };
    const line = `${path.join(commandFolder, 'towline')} device replace pump-1 --telemetry ${telemetry.path}`;
    const terminal = await PersonTerminal.open(fleet.folder, line, {
      cwd: fleet.directory,
      env: environment,
    });
    await terminal.sees('Go on? [y/N]:');
    terminal.type('y\r');
    const token = () => /agent enroll --start (towline1_\S+)\r/.exec(terminal.screen)?.[1];
    await eventually(() => token() !== undefined);
    const head = await desk.head();
    assert.ok((await deviceFile()).enrolment, 'the token is at main');
    const stated = await statedKeys(token() ?? '', telemetry, fleet.folder);
    await terminal.sees('Fingerprint that pump-1 shows');
    terminal.type('AAAA-AAAA-AAAA-AAAA-AAAA\r');
    assert.equal(await terminal.exited, 1);
    assert.match(terminal.screen, /ENROLMENT_FINGERPRINT/);
    assert.equal(await desk.head(), head, 'nothing is accepted');

    const gone = await replace('pump-1', '--fingerprint', stated.fingerprint, '--yes', '--json');
    assert.equal(gone.code, 0, gone.errors);
    const request = { app: 'hello', backup: stored?.id, release: '1.0.0' };
    const { state, fingerprint, restore, secrets } = JSON.parse(gone.output);
    assert.deepEqual(
      [state, fingerprint, restore, secrets.sort()],
      ['accepted', stated.fingerprint, [request], [own, shared]],
    );
    const { keys, enrolment, restore: asked } = await deviceFile();
    assert.deepEqual([keys, enrolment, asked], [stated.keys, undefined, request]);
    assert.equal((await values(stated.folder)).get('DOOR'), 'open');
    await assert.rejects(values(path.join(fleet.folder, 'pump-1/keys')), { code: 'SECRET_NOT_A_RECIPIENT' });
    assert.equal((await values(path.join(fleet.folder, 'pump-2/keys'))).get('DOOR'), 'open');
    assert.notEqual(await desk.atMain(own), before);
    await fleet.git('pull', '-q', '--ff-only');
    for (const verb of [['trust', 'check'], ['secret', 'check'], ['validate']])
      assert.equal((await desk.does(...verb)).code, 0, verb.join(' '));
  });

  test('--empty lets its apps begin without data; what was put back on the old one is asked for no more', async () => {
    const added = await desk.does('device', 'add', 'pump-1', '--renew', '--commit', '--json');
    assert.equal(added.code, 0, added.errors);
    const stated = await statedKeys(JSON.parse(added.output).token, telemetry, desk.fleet.folder);
    const { code, output, errors } = await replace(
      ...['pump-1', '--fingerprint', stated.fingerprint, '--yes', '--empty'],
    );
    assert.equal(code, 0, errors);
    assert.match(output, /^What hello wrote does not come back\.$/m);
    assert.match(output, /made anew on pump-2, pump-3\.$/m);
    assert.equal((await deviceFile()).restore, undefined);
  });
});
