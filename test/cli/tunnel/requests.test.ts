/** Who may not open a tunnel asks for it; those who may grant it, two of them where the policy asks for two. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { TunnelFleet } from './tunnel-desk.ts';

const device = 'asked-1';
const file = `devices/${device}.yaml`;

describe('requests for tunnels', () => {
  const ready = TunnelFleet.start({
    devices: [device],
    people: ['bob', 'carol'],
    files: keys => {
      const key = (name: string) => keys.get(name)?.publicKey;
      const principals = ['alice', 'carol'].map(name => `  ${name}: { ssh: ["${key(name)}"] }`);
      return {
        'operators/bob.yaml': `apiVersion: towline/v1\nsshKeys: ["${key('bob')}"]\ngit: { fleet: request }\ntunnels: [{ all: true }]\n`,
        'operators/carol.yaml': `apiVersion: towline/v1\nsshKeys: ["${key('carol')}"]\ngit: { fleet: write }\ntunnels: [{ all: true }]\n`,
        'trust/policy.yaml': [
          ...['apiVersion: towline/v1', 'fleet: acme', 'version: 2', 'walk: 2', 'principals:', ...principals],
          ...[
            'roles:',
            '  root: { principals: [alice] }',
            '  operate: { principals: [alice, carol], threshold: 2 }',
          ],
          ...['rules:', '  - { paths: ["devices/**"], "only": [/tunnel], roles: [operate] }', ''],
        ].join('\n'),
      };
    },
  });
  after(async () => (await ready)[Symbol.asyncDispose]());

  test('one asks, two grant: the first approves, the second puts it on main', async () => {
    const fleet = await ready;
    const [alice, bob, carol] = [
      await fleet.desk('alice'),
      await fleet.desk('bob'),
      await fleet.desk('carol'),
    ];
    const alone = await alice.does('tunnel', 'open', device, '--no-wait');
    assert.equal(alone.code, 1);
    assert.match(alone.errors, /CLI_CHANGE_REFUSED .*1 more of operate \(carol\)/);
    await bob.git('config', '--unset', 'user.signingkey');
    const asked = await bob.does('tunnel', 'request', device, '--for', '1h', '--reason', 'INC-42', '--json');
    assert.equal(asked.code, 0, asked.errors);
    const { branch, approvedBy, tunnel } = JSON.parse(asked.output);
    assert.match(branch, /^requests\/bob\/asked-1-\d{8}T\d{6}Z$/);
    assert.equal(approvedBy, null);
    const listed = await carol.does('tunnel', 'requests');
    assert.match(
      listed.output,
      /^asked-1 +bob +\S+Z +everyone +INC-42 +requests\/bob\/\S+ +waits$/m,
      listed.errors,
    );
    const first = await alice.does('tunnel', 'grant', branch, '--no-wait');
    assert.equal(first.code, 0, first.errors);
    assert.match(
      first.output,
      /^alice approves: asked-1, until .*; still missing: 1 more of operate \(carol\)$/m,
    );
    const again = await alice.does('tunnel', 'grant', branch, '--no-wait', '--json');
    assert.deepEqual([again.code, JSON.parse(again.output).granted], [0, false], again.errors);
    assert.doesNotMatch(await fleet.atMain(file), /tunnel/);
    const refused = await bob.does('tunnel', 'grant', branch, '--no-wait');
    assert.match(refused.errors, /CLI_CHANGE_REFUSED|CLI_SIGNING/);
    const second = await carol.does('tunnel', 'grant', branch, '--no-wait', '--json');
    assert.equal(second.code, 0, second.errors);
    assert.equal(JSON.parse(second.output).granted, true);
    assert.match(
      await fleet.atMain(file),
      new RegExp(`^tunnel: \\{state: open, until: ${tunnel.until}, reason: INC-42\\}$`, 'm'),
    );
    assert.match(await fleet.log('-n1', '--format=%s'), /INC-42 \(asked for by bob\)$/);
    assert.match((await carol.does('tunnel', 'requests')).output, /^no requests$/m);
  });

  test('who may only ask pushes branches of their own below requests/, and nothing else', async () => {
    const bob = await (await ready).desk('bob');
    await bob.git('commit', '-q', '--no-gpg-sign', '--allow-empty', '-m', 'nothing');
    const places = ['main', 'feature', 'requests/alice/x', 'requests/bob', 'requests/bobby/x', 'tunnel/x'];
    for (const ref of [
      ...places.map(name => `refs/heads/${name}`),
      'refs/tags/x',
      'refs/towline/timestamp',
    ]) {
      await assert.rejects(
        bob.git('-c', 'core.hooksPath=/nonexistent', 'push', 'origin', `HEAD:${ref}`),
        /GATEWAY_PUSH_REF_FORBIDDEN .*: bob pushes branches requests\/bob\/\* alone/,
        ref,
      );
    }
    await bob.git('push', 'origin', 'HEAD:refs/heads/requests/bob/mine');
    await bob.git('push', 'origin', ':refs/heads/requests/bob/mine');
  });

  test('a branch that changes anything besides one tunnel, or whose time is over, is not granted', async () => {
    const fleet = await ready;
    const [alice, bob] = [await fleet.desk('alice'), await fleet.desk('bob')];
    const ask = async (name: string, change: (text: string) => string) => {
      await writeFile(path.join(bob.directory, file), change(await fleet.atMain(file)));
      await bob.git('commit', '-q', '--no-gpg-sign', '-am', name);
      await bob.git('push', '-q', 'origin', `HEAD:refs/heads/requests/bob/${name}`);
      await bob.git('reset', '-q', '--hard', 'origin/main');
      return await alice.does('tunnel', 'grant', `requests/bob/${name}`, '--no-wait');
    };
    const open = (more: string) => (text: string) =>
      `${text.replace(/^tunnel:.*\n/m, '')}tunnel: { state: open, until: 2099-01-01T00:00:00Z }\n${more}`;
    const wider = await ask('wider', open('access: { certificates: true }\n'));
    assert.match(wider.errors, /TUNNEL_REQUEST requests\/bob\/wider: it changes \/access/);
    const anchored = await ask('anchored', open('labels: &a { b: "c" }\n'));
    assert.match(anchored.errors, /TUNNEL_REQUEST .*an anchor/);
    const late = await ask('late', text => open('')(text).replace('2099', '2020'));
    assert.match(late.errors, /TUNNEL_REQUEST .*its time is over/);
    const listed = await alice.does('tunnel', 'requests', '--all', '--json');
    const states = JSON.parse(listed.output).requests.map((row: { branch: string; state: string }) => [
      row.branch.replace(/.*\//, ''),
      row.state,
    ]);
    assert.deepEqual(states, [
      ['anchored', 'void'],
      ['late', 'over'],
      ['wider', 'void'],
    ]);
    assert.match(
      (await alice.does('tunnel', 'grant', '--no-wait', 'no/such')).errors,
      /TUNNEL_REQUEST .*has no branch/,
    );
    assert.match(
      (await alice.does('tunnel', 'grant', '--no-wait', '--', '-x')).errors,
      /TUNNEL_REQUEST "-x" is no branch/,
    );
  });
});
