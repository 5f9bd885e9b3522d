/** A change that is not made: by the policy, by what it would break, by the person who is asked. */
import assert from 'node:assert/strict';
import { mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { parse, stringify } from 'yaml';
import { commandFolder } from '../../../lab/machine/programs.ts';
import { makeSshKey } from '../../../lab/rig/keys.ts';
import { PersonTerminal } from '../../rig/person-terminal.ts';
import { addRelease } from '../fleet.ts';
import { git } from '../towline.ts';
import { pushedFleet } from './pushed-fleet.ts';

describe('a change that is not made', () => {
  const ready = (async () => {
    const desk = await pushedFleet();
    const [bob, till] = [await makeSshKey(), await makeSshKey()];
    const policy = parse(await desk.atMain('trust/policy.yaml'));
    const next = {
      ...policy,
      version: policy.version + 1,
      principals: { ...policy.principals, bob: { ssh: [bob.publicKey] } },
      roles: { ...policy.roles, berlin: { principals: ['bob'] } },
      rules: [...policy.rules, { paths: ['devices/berlin/**'], roles: ['berlin', 'root'] }],
    };
    await desk.commits({ 'trust/policy.yaml': stringify(next) });
    return { ...desk, bob, till };
  })();
  after(async () => {
    const { bob, till, ...desk } = await ready;
    await bob.remove();
    await till.remove();
    await desk[Symbol.asyncDispose]();
  });

  test('who has one folder changes devices of it, and no other; nothing of theirs is pushed, --pr asks', async () => {
    const { bob, ...desk } = await ready;
    const asBob = ['--key', bob.file];
    await desk.says('device', 'label', 'pump-1', 'hall=2', ...asBob);
    const before = await git(desk.origin, 'for-each-ref');
    for (const args of [
      ['device', 'label', 'pump-3', 'hall=2'],
      ['device', 'pause', '-l', 'all', '--yes'],
      ['device', 'move', 'pump-3', 'berlin'],
      ['assign', 'hello', '1.0.0', '--fleet', '--yes'],
      ['operator', 'add', 'eve', '--ssh-key', bob.file],
      ['maintenance', '--group', 'canary', '--pause'],
    ]) {
      const ran = await desk.does(...args, ...asBob);
      assert.equal(ran.code, 1, `${args.join(' ')}: ${ran.output}`);
      assert.match(ran.errors, /^(?:CLI_CHANGE_REFUSED TRUST_|.*FLEET_KEY_DUPLICATE)/m, args.join(' '));
    }
    assert.equal(await git(desk.origin, 'for-each-ref'), before);
    const asked = await desk.says('device', 'label', 'pump-3', 'hall=2', '--pr', ...asBob);
    assert.match(
      asked,
      /^pushed changes\/label-pump-3-\S+: pump-3: hall=2, once it is merged\napproved by bob$/m,
    );
  });

  test('a remote by a relative path is where git takes it to be, on main and on a branch', async () => {
    const { bob: _bob, till: _till, ...desk } = await ready;
    await desk.fleet.git('remote', 'set-url', 'origin', '../origin.git');
    await desk.says('device', 'label', 'pump-1', 'near=1');
    await desk.says('device', 'label', 'pump-1', 'near=2', '--pr');
    await desk.fleet.git('remote', 'set-url', 'origin', desk.origin);
  });

  test('what it would break refuses it, before a key signs: another one’s mistake does not', async () => {
    const { bob: _bob, ...desk } = await ready;
    await desk.commits({
      'groups/odd.yaml': 'apiVersion: towline/v1\napps: { nothing: { release: 1.0.0 } }\n',
    });
    const before = await desk.head();
    // A key that is not there: had anything been signed, that would be the error.
    const refused = await desk.does('device', 'label', 'pump-3', 'A B=1', '--key', '/nowhere.pub');
    assert.match(refused.errors, /FLEET_SCHEMA/);
    const unsigned = await desk.does('device', 'label', 'pump-3', 'a=1', '--key', '/nowhere.pub');
    assert.match(unsigned.errors, /^CLI_SIGNING /m);
    assert.equal(await desk.head(), before);
    assert.equal((await desk.does('device', 'label', 'pump-3', 'a=1')).code, 0);
  });

  test('on a terminal it asks: anything but y, or another id, and nothing has changed', async () => {
    const { bob: _bob, till, ...desk } = await ready;
    const folder = await mkdtemp(path.join(desk.fleet.folder, 'terminal-'));
    const typed = async (line: string, question: string, answer: string) => {
      const who = ['AUTHOR', 'COMMITTER'].flatMap(as => [
        `GIT_${as}_NAME=Test`,
        `GIT_${as}_EMAIL=test@example.com`,
      ]);
      const command = `env ${who.join(' ')} ${path.join(commandFolder, 'towline')} ${line} --repo ${desk.fleet.directory}`;
      const terminal = await PersonTerminal.open(folder, command);
      await terminal.sees(question);
      terminal.type(`${answer}\r`);
      return { code: await terminal.exited, screen: terminal.screen };
    };
    const ends = async (code: number, ...words: Parameters<typeof typed>) => {
      const ended = await typed(...words);
      assert.equal(ended.code, code, ended.screen);
    };
    const before = await desk.head();
    const many = 'This changes 2 devices: pump-1, pump-2. Go on? [y/N]:';
    await ends(2, 'device pause -l site=berlin', many, '');
    await ends(2, 'device pause -l site=berlin', many, 'n');
    assert.equal(await desk.head(), before);
    await ends(0, 'device pause -l site=berlin', many, 'y');
    await desk.commits({
      'devices/till-1.yaml': `apiVersion: towline/v1\nenrolment: { key: ${till.publicKey}, expires: 2099-01-01T00:00:00Z }\n`,
    });
    const paused = await desk.head();
    await ends(2, 'device revoke till-1', 'Type its id to go on:', 'till-2');
    assert.equal(await desk.head(), paused);
    await ends(0, 'device revoke till-1', 'Type its id to go on:', 'till-1');
    assert.match(await desk.atMain('devices/till-1.yaml'), /^revoked: true$/m);
  });

  test('what takes a device of an open stage back is refused, whichever verb it is; --allow-downgrade goes on', async () => {
    const { bob: _bob, till: _till, ...desk } = await ready;
    await addRelease(desk.fleet, '1.1.0');
    await desk.commits({
      'groups/odd.yaml': 'apiVersion: towline/v1\n',
      'rollouts/hello/autumn.yaml': [
        'apiVersion: towline/v1\napp: hello\nfrom: [1.0.0]\nto: 1.1.0\nstages:',
        '  - { name: canary, select: { groups: [canary] }, hold: 4h }',
        '  - { name: all, select: { all: true } }',
        'stage: 1\nsince: 2026-01-01T00:00:00Z\n',
      ].join('\n'),
    });
    const before = await desk.head();
    // In the open stage; out of the group it would be in a later one.
    await desk.says('device', 'group', 'pump-3', '+stable');
    for (const args of [
      ['device', 'group', 'pump-3', '-canary'],
      ['pin', 'pump-3', 'hello', '1.0.0'],
      ['assign', 'hello', '1.0.0', '--device', 'pump-3', '--pr'],
    ]) {
      const ran = await desk.does(...args);
      assert.equal(ran.code, 1, `${args.join(' ')}: ${ran.output}`);
      assert.match(ran.errors, /ROLLOUT_DOWNGRADE .*pump-3 \(1\.1\.0 → 1\.0\.0\)/, args.join(' '));
    }
    const early = await desk.does('assign', 'hello', '1.1.0', '--group', 'stable', '--yes');
    assert.match(early.errors, /ROLLOUT_MOVES_DEVICES .* before their stage is open: pump-\d/);
    assert.equal(await git(desk.origin, 'rev-list', '--count', `${before}..main`), '1');
    await desk.says('device', 'label', 'pump-3', 'hall=3');
    // It keeps what it is to have now: that is no downgrade.
    assert.match(await desk.says('pin', 'pump-3', 'hello'), /pump-3 keeps hello 1\.1\.0/);
    await desk.says('unpin', 'pump-3', 'hello');
    await desk.says('device', 'group', 'pump-3', '-canary', '--allow-downgrade');
  });
});
