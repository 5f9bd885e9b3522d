/** `towline lab up` and `down` on a machine on which nothing else happens: whatever is left was left by them. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { requireCommands } from '../../../lab/machine/packages.ts';
import { programWords } from '../../../lab/machine/programs.ts';
import { labCommands } from '../../../lab/sites/lab-machine.ts';
import { Alone } from '../../rig/alone.ts';

requireCommands(labCommands);

const groupsOf = (name: string): string[] =>
  readdirSync('/sys/fs/cgroup', { recursive: false, encoding: 'utf8' }).filter(
    tree => tree === `towline-lab-${name}` || existsSync(`/sys/fs/cgroup/${tree}/towline-lab-${name}`),
  );

test('a lab of one device is made, touches nothing of its machine, and leaves nothing of itself', async t => {
  const scratch = mkdtempSync(path.join(tmpdir(), 'tl-lab-'));
  t.after(() => rmSync(scratch, { recursive: true, force: true }));
  const name = `t${process.pid}`;
  const folder = path.join(scratch, 'lab');
  const lab = (verb: string, ...words: string[]) =>
    programWords('towline', ['lab', verb, '--name', name, ...words]);
  const file = path.join(scratch, 'lab.yaml');
  writeFileSync(file, 'apiVersion: towline/v1\nsites: { hall: { devices: 1 } }\n');
  await using machine = await Alone.begin();
  const before = machine.traces();

  const up = machine.run(lab('up', file, '--folder', folder, '--json'));
  assert.equal(up.status, 0, up.stderr);
  const made = JSON.parse(up.stdout);
  assert.equal(made.fleet, path.join(folder, 'fleet'));
  const during = machine.traces();
  for (const each of [
    'links',
    'addresses',
    'routes',
    'rules',
    'nftables',
    'iptables',
    'forwarding',
    'mounts',
  ])
    assert.equal(during[each], before[each], `${each} while the lab is there`);
  assert.equal(during.engine, before.engine, 'an engine of the lab writes into the machine’s /etc or /opt');
  const inside = machine.run(lab('exec', 'hall-1', '--', 'ip', 'route'));
  assert.match(inside.stdout, /^default via 192\.168\.1\.1 dev eth0/);
  // Whoever sits at `exec` is killed: what it has started goes too.
  const words = lab('exec', 'hall-1', '--', 'sleep', '98765').map(word => `'${word}'`);
  const killed = machine.run([
    ...['sh', '-c'],
    `${words.join(' ')} & exec=$!
    timeout 120 sh -c 'until pgrep -xf "sleep 98765" > /dev/null; do sleep 0.1; done' || exit 3
    kill -9 $exec
    timeout 120 sh -c 'while pgrep -xf "sleep 98765" > /dev/null; do sleep 0.1; done'`,
  ]);
  assert.equal(killed.status, 0, `${killed.stdout}${killed.stderr}`);
  // Another of that name is refused, and the one that is there does not suffer.
  const twice = machine.run(lab('up', file, '--folder', `${folder}-2`));
  assert.match(twice.stderr, /LAB_EXISTS/);
  assert.equal(JSON.parse(machine.run(lab('status', '--json')).stdout).devices[0].agent.runs, true);

  const down = machine.run(lab('down'));
  assert.equal(down.status, 0, down.stderr);
  assert.deepEqual(machine.traces(), before);
  assert.equal(existsSync(folder), false);
  assert.deepEqual(groupsOf(name), []);
  const again = machine.run(lab('down'));
  assert.equal(again.status, 0, again.stderr);
  assert.match(again.stdout, /there is no lab/);
});

test('what is missing on the machine is said in one line with its package, before anything is made', async () => {
  await using machine = await Alone.begin();
  const before = machine.traces();
  machine.run(['sh', '-c', 'mount --bind /dev/null /usr/sbin/nft']);
  const up = machine.run(programWords('towline', ['lab', 'up', '--name', `m${process.pid}`]));
  assert.match(
    up.stderr,
    /LAB_MACHINE packages are missing: nftables \(Debian, Ubuntu: apt-get install nftables\)/,
  );
  machine.run(['umount', '/usr/sbin/nft']);
  assert.deepEqual(machine.traces(), before);
});
