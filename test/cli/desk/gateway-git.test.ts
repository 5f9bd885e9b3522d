import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import path from 'node:path';
import { describe, test } from 'node:test';
import { makeKeyFile } from '../../../lab/rig/key-file.ts';
import { startSshd } from '../../../lab/rig/sshd.ts';
import { makeFleet } from '../fleet.ts';
import { towline } from '../towline.ts';

/** A port of this machine at which nothing listens. */
async function deadPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise(resolve => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise(resolve => server.close(resolve));
  return port;
}

describe('a gateway that is asked with git', () => {
  test('and does not answer is unreachable: exit code 6, a remedy that fits, no line ends of a terminal', async () => {
    await using fleet = await makeFleet();
    const url = `ssh://git@127.0.0.1:${await deadPort()}/telemetry.git`;
    const place = ['--repo', fleet.directory, '--telemetry', url];
    const status = await towline(['status', ...place]);
    assert.equal(status.code, 6);
    assert.match(
      status.errors,
      /^CLI_GATEWAY_UNREACHABLE ssh:.*: Connection refused\n {2}Check host and port/,
    );
    assert.doesNotMatch(status.errors, /[\r\ufffd]|access rights|Could not read from remote/);
    const json = await towline(['status', ...place, '--json']);
    assert.equal(json.code, 6);
    assert.equal(JSON.parse(json.errors).error.code, 'CLI_GATEWAY_UNREACHABLE');
    assert.equal((await towline(['plan', 'pump-1', ...place])).code, 6);
  });

  test('and is merely remembered does not keep a person from planning on a journey', async () => {
    await using fleet = await makeFleet();
    await fleet.git('config', 'towline.telemetry', `ssh://git@127.0.0.1:${await deadPort()}/telemetry.git`);
    const plan = await towline(['plan', '--all', '--worktree', '--repo', fleet.directory]);
    assert.equal(plan.code, 0, plan.errors);
    assert.match(
      plan.output,
      /telemetry\.git could not be asked \(CLI_GATEWAY_UNREACHABLE\): assuming that HEAD runs there/,
    );
  });

  test('and does not let one in is refused: whose key, and whose host key', async () => {
    await using fleet = await makeFleet();
    const sshd = await startSshd();
    try {
      const stranger = path.join(fleet.folder, 'stranger');
      await makeKeyFile(stranger);
      const url = `ssh://${sshd.user}@${sshd.host}:${sshd.port}/telemetry.git`;
      const place = ['status', '--repo', fleet.directory, '--telemetry', url];
      const ssh = (strict: 'no' | 'yes') => ({
        GIT_SSH_COMMAND: `ssh -F none -o BatchMode=yes -o IdentitiesOnly=yes -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=${strict} -i ${stranger}`,
      });
      for (const [strict, said] of [
        ['no', /Permission denied/],
        ['yes', /Host key verification failed/],
      ] as const) {
        const { code, errors } = await towline(place, ssh(strict));
        assert.equal(code, 1);
        assert.match(errors, /^CLI_GATEWAY_REFUSED /);
        assert.match(errors, said);
        assert.match(errors, /operators\/NAME\.yaml/);
        assert.doesNotMatch(errors, /[\r\ufffd]/);
      }
    } finally {
      await sshd.stop();
    }
  });

  test('that has no statement of a device says so, and names what is missing', async () => {
    const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';
    await using fleet = await makeFleet(['--gateway-host-key', key]);
    const repo = ['--repo', fleet.directory];
    assert.equal((await towline(['device', 'add', 'pump-9', ...repo])).code, 0);
    const url = `file://${fleet.directory}`;
    const { code, errors } = await towline(['device', 'accept', 'pump-9', '--telemetry', url, ...repo]);
    assert.equal(code, 1);
    assert.match(errors, /^CLI_NO_STATEMENT no statement of pump-9 waits at file:.*\n.*towline agent enroll/);
  });
});
