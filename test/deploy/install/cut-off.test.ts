/** An installation that ends in the middle, at any step of it: what ran before runs, whole, and the next one ends the work. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { findCommand, requireCommands } from '../../../lab/machine/packages.ts';
import { SmallDisk } from '../../rig/small-disk.ts';
import { honest, PartServer } from './part-server.ts';
import { runsOn, StandIn, type Version, versionsOn } from './stand-in.ts';

/** Those that change something. */
const changing = ['tar', 'mv', 'ln', 'chmod', 'mkdir', 'cp', 'rm', 'systemd-sysusers', 'systemctl'] as const;

describe('an installation that is cut off', () => {
  let made: StandIn;
  let one: Version;
  let two: Version;
  let big: Version;
  const installed = (name: string, version = one) => {
    const root = made.root(name);
    const done = made.run(version, ['--from', made.folder, '--root', root]);
    assert.equal(done.status, 0, done.stderr);
    writeFileSync(path.join(root, 'etc/towline/agent.yaml'), 'kept\n');
    return root;
  };

  before(() => {
    requireCommands(['systemd-sysusers', 'systemctl', 'curl']);
    made = new StandIn();
    one = made.version('one');
    two = made.version('two');
    big = made.version('big', { padding: randomBytes(6_000_000) });
  });
  after(() => made[Symbol.dispose]());

  test('by SIGKILL at each command that changes something: the old or the new is there, whole, and once more is enough', () => {
    const root = installed('killed');
    const shims = path.join(made.folder, 'shims');
    mkdirSync(shims);
    const count = path.join(made.folder, 'count');
    for (const name of changing) {
      const real = findCommand(name) ?? '';
      const shim = `#!/bin/sh
n=$(($(cat ${count}) + 1))
echo "$n" >${count}
[ "$n" -ne "$CUT_AT" ] || { kill -KILL "$PPID"; exit 1; }
exec ${real} "$@"
`;
      writeFileSync(path.join(shims, name), shim, { mode: 0o755 });
    }
    const cutAt = (step: number) => {
      writeFileSync(count, '0');
      const version = runsOn(root) === 'one' ? two : one;
      return made.run(version, ['--from', made.folder, '--root', root], {
        environment: { PATH: `${shims}:${process.env.PATH}`, CUT_AT: `${step}` },
      });
    };
    assert.equal(cutAt(0).status, 0);
    const steps = Number(readFileSync(count, 'utf8'));
    assert.ok(steps > 20, `${steps}`);
    for (let step = 1; step <= steps; step += 4) {
      cutAt(step);
      assert.match(runsOn(root) ?? 'nothing', /^(one|two)$/, `step ${step}`);
    }
    assert.equal(cutAt(0).status, 0);
    assert.equal(versionsOn(root).length, 1);
    assert.ok(!existsSync(path.join(root, 'var/cache/towline-install')));
  });

  test('by Ctrl-C while it fetches: at once, with what ran before, and nothing half beside it', async () => {
    const root = installed('interrupted');
    await using server = await PartServer.start();
    for (const sha256 of big.parts.values()) server.bytes.set(sha256, made.part(sha256));
    let began = () => {};
    server.answer = (request, response, bytes) => {
      if (bytes === undefined || bytes.length < 1_000_000) return honest(request, response, bytes);
      response.writeHead(200, { 'content-length': bytes.length });
      response.write(bytes.subarray(0, 500_000), () => began());
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      const fetching = new Promise<void>(resolve => {
        began = resolve;
      });
      const words = [made.script(big), '--from', server.url, '--root', root];
      const child = spawn('sh', words, { stdio: 'ignore', detached: true });
      const ended = new Promise<number | null>(resolve => child.once('close', resolve));
      await fetching;
      process.kill(-(child.pid ?? 0), signal);
      assert.equal(await ended, 130, signal);
      assert.equal(runsOn(root), 'one');
      assert.equal(versionsOn(root).length, 1);
    }
  });

  test('by another one that is under way: the second ends at once, and the first is not disturbed', () => {
    const root = installed('twice-at-once');
    const cache = path.join(root, 'var/cache/towline-install');
    mkdirSync(cache, { mode: 0o700 });
    const install = `sh ${made.script(two)} --from ${made.folder} --root ${root}`;
    const second = spawnSync('flock', [path.join(cache, 'lock'), '-c', install], { encoding: 'utf8' });
    assert.equal(second.status, 1);
    assert.match(second.stderr, /another installation is under way here/);
    assert.equal(runsOn(root), 'one');
    assert.equal(made.run(two, ['--from', made.folder, '--root', root]).status, 0);
  });

  test('by a full disk: what ran before runs, it says so, and with room it goes on', () => {
    const root = made.root('full');
    mkdirSync(path.join(root, 'usr/lib'), { recursive: true });
    const disk = new SmallDisk(path.join(root, 'usr/lib'), 4);
    try {
      const first = made.run(one, ['--from', made.folder, '--root', root]);
      assert.equal(first.status, 0, first.stderr);
      const full = made.run(big, ['--from', made.folder, '--root', root]);
      assert.equal(full.status, 6, full.stderr);
      assert.match(full.stderr, /cannot be unpacked.*nothing was changed/);
      assert.equal(runsOn(root), 'one');
      assert.equal(versionsOn(root).length, 1);
      assert.equal(made.run(two, ['--from', made.folder, '--root', root]).status, 0);
      assert.equal(runsOn(root), 'two');
    } finally {
      disk[Symbol.dispose]();
    }
    const cache = path.join(root, 'var/cache');
    rmSync(cache, { recursive: true });
    mkdirSync(cache);
    const small = new SmallDisk(cache, 2);
    try {
      const full = made.run(big, ['--from', made.folder, '--root', root]);
      assert.equal(full.status, 6, full.stderr);
      assert.match(full.stderr, /nothing was changed/);
    } finally {
      small[Symbol.dispose]();
    }
  });
});
