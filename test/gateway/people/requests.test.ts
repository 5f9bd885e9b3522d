/** Who may ask and no more (`git.fleet: request`): what an attacker with such a key tries, by stock git and without it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { encodePacket, flushPacket } from '../../../core/io/git/pkt-line.ts';
import { makeSshKey, type SshKey } from '../../../lab/rig/keys.ts';
import { command, GatewayProgram, sshFlags, TestFleet } from '../rig/program.ts';

const zeros = '0'.repeat(40);
/** A pack of no objects. */
const emptyPack = Buffer.from('5041434b0000000200000000029d08823bd8a8eab510ad6ac75c823cfd3ed31e', 'hex');

describe('an operator who may ask and no more', { timeout: 180_000 }, () => {
  let fleet: TestFleet;
  let gateway: GatewayProgram;
  let people: Readonly<Record<'bob' | 'carol', SshKey>>;

  before(async () => {
    fleet = await TestFleet.make([]);
    people = { bob: await makeSshKey(), carol: await makeSshKey() };
    const files = Object.entries(people).map(([name, { publicKey }]) => [
      `operators/${name}.yaml`,
      `apiVersion: towline/v1\nsshKeys: ["${publicKey}"]\ngit: { fleet: request }\n`,
    ]);
    await fleet.repository.commit({ files: Object.fromEntries(files), signer: fleet.operator });
    await fleet.init();
    gateway = await GatewayProgram.start(fleet.config);
  });
  after(async () => {
    await gateway[Symbol.asyncDispose]();
    await fleet[Symbol.asyncDispose]();
    await Promise.all([people.bob.remove(), people.carol.remove()]);
  });

  const sshArguments = (who: keyof typeof people) => sshFlags(people[who]);
  const git = (who: keyof typeof people, ...args: string[]) =>
    command('git', args, {
      cwd: fleet.repository.path,
      env: { ...fleet.ssh(), GIT_SSH_COMMAND: `ssh ${sshArguments(who).join(' ')}` },
    });
  const url = () => `ssh://towline@127.0.0.1:${gateway.people}/fleet.git`;
  const push = (who: keyof typeof people, ...refspecs: string[]) =>
    git(who, 'push', '-q', url(), ...refspecs);
  const branches = async () =>
    (await fleet.repository.git(['ls-remote', '--heads', `${fleet.folder}/state/fleet.git`]))
      .split('\n')
      .map(line => line.split('\t')[1] ?? '')
      .filter(ref => ref.startsWith('refs/heads/requests/'));

  test('reads fleet.git, pushes a request, moves it on, and takes it back', async () => {
    assert.equal((await git('bob', 'ls-remote', url(), 'main')).code, 0);
    const first = await push('bob', 'main:refs/heads/requests/bob/pump-17');
    assert.equal(first.code, 0, first.stderr);
    assert.deepEqual(await branches(), ['refs/heads/requests/bob/pump-17']);
    assert.equal((await push('bob', ':refs/heads/requests/bob/pump-17')).code, 0);
    assert.deepEqual(await branches(), []);
  });

  test('pushes neither main nor a tag, a timestamp, another’s request or a name that means something', async () => {
    assert.equal((await push('carol', 'main:refs/heads/requests/carol/hers')).code, 0);
    const tree = await fleet.repository.git(['rev-parse', 'main^{tree}']);
    const next = (await fleet.repository.git(['commit-tree', '-p', 'main', '-m', 'x', tree])).trim();
    const refspecs = [
      `${next}:refs/heads/main`,
      `${next}:refs/heads/draft`,
      `${next}:refs/tags/v1`,
      `${next}:refs/towline/timestamp`,
      `${next}:refs/heads/requests/carol/hers`,
      `${next}:refs/heads/requests/carol/more`,
      `${next}:refs/heads/requests/bob`,
      `${next}:refs/heads/requests/bob/a/b`,
      `${next}:refs/heads/requests/bob/-a`,
      `${next}:refs/heads/requests/bobby/x`,
      `${next}:refs/heads/requests/bob/${'a'.repeat(101)}`,
      `${next}:refs/replace/${next}`,
    ];
    const gone = [':refs/heads/main', ':refs/heads/requests/carol/hers'];
    // Two pushes for all of them: how often one may push is bounded.
    for (const pushed of [refspecs, gone]) {
      const { code, stderr } = await push('bob', ...pushed);
      assert.notEqual(code, 0);
      for (const refspec of pushed) {
        const ref = refspec.split(':')[1] ?? '';
        const byGit = refspec === ':refs/heads/main' ? '|refusing to delete the current branch' : '';
        assert.match(stderr, new RegExp(`GATEWAY_PUSH_REF_FORBIDDEN ${ref}: bob pushes${byGit}`), ref);
      }
    }
    assert.deepEqual(await branches(), ['refs/heads/requests/carol/hers']);
    const line = fleet.audited().find(({ action }) => action === 'git receive-pack fleet refs/heads/main');
    assert.deepEqual(
      [line?.who, line?.outcome, line?.code],
      ['bob', 'refused', 'GATEWAY_PUSH_REF_FORBIDDEN'],
    );
  });

  test('has so many requests at a time, also where they are asked for at once, atomically', async () => {
    const many = Array.from({ length: 20 }, (_unused, index) => `main:refs/heads/requests/bob/many-${index}`);
    const { stderr } = await push('bob', ...many);
    assert.match(stderr, /GATEWAY_REQUESTS_FULL bob has 16 requests/);
    const mine = async () => (await branches()).filter(ref => ref.includes('/bob/'));
    assert.equal((await mine()).length, 16);
    await push('bob', ...(await mine()).map(ref => `:${ref}`));
    assert.equal((await mine()).length, 0);
    assert.match((await git('bob', 'push', '--atomic', url(), ...many)).stderr, /does not support --atomic/);
    const head = (await fleet.repository.git(['rev-parse', 'main'])).trim();
    const capabilities = '\0report-status atomic object-format=sha1';
    const lines = many.map((refspec, index) =>
      encodePacket(`${zeros} ${head} ${refspec.split(':')[1]}${index === 0 ? capabilities : ''}`),
    );
    const child = spawn('ssh', [
      ...sshArguments('bob'),
      ...['-p', `${gateway.people}`, 'towline@127.0.0.1', "git-receive-pack 'fleet.git'"],
    ]);
    child.stdin.end(
      Buffer.concat([...lines.map(line => Buffer.from(line)), Buffer.from(flushPacket), emptyPack]),
    );
    child.stdout.resume();
    await once(child, 'close');
    assert.ok((await mine()).length <= 16, `${(await mine()).length}`);
    await push('bob', ...(await mine()).map(ref => `:${ref}`));
  });

  test('pushes a request of one MiB at most, and not too often', async () => {
    const { repository } = fleet;
    const large = await repository.commit({
      ...{ parents: [], signer: fleet.operator, branch: null },
      files: { large: randomBytes(1_500_000).toString('base64') },
    });
    const refused = await push('bob', `${large}:refs/heads/requests/bob/large`);
    assert.notEqual(refused.code, 0);
    assert.match(refused.stderr, /pack exceeds maximum allowed size/);
    let last = '';
    for (let count = 0; count < 30 && !last.includes('GATEWAY_RATE_LIMITED'); count += 1)
      last = (await push('bob', ':refs/heads/requests/bob/none')).stderr;
    assert.match(last, /GATEWAY_RATE_LIMITED bob has pushed many requests: again in \d+ s/);
    assert.equal((await push('carol', ':refs/heads/requests/carol/hers')).code, 0, 'others go on');
  });
});
