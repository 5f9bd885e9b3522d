import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { git } from '../../../cli/desk/git.ts';
import { commandFolder } from '../../../lab/machine/programs.ts';
import { makeSshKey } from '../../../lab/rig/keys.ts';
import { makeFleet } from '../fleet.ts';
import { run, temporaryFolder, towlineProcess as towline } from '../towline.ts';

const command = path.join(commandFolder, 'towline');

/** Runs towline, tells it to stop once `ready` holds. @returns how it ended, and within which time */
async function stopped(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  signal: 'SIGINT' | 'SIGTERM',
  ready: () => Promise<boolean>,
): Promise<{ code: number | null; errors: string }> {
  const child = spawn(command, args, {
    env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null', ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString('utf8');
  });
  const ended = new Promise<number | null>(resolve => child.once('close', resolve));
  while (!(await ready())) {
    assert.equal(child.exitCode, null, errors);
    await delay(20);
  }
  child.kill(signal);
  return { code: await ended, errors };
}

const has = async (folder: string, name: string) => (await readdir(folder)).includes(name);

/** A program that signs nothing: it says that it was asked, then fails or waits to be ended. */
async function makeSigner(folder: string, then: string): Promise<Record<string, string>> {
  const bin = path.join(folder, 'bin');
  await mkdir(bin);
  await writeFile(path.join(bin, 'ssh-keygen'), `#!/bin/sh\n: > ${folder}/asked\n${then}\n`);
  await chmod(path.join(bin, 'ssh-keygen'), 0o755);
  return { PATH: `${bin}:${process.env.PATH}` };
}

describe('towline init that does not come to its end', () => {
  for (const place of ['a folder that is not there yet', 'an empty folder', 'a folder of a folder']) {
    test(`because nothing could be signed leaves ${place} as it was: the retry makes the fleet`, async () => {
      const key = await makeSshKey();
      const folder = await temporaryFolder();
      try {
        const below = path.join(folder.path, 'below');
        await mkdir(below);
        const deep = place === 'a folder of a folder' ? ['a', 'b'] : [];
        const directory = path.join(below, ...deep, 'fleet');
        if (place === 'an empty folder') await mkdir(directory);
        const before = await readdir(below, { recursive: true });
        const args = ['init', directory, '--name', 'acme', '--ssh-key', key.file, '--gateway', 'gw:8443'];
        const failed = await towline(args, await makeSigner(folder.path, 'exit 1'));
        assert.equal(failed.code, 1);
        assert.match(failed.errors, /^CLI_SIGNING /);
        assert.ok(await has(folder.path, 'asked'));
        assert.deepEqual(await readdir(below, { recursive: true }), before);
        const again = await towline(args);
        assert.equal(again.code, 0, again.errors);
        assert.equal((await towline(['validate', directory])).code, 0);
        assert.deepEqual(await readdir(path.dirname(directory)), ['fleet']);
      } finally {
        await folder.remove();
        await key.remove();
      }
    });
  }

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    test(`because of ${signal} ends with 130 and leaves nothing`, async () => {
      const key = await makeSshKey();
      const folder = await temporaryFolder();
      try {
        const below = path.join(folder.path, 'below');
        await mkdir(below);
        const environment = await makeSigner(folder.path, 'exec sleep 20');
        const args = ['init', path.join(below, 'fleet'), '--name', 'acme', '--ssh-key', key.file];
        const { code, errors } = await stopped([...args, '--gateway', 'gw:8443'], environment, signal, () =>
          has(folder.path, 'asked'),
        );
        assert.equal(code, 130, errors);
        assert.equal(errors, '');
        assert.deepEqual(await readdir(below), []);
      } finally {
        await folder.remove();
        await key.remove();
      }
    });
  }
});

describe('a verb that waits for a gateway', () => {
  test('ends at once with 130 when it is told to stop, and its temporary folder is gone', async () => {
    await using fleet = await makeFleet();
    let asked = false;
    const server = createServer(socket => {
      asked = true;
      socket.on('error', () => undefined);
    }).listen(0, '127.0.0.1');
    await new Promise(resolve => server.once('listening', resolve));
    try {
      const address = server.address();
      assert.ok(address !== null && typeof address === 'object');
      const temporary = path.join(fleet.folder, 'tmp');
      await mkdir(temporary);
      const url = `git://127.0.0.1:${address.port}/telemetry.git`;
      const args = ['status', '--repo', fleet.directory, '--telemetry', url];
      const { code, errors } = await stopped(args, { TMPDIR: temporary }, 'SIGINT', async () => asked);
      assert.equal(code, 130, errors);
      assert.deepEqual(await readdir(temporary), []);
    } finally {
      server.close();
    }
  });

  test('such as a registry that never answers ends so, too', async () => {
    await using fleet = await makeFleet();
    let asked = false;
    const server = createServer(socket => {
      asked = true;
      socket.on('error', () => undefined);
    }).listen(0, '127.0.0.1');
    await new Promise(resolve => server.once('listening', resolve));
    try {
      const address = server.address();
      assert.ok(address !== null && typeof address === 'object');
      await fleet.write(
        'apps/hello/compose.yaml',
        `services:\n  web:\n    image: 127.0.0.1:${address.port}/hello:1\n`,
      );
      const args = ['release', 'hello', '1.1.0', '--repo', fleet.directory];
      const { code, errors } = await stopped(args, {}, 'SIGINT', async () => asked);
      assert.equal(code, 130, errors);
      assert.ok(!(await has(path.join(fleet.directory, 'apps/hello'), 'releases')));
    } finally {
      server.close();
    }
  });
});

describe('git', () => {
  test('that hangs is ended in time, and says so', async () => {
    const folder = await temporaryFolder();
    try {
      const hang = git(['-c', 'alias.hang=!exec sleep 20', 'hang'], {
        directory: folder.path,
        timeoutMs: 300,
      });
      await assert.rejects(hang, /no answer within 0\.3 s/);
    } finally {
      await folder.remove();
    }
  });

  test('that is not installed is said at once', async () => {
    const main = path.resolve(import.meta.dirname, '../../../cli/main.ts');
    const { code, errors } = await run(process.execPath, [main, 'validate'], { PATH: '/nonexistent' }, '/');
    assert.equal(code, 1);
    assert.match(errors, /^CLI_GIT git cannot be run: /m);
  });
});
