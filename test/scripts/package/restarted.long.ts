/** What an upgrade by apt does to an agent that runs: systemd is what judges. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { waitUntil } from '../../../lab/fleet/wait-until.ts';
import { baseRoot } from '../../../lab/root/base-root.ts';
import { BootedRoot } from '../../../lab/root/booted-root.ts';
import type { Shell } from '../../../lab/root/shell.ts';
import { run } from './made.ts';
import { standInDebs } from './stand-in-debs.ts';

/** Runs as the unit wants it until it is stopped, and says which version's Node it is. */
const node = (version: string) => `#!/bin/sh
# ${version}
systemd-notify --ready 2>/dev/null
while :; do systemd-notify WATCHDOG=1 2>/dev/null; sleep 5; done
`;

describe('an upgrade of the agent by apt, on a machine that runs it', () => {
  const network = `tl-pkg-${process.pid % 10_000}`;
  let folder: string;
  let machine: BootedRoot;
  let shell: Shell;
  const type = async (line: string): Promise<string> => {
    const { code, screen } = await shell.type(line);
    assert.equal(code, 0, `${line}: ${screen}`);
    return screen.trim();
  };
  const agent = () => type('systemctl show --property MainPID --value towline-agent');
  const install = (version: string) =>
    type(
      `dpkg -i /srv/${version}/towline-agent_${version}_amd64.deb >/tmp/dpkg 2>&1 || { cat /tmp/dpkg; false; }`,
    );
  /** The restart is over, whatever it did. */
  const settled = () =>
    waitUntil('the restart to be over', async () =>
      /^(inactive|failed)$/.test(
        (await shell.type('systemctl is-active towline-agent-restart')).screen.trim(),
      )
        ? true
        : undefined,
    );

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'towline-restarted-'));
    for (const version of ['0.1.0', '0.2.0', '0.3.0']) {
      const made = await standInDebs(path.join(folder, `made-${version}`), version, node(version));
      mkdirSync(path.join(folder, 'debs', version), { recursive: true });
      for (const { file } of made) cpSync(file, path.join(folder, 'debs', version, path.basename(file)));
    }
    run('ip', ['netns', 'add', network]);
    machine = await BootedRoot.boot({
      ...{
        name: network,
        base: baseRoot(),
        folder: path.join(folder, 'machine'),
        network,
        hosts: [],
        engine: false,
      },
      binds: Object.fromEntries(
        ['0.1.0', '0.2.0', '0.3.0'].map(name => [path.join(folder, 'debs', name), `/srv/${name}`]),
      ),
    });
    shell = await machine.shell();
    await type('mkdir -p /etc/towline && echo "device: pump-1" > /etc/towline/agent.yaml');
    await install('0.1.0');
    await waitUntil('the agent to run', async () => ((await agent()) === '0' ? undefined : true));
  });
  after(async () => {
    await machine?.stop();
    run('ip', ['netns', 'delete', network]);
    rmSync(folder, { recursive: true, force: true });
  });

  test('it runs on while dpkg does, and is restarted once dpkg has ended', async () => {
    const before = await agent();
    // Another upgrade that takes long: its name is what counts.
    await type('cp /bin/sleep /tmp/apt-get && (setsid /tmp/apt-get 600 >/dev/null 2>&1 &)');
    await install('0.2.0');
    assert.equal(await type('systemctl is-active towline-agent-restart || true'), 'activating');
    assert.equal(await agent(), before);
    await type('pkill -x apt-get');
    await settled();
    assert.notEqual(await agent(), before);
    assert.match(await type('grep -c 0.2.0 /usr/lib/towline/node'), /^1$/);
  });

  test('one that tries a version, or runs another than the package brought, is left alone', async () => {
    const before = await agent();
    await type(
      'mkdir -p /var/lib/towline/versions && echo "0.9.0-aa 0 1 1 x" > /var/lib/towline/versions/trying',
    );
    await install('0.3.0');
    await settled();
    assert.equal(await agent(), before);
    assert.match(await type('journalctl -q -u towline-agent-restart | cat'), /tries another version/);
    await type('rm /var/lib/towline/versions/trying && ln -s 0.9.0-aa /var/lib/towline/versions/current');
    await install('0.2.0');
    await settled();
    assert.equal(await agent(), before);
    await type('rm /var/lib/towline/versions/current');
  });

  test('removed, it is stopped; purged, nothing of it is left', async () => {
    await type('dpkg --remove towline-agent');
    assert.equal(await type('systemctl is-active towline-agent || true'), 'inactive');
    await type('test -d /var/lib/towline');
    await type('dpkg --purge towline-agent');
    await type('test ! -e /var/lib/towline && test ! -e /etc/towline && test ! -e /usr/lib/towline');
  });
});
