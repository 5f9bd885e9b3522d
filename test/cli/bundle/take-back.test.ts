/** `towline bundle take-back`: what a device has exported goes to a real gateway, in as many pushes as it takes, and no further than its key goes. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { makeStatusCommit, type StatusCommit } from '../../../agent/report/status-commit.ts';
import { sshKeyOf } from '../../../core/io/device-keys.ts';
import { writeGitBundleHeader } from '../../../core/io/git/git-bundle.ts';
import { buildPack } from '../../../core/io/git/object-write.ts';
import { commandFolder } from '../../../lab/machine/programs.ts';
import { makeSshKey, type SshKey } from '../../../lab/rig/keys.ts';
import { git, type TestDevice, testDevice } from '../../gateway/rig/gateway.ts';
import { command, GatewayProgram, sshFlags, TestFleet } from '../../gateway/rig/program.ts';
import { refOf } from '../../gateway/rig/push.ts';
import { guideLine } from '../../rig/guide-line.ts';

const [pump, other] = [testDevice('pump-1'), testDevice('pump-2')];

function signed(parent: string | undefined, file: string, bytes: Uint8Array, by = pump): StatusCommit {
  return makeStatusCommit({
    ...{ parent, files: new Map([[file, bytes]]), message: file },
    ...{ device: pump.id, fleet: 'acme', timeMs: Date.UTC(2026, 10, 29), key: sshKeyOf(by.keys) },
  });
}

/** As a device exports it. */
function exported(commits: readonly StatusCommit[], base?: string, device: TestDevice = pump): Buffer {
  const refs = new Map([[refOf(device), commits.at(-1)?.id ?? '']]);
  const header = writeGitBundleHeader({ prerequisites: base === undefined ? [] : [base], refs });
  return Buffer.concat([header, buildPack(commits.flatMap(({ objects }) => objects))]);
}

describe('taking back what a device has exported', { timeout: 180_000 }, () => {
  let fleet: TestFleet;
  let gateway: GatewayProgram;
  let bob: SshKey;

  before(async () => {
    fleet = await TestFleet.make([pump, other]);
    bob = await makeSshKey();
    await fleet.repository.commit({
      files: {
        'operators/bob.yaml': `apiVersion: towline/v1\nsshKeys: ["${bob.publicKey}"]\nbundles: [{ devices: [${pump.id}] }]\n`,
      },
      signer: fleet.operator,
    });
    await fleet.init();
    gateway = await GatewayProgram.start(fleet.config);
  });
  after(async () => {
    await gateway[Symbol.asyncDispose]();
    await fleet[Symbol.asyncDispose]();
    await bob.remove();
  });

  const takeBack = async (bytes: Uint8Array) => {
    const file = join(fleet.folder, 'pump.status');
    writeFileSync(file, bytes);
    const { code, stdout, stderr } = await command(
      join(commandFolder, 'towline'),
      [
        ...guideLine('air-gapped', 'towline bundle take-back pump-17', { 'pump-17.status': file }).slice(1),
        ...['--repo', fleet.repository.path, '--json'],
        ...['--gateway', `ssh://towline@127.0.0.1:${gateway.people}`],
      ],
      { env: { ...process.env, GIT_SSH_COMMAND: `ssh ${sshFlags(bob).join(' ')}` } },
    );
    return { code, stderr, said: code === 0 ? JSON.parse(stdout) : undefined };
  };
  const tip = () => git(['for-each-ref', '--format=%(objectname)', refOf(pump)], { cwd: fleet.telemetryGit });

  test('more than one push may be goes in several, only what is new; and once more nothing', async () => {
    const chain: StatusCommit[] = [];
    for (let count = 0; count < 5; count += 1)
      chain.push(signed(chain.at(-1)?.id, `log-${count}`, randomBytes(2_500_000)));
    const [first, ...rest] = chain;
    assert.ok(first !== undefined);
    const begun = await takeBack(exported([first]));
    assert.deepEqual([begun.code, begun.said?.pushed, tip()], [0, 1, first.id], begun.stderr);
    // Twelve megabytes; the first of it is there.
    const whole = await takeBack(exported(chain));
    assert.deepEqual([whole.code, whole.said?.pushed, tip()], [0, 4, chain.at(-1)?.id], whole.stderr);
    const pushes = fleet.audited().filter(({ action }) => action === `take-back ${pump.id}`);
    assert.ok(pushes.length >= 4, `${pushes.length} pushes`);
    assert.equal((await takeBack(exported(rest, first.id))).said?.pushed, 0);
    git(['fsck', '--strict'], { cwd: fleet.telemetryGit });
  });

  test('what is not signed by the device, is of no device, or does not go on is refused here, and nothing is pushed', async () => {
    const at = tip();
    const pushes = () => fleet.audited().length;
    const before = pushes();
    const refused = async (code: string, bytes: Uint8Array) => {
      const { code: exit, stderr } = await takeBack(bytes);
      assert.notEqual(exit, 0, code);
      assert.match(stderr, new RegExp(code));
    };
    const good = signed(at, 'status', Buffer.from('x'));
    const forged = signed(at, 'status', Buffer.from('x'), other);
    await refused('TELEMETRY_FORGED', exported([forged], at));
    await refused('TELEMETRY_FORGED', exported([forged, signed(forged.id, 'more', Buffer.from('y'))], at));
    await refused('TELEMETRY_FORGED', exported([good], at, other));
    await refused('CLI_NO_SUCH_DEVICE', exported([good], at, testDevice('pump-99')));
    await refused('BUNDLE_FORMAT', Buffer.from('hello'));
    await refused('BUNDLE_FORMAT', exported([good], at).subarray(0, -30));
    assert.equal(pushes(), before, 'nobody asked the gateway');
    const astray = signed('a'.repeat(40), 'status', Buffer.from('x'));
    await refused('TELEMETRY_NOT_FORWARD', exported([astray], 'a'.repeat(40)));
    assert.equal(tip(), at);
  });

  test('the gateway’s own refusal comes with its code', async () => {
    const made = makeStatusCommit({
      ...{ parent: undefined, files: new Map([['status.yaml', Buffer.from('x')]]), message: 'x' },
      ...{ device: other.id, fleet: 'acme', timeMs: 0, key: sshKeyOf(other.keys) },
    });
    const { code, stderr } = await takeBack(exported([made], undefined, other));
    assert.notEqual(code, 0);
    assert.match(stderr, /GATEWAY_BUNDLE_FORBIDDEN/);
  });
});
