/** An image that was made once: each device that boots from it makes keys of its own, with the token of its boot partition. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { baseRoot } from '../../../lab/root/base-root.ts';
import { healthy } from '../../../scripts/walk/first-fleet.ts';
import { Site } from './site.ts';

function must(command: string, ...words: string[]): string {
  const { status, stdout, stderr } = spawnSync(command, words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${words.join(' ')}: ${stderr}`);
  return stdout;
}

/** A bare Debian with something more in it. @returns what overlays take for it, without a place to write */
function layered(folder: string, change: (root: string) => void, below = baseRoot()): string {
  for (const part of ['upper', 'work', 'root']) mkdirSync(path.join(folder, part), { recursive: true });
  const root = path.join(folder, 'root');
  const layers = `lowerdir=${below},upperdir=${folder}/upper,workdir=${folder}/work`;
  must('mount', '-t', 'overlay', 'overlay', '-o', layers, root);
  try {
    change(root);
  } finally {
    must('umount', root);
  }
  return `${folder}/upper:${below}`;
}

describe('an image', () => {
  const site = new Site();
  let image: string;

  before(async () => {
    await site.set();
    image = layered(path.join(site.stage.folder, 'image'), root => {
      const said = must('sh', `${site.packages}/0.8.0/install.sh`, '--image-root', root);
      assert.match(said, /towline-token on its boot partition/);
      assert.deepEqual(readdirSync(path.join(root, 'var/lib/towline')), []);
    });
  });
  after(() => site[Symbol.asyncDispose]());

  test('makes devices of it: keys at their first boot, the token gone from the boot partition, the app runs', async () => {
    const keys: string[] = [];
    for (const id of ['pump-21', 'pump-22']) {
      const { token = '' } = await site.add(id);
      const own = layered(
        path.join(site.stage.folder, `${id}-card`),
        root => {
          mkdirSync(path.join(root, 'boot/firmware'), { recursive: true });
          writeFileSync(path.join(root, 'boot/firmware/towline-token'), `${token}\r\n`);
        },
        image,
      );
      const { machine, seat } = await site.device(id, own);
      const waiting = await seat.until(
        'journalctl --unit towline-first-boot --no-pager',
        /fingerprint {2}\S/,
      );
      // Nobody has accepted it yet: the boot is done, the partition has no token, the agent waits.
      assert.ok(!existsSync(machine.path('/boot/firmware/towline-token')));
      await seat.until('systemctl is-system-running', /running|degraded/);
      assert.match((await seat.types('systemctl is-active towline-agent')).screen, /inactive/);
      assert.equal(
        (await seat.types('stat -c %a:%U /var/lib/towline-first-boot/token')).screen.trim(),
        '600:root',
      );
      // Power goes while it waits.
      await seat.does('systemctl kill --signal=KILL towline-first-boot');
      await seat.until('systemctl show --property=NRestarts towline-first-boot', /=[1-9]/);
      await site.accept(id, /fingerprint {2}(\S+.*\S)/.exec(waiting)?.[1]?.trim() ?? '');
      await seat.until('systemctl is-active towline-agent', /^active/);
      assert.notEqual((await seat.types('ls /var/lib/towline-first-boot/token')).code, 0);
      const secret = token.slice(-40);
      const left = await seat.types(
        `journalctl --no-pager | grep -c ${secret}; grep -rl ${secret} /etc /boot /var/lib /run 2>/dev/null`,
      );
      assert.equal(left.screen.trim(), '0');
      keys.push((await seat.types('sha256sum /var/lib/towline/keys/ssh')).screen);
      if (id === 'pump-21') {
        await site.release(machine);
        await site.until(id, healthy('1.0.0'));
      }
    }
    assert.notEqual(keys[0], keys[1]);
  });

  test('by cloud-init it is the same: what user-data says installs, enrols and forgets the token', async () => {
    const added = await site.add('pump-23', '--cloud-init');
    const card = layered(path.join(site.stage.folder, 'pump-23-card'), root => {
      const seed = path.join(root, 'var/lib/cloud/seed/nocloud');
      mkdirSync(seed, { recursive: true });
      writeFileSync(path.join(seed, 'user-data'), added.userData ?? '');
      // Those of its modules that user-data asks for: others want a whole Debian.
      const modules = { init: ['write-files'], config: ['runcmd'], final: ['scripts-user'] };
      const lines = Object.entries(modules).map(([stage, names]) => `cloud_${stage}_modules: [${names}]\n`);
      mkdirSync(path.join(root, 'etc/cloud/cloud.cfg.d'), { recursive: true });
      writeFileSync(path.join(root, 'etc/cloud/cloud.cfg.d/99-few.cfg'), lines.join(''));
      writeFileSync(path.join(seed, 'meta-data'), 'instance-id: pump-23\nlocal-hostname: pump-23\n');
    });
    const { machine, seat } = await site.device('pump-23', card);
    machine.install('cloud-init', 'curl');
    // As it does at a boot.
    const stages = ['init --local', 'init', 'modules --mode=config', 'modules --mode=final'];
    await seat.does(stages.map(stage => `cloud-init ${stage}`).join(' && '));
    const waiting = await seat.until('journalctl --unit towline-first-boot --no-pager', /fingerprint {2}\S/);
    await site.accept('pump-23', /fingerprint {2}(\S+.*\S)/.exec(waiting)?.[1]?.trim() ?? '');
    await seat.until('systemctl is-active towline-agent', /^active/);
    assert.notEqual((await seat.types('ls /var/lib/towline-first-boot/token')).code, 0);
    // The port of the app is taken by the first of these machines, which share a network.
    await site.until('pump-23', /^outcome: /m);
    const secret = (added.token ?? '').slice(-40);
    const left = await seat.types(
      `journalctl --no-pager | grep -c ${secret}; grep -rl ${secret} /etc /run /var/log 2>/dev/null`,
    );
    assert.equal(left.screen.trim(), '0');
  });
});
