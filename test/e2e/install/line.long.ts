/** A device by one line, from a gateway that was installed the same way: enrolled, released to, upgraded, gone without a trace. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { BootedRoot } from '../../../lab/root/booted-root.ts';
import { healthy } from '../../../scripts/walk/first-fleet.ts';
import type { Seat } from '../../../scripts/walk/seat.ts';
import { Site, shown } from './site.ts';

/** What a machine has, but what changes by itself. */
const everything =
  'find / -xdev \\( -path /proc -o -path /sys -o -path /run -o -path /tmp -o -path /var/tmp -o -path /var/log -o -path /var/lib/docker -o -path /var/lib/containerd -o -path /root \\) -prune -o -print | sort';
const fingerprintShown = /fingerprint {2}(\S+.*\S)/;

describe('one line', () => {
  const site = new Site();
  let machine: BootedRoot;
  let seat: Seat;
  let before_: string;
  let token: string;

  before(async () => {
    await site.set();
    ({ machine, seat } = await site.device('device'));
    before_ = (await seat.types(everything)).screen;
  });
  after(() => site[Symbol.asyncDispose]());

  test('installs, enrols when a person has accepted, and the app that is released runs', async () => {
    const added = await site.add('pump-17', '--install-line');
    token = added.token ?? '';
    const line = added.installLine ?? '';
    assert.ok(!line.includes('towline1_'));
    const typed = seat.does(line, { answers: [[/^Token/m, token]] });
    const fingerprint = await shown(seat, fingerprintShown);
    // While it waits, nobody on the machine sees the token.
    const other = await site.stage.seat('root', machine);
    const secret = token.slice(-40);
    const seen = await other.types(
      `for f in /proc/[0-9]*/cmdline /proc/[0-9]*/environ; do grep -l -e ${secret.slice(0, 20)}'${secret.slice(20)}' $f; done 2>/dev/null | grep -v /self/`,
    );
    assert.equal(seen.screen.trim(), '', 'the token is in an argument or an environment');
    await site.accept('pump-17', fingerprint);
    const screen = await typed;
    assert.match(screen, /Accepted/);
    assert.match(screen, /towline-agent runs/);
    assert.ok(!screen.includes(token), 'the screen shows the token');
    await site.release(machine);
    await site.until('pump-17', healthy('1.0.0'));
    await seat.until('docker ps --format "{{.Names}}"', /hello-web-1/);
    const left = await other.types(
      `journalctl --no-pager | grep -c ${secret}; grep -rl ${secret} /etc /var/lib/towline /var/cache /var/tmp /tmp /root /run 2>/dev/null`,
    );
    assert.equal(left.screen.trim(), '0', 'the token is left somewhere');
  });

  test('once more, upgraded and gone back: the agent that runs is restarted and stays enrolled', async () => {
    const runs = async (version: string) =>
      await site.until('pump-17', new RegExp(`version: "?${version.replaceAll('.', '\\.')}`));
    await runs('0.8.0');
    const before = (await seat.types('cat /etc/towline/agent.yaml')).screen;
    await seat.does('sh /mnt/packages/0.9.0/install.sh --from https://gateway.example.com:8443');
    await runs('0.9.0');
    await seat.does('sh /mnt/packages/0.8.0/install.sh --from https://gateway.example.com:8443');
    await runs('0.8.0');
    assert.equal((await seat.types('cat /etc/towline/agent.yaml')).screen, before);
    assert.match((await seat.types('docker ps --format "{{.Names}}"')).screen, /hello-web-1/);
  });

  test('a second agent on the machine has an id, folders and containers of its own, and goes by itself', async () => {
    const added = await site.add('pump-18', '--install-line', '--instance', 'night');
    // The other one has the port of the app.
    await site.desk.does(
      'git pull --quiet --rebase && echo "variables: { HTTP_PORT: 8001 }" >> devices/pump-18.yaml && git commit --quiet --all -m "A port" && git push --quiet',
    );
    const typed = seat.does(added.installLine ?? '', { answers: [[/^Token/m, added.token ?? '']] });
    await site.accept('pump-18', await shown(seat, fingerprintShown));
    await typed;
    await site.until('pump-18', healthy('1.0.0'));
    await seat.until('docker ps --format "{{.Names}}"', /night-hello-web-1/);
    assert.match((await seat.types('docker ps --format "{{.Names}}"')).screen, /^hello-web-1/m);
    assert.match(
      (await seat.types('systemctl is-active towline-agent towline-agent@night')).screen,
      /^active\s+active/,
    );
    const gone = await seat.does(
      'sh /usr/share/doc/towline/install.sh --uninstall --remove-state --instance night',
    );
    assert.match(gone, /The programs stay/);
    assert.match((await seat.types('systemctl is-active towline-agent')).screen, /^active/);
    assert.notEqual((await seat.types('ls -d /var/lib/towline-night /run/towline-night')).code, 0);
  });

  test('taken off, nothing of it is left', async () => {
    await seat.does(
      'cp /usr/share/doc/towline/install.sh /root/ && sh /root/install.sh --uninstall --remove-state',
    );
    const now = (await seat.types(everything)).screen.split('\n');
    const known = new Set(before_.split('\n'));
    const left = now.filter(file => !known.has(file));
    assert.deepEqual(left, []);
    for (const question of ['getent passwd towline', 'getent group towline', 'systemctl cat towline-agent'])
      assert.notEqual((await seat.types(question)).code, 0, question);
  });
});
