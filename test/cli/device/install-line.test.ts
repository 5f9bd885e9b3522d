import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { parseToken } from '../../../core/enrolment/token.ts';
import { makeFleet, type TestFleet } from '../fleet.ts';
import { towline } from '../towline.ts';

const hostKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';
const digests = { '0.1.0': 'b1'.repeat(32), '0.2.0': 'b2'.repeat(32), '0.10.0': 'b3'.repeat(32) } as const;

const listed = (sha256: string) => `apiVersion: towline/v1
stateFormat: 1
install: { sha256: ${sha256}, bytes: 9123 }
platforms:
  linux/amd64: { parts: [{ name: agent, sha256: ${'a'.repeat(64)}, bytes: 100 }] }
`;

async function withAgents(fleet: TestFleet): Promise<void> {
  await mkdir(path.join(fleet.directory, 'trust/agents'), { recursive: true });
  for (const [version, sha256] of Object.entries(digests))
    await fleet.write(`trust/agents/${version}.yaml`, listed(sha256));
  await fleet.replace('trust/policy.yaml', 'version: 1', 'version: 2');
  await fleet.git('add', '--all');
  await fleet.git('commit', '--quiet', '--message', 'Agents');
}

describe('towline device add', () => {
  const add = (fleet: TestFleet, ...words: string[]) =>
    towline(['device', 'add', ...words, '--repo', fleet.directory]);

  test('--install-line prints a line with the hash of the version that the device has, and the token apart', async () => {
    await using fleet = await makeFleet(['--gateway-host-key', hostKey]);
    const none = await add(fleet, 'pump-9', '--install-line');
    assert.equal(none.code, 2, none.output);
    assert.match(none.errors, /^CLI_USAGE there is no agent to install/);
    assert.equal(await fleet.git('status', '--porcelain'), '');
    await withAgents(fleet);
    const lineOf = (output: string) => output.split('\n').find(line => line.includes('sh -c')) ?? '';
    // Where nobody chooses, the newest, as the gateway gives it.
    const newest = await add(fleet, 'pump-9', '--install-line');
    assert.equal(newest.code, 0, newest.errors);
    assert.ok(lineOf(newest.output).includes(`/agents/sha256/${digests['0.10.0']}`));
    assert.match(lineOf(newest.output), /"127\.0\.0\.1:8443".* --enroll'$/);
    const [token = ''] = /towline1_\S+/.exec(newest.output) ?? [];
    assert.equal(parseToken(token).device, 'pump-9');
    assert.ok(!lineOf(newest.output).includes('towline1_'));
    // Fleet, group, device: the narrowest.
    const fleetFile = await readFile(path.join(fleet.directory, 'fleet.yaml'), 'utf8');
    await fleet.write('fleet.yaml', `${fleetFile}agent: { version: 0.1.0 }\n`);
    const group = await readFile(path.join(fleet.directory, 'groups/canary.yaml'), 'utf8');
    await fleet.write('groups/canary.yaml', `${group}agent: { version: 0.2.0 }\n`);
    for (const [words, version] of [
      [['pump-10'], '0.1.0'],
      [['pump-11', '--group', 'canary'], '0.2.0'],
    ] as const) {
      const done = await add(fleet, ...words, '--install-line', '--json');
      assert.equal(done.code, 0, done.errors);
      const { agent, installLine, token: own } = JSON.parse(done.output);
      assert.equal(agent, version);
      assert.ok(installLine.includes(digests[version]) && !installLine.includes(own));
    }
    await fleet.replace('fleet.yaml', 'agent: { version: 0.1.0 }', 'agent: { version: 0.3.0 }');
    const unlisted = await add(fleet, 'pump-12', '--install-line');
    assert.notEqual(unlisted.code, 0);
    assert.match(unlisted.errors, /AGENT_VERSION_UNLISTED/);
    assert.match(await fleet.git('status', '--porcelain'), /^(?![\s\S]*pump-12)/);
  });

  test('--cloud-init prints user-data alone: the token goes into a file of root’s own, and into no command', async () => {
    await using fleet = await makeFleet(['--gateway-host-key', hostKey]);
    await withAgents(fleet);
    const done = await add(fleet, 'pump-9', '--cloud-init');
    assert.equal(done.code, 0, done.errors);
    assert.match(done.output, /^#cloud-config\n/);
    const data = parse(done.output);
    assert.deepEqual(Object.keys(data).sort(), ['runcmd', 'write_files']);
    const [file] = data.write_files;
    assert.deepEqual(
      [file.path, file.permissions, file.owner],
      ['/var/lib/towline-first-boot/token', '0600', 'root:root'],
    );
    assert.equal(parseToken(file.content).device, 'pump-9');
    assert.equal(data.runcmd.length, 1);
    assert.match(data.runcmd[0], /^sh -c '.* --first-boot'$/);
    assert.ok(!data.runcmd[0].includes('towline1_'));
    assert.match(done.errors, /towline device accept pump-9/);
    for (const words of [
      ['--cloud-init', '--install-line'],
      ['--cloud-init', '--out', path.join(fleet.folder, 'out')],
      ['--install-line', '--re-anchor'],
    ])
      assert.equal((await add(fleet, 'pump-8', ...words)).code, 2, words.join(' '));
  });

  test('of many, one line serves all: each with the file that has its token', async () => {
    await using fleet = await makeFleet(['--gateway-host-key', hostKey]);
    await withAgents(fleet);
    const out = path.join(fleet.folder, 'tokens');
    const many = ['device', 'add', '--count', '3', '--prefix', 'p-', '--out', out, '--repo', fleet.directory];
    const done = await towline([...many, '--install-line']);
    assert.equal(done.code, 0, done.errors);
    assert.match(done.output, /^ {2}sh -c '.* --enroll' < FILE$/m);
    assert.ok(!done.output.includes('towline1_'));
  });
});
