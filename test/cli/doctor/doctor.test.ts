/** `towline doctor` in a clone that is well, and in one where one thing after the other is not. */
import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { makeKeyFile } from '../../../lab/rig/key-file.ts';
import { makeFleet, type TestFleet } from '../fleet.ts';
import { towline } from '../towline.ts';

interface Told {
  readonly level: string;
  readonly message: string;
  readonly remedy?: string;
}

describe('towline doctor', () => {
  let fleet: TestFleet;
  before(async () => {
    fleet = await makeFleet();
  });
  after(async () => await fleet[Symbol.asyncDispose]());

  const look = async () => {
    const { output, code } = await towline(['doctor', '--repo', fleet.directory, '--json']);
    const told: { result: string; findings: (Told & { id: string })[] } = JSON.parse(output);
    return { code, result: told.result, of: new Map<string, Told>(told.findings.map(one => [one.id, one])) };
  };
  const levelOf = async (id: string) => (await look()).of.get(id)?.level;

  test('says of a clone that `init` has made what is well, and that no gateway answers', async () => {
    const { code, result, of } = await look();
    for (const id of ['repository', 'fleet', 'policy.walk', 'hooks.installed', 'version.git', 'version.ssh'])
      assert.equal(of.get(id)?.level, 'ok', `${id}: ${of.get(id)?.message}`);
    assert.match(of.get('signing')?.message ?? '', /^git signs as alice of the policy \(.*root.*\)$/);
    assert.match(of.get('gateway.pin')?.message ?? '', /^AGENT_GATEWAY_UNREACHABLE /);
    assert.deepEqual([code, result], [2, 'fail']);
    for (const [id, { level, remedy }] of of) assert.equal(level === 'ok', remedy === undefined, id);
  });

  test('misses an anchor, and says whom to ask', async () => {
    const anchor = await fleet.git('config', 'towline.anchor');
    await fleet.git('config', '--unset', 'towline.anchor');
    const { of } = await look();
    assert.equal(of.get('policy.walk')?.level, 'fail');
    assert.match(of.get('policy.walk')?.remedy ?? '', /towline trust hooks --anchor/);
    await fleet.git('config', 'towline.anchor', anchor);
  });

  test('finds that somebody signs by a key that the policy does not name', async () => {
    const other = path.join(fleet.folder, 'other');
    await makeKeyFile(other);
    const key = await fleet.git('config', 'user.signingkey');
    await fleet.git('config', 'user.signingkey', `${other}`);
    const { of } = await look();
    assert.match(of.get('signing')?.message ?? '', /a key that trust\/policy\.yaml does not name/);
    await fleet.git('config', 'user.signingkey', path.join(fleet.folder, 'nothing'));
    assert.match((await look()).of.get('signing')?.message ?? '', /^git signs nothing here/);
    await fleet.git('config', 'user.signingkey', key);
    assert.equal(await levelOf('signing'), 'ok');
  });

  test('finds a walk that stops, and hooks that are gone', async () => {
    await fleet.write('README.md', 'unsigned\n');
    await fleet.git('-c', 'commit.gpgsign=false', 'commit', '-qam', 'Unsigned', '--no-verify');
    assert.match((await look()).of.get('policy.walk')?.message ?? '', /^TRUST_UNSIGNED /);
    await fleet.git('reset', '-q', '--hard', 'HEAD~1');
    const hooks = await fleet.git('rev-parse', '--git-path', 'hooks');
    await rm(path.join(fleet.directory, hooks, 'pre-push'));
    assert.equal(await levelOf('hooks.installed'), 'warn');
  });

  test('says what it found where the archive cannot be written, and writes over no file of somebody’s', async () => {
    const before = await readFile(path.join(fleet.directory, 'fleet.yaml'), 'utf8');
    const archive = path.join(fleet.folder, 'desk.tar.gz');
    for (const [name, why] of [
      [path.join(fleet.directory, 'fleet.yaml'), /fleet\.yaml is not written: something else is there/],
      [fleet.directory, /is not written: something else is there/],
      ['/proc/nowhere/desk.tar.gz', /is not written: /],
    ] as const) {
      const { output, code } = await towline(['doctor', '--repo', fleet.directory, '--bundle', name]);
      assert.match(output, /^ok +repository /m);
      assert.match(output, why);
      assert.equal(code, 2);
    }
    assert.equal(await readFile(path.join(fleet.directory, 'fleet.yaml'), 'utf8'), before);
    for (let times = 0; times < 2; times += 1)
      assert.match(
        (await towline(['doctor', '--repo', fleet.directory, '--bundle', archive])).output,
        /^wrote .*desk\.tar\.gz: findings\.json, /m,
      );
  });

  test('tells monitoring no token that stands in the address of telemetry', async () => {
    await fleet.git('config', 'towline.telemetry', 'https://token-of-a-person@127.0.0.1:9/telemetry.git');
    const { output } = await towline(['doctor', '--repo', fleet.directory, '--json']);
    assert.match(output, /"telemetry\.reached",\s+"level": "fail"/);
    assert.doesNotMatch(output, /token-of-a-person/);
    await fleet.git('config', '--unset', 'towline.telemetry');
  });

  test('outside of a repository says so, for a person, and leaves nothing behind', async () => {
    const { output, code } = await towline(['doctor', '--repo', '/']);
    assert.match(output, /^fail +repository +CLI_NOT_A_REPOSITORY /m);
    assert.match(output, /\n\d failures?, \d warnings?, \d well\n$/);
    assert.equal(code, 2);
  });
});
