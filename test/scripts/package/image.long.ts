import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { waitUntil } from '../../../lab/fleet/wait-until.ts';
import { type Engine, ensureEngine } from '../../../lab/machine/engine.ts';
import { makeGpgKey, makeSshKey } from '../../../lab/rig/keys.ts';
import { madePackages, root, run } from './made.ts';

const image = 'towline-gateway:0.1.0';
async function makeFleet(folder: string): Promise<void> {
  const [gpg, ssh] = [await makeGpgKey(), await makeSshKey()];
  try {
    const who = ['--name', 'acme', '--person', 'alice', '--gpg-key', gpg.fingerprint];
    const words = [
      'init',
      folder,
      ...who,
      '--operator-key',
      `${ssh.file}.pub`,
      '--gateway',
      '127.0.0.1:8443',
    ];
    run(path.join(root, 'bin/towline'), words, { GNUPGHOME: gpg.home, GIT_CONFIG_NOSYSTEM: '1' });
  } finally {
    await gpg.remove();
    await ssh.remove();
  }
}

/** As docs/guides/packages.md has them. */
const hardened = [
  '--read-only',
  '--tmpfs',
  '/tmp',
  '--cap-drop',
  'ALL',
  '--security-opt',
  'no-new-privileges',
];

describe("the gateway's image", () => {
  let folder: string;
  let engine: Engine;
  const name = `towline-gateway-${process.pid}`;
  const docker = (...words: string[]) => run('docker', words, { DOCKER_HOST: `unix://${engine.socket}` });
  const mounts = () => [
    '--volume',
    `${folder}/state:/var/lib/towline-gateway`,
    '--volume',
    `${folder}/etc:/etc/towline`,
    '--volume',
    `${folder}/fleet:/etc/towline/fleet`,
  ];

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'towline-image-'));
    engine = await ensureEngine();
    const packages = madePackages('amd64');
    const archive = readdirSync(packages).find(file => /^towline-gateway-image_.*_amd64\.tar$/.test(file));
    assert.match(docker('load', '--input', path.join(packages, archive ?? '')), /towline-gateway:0\.1\.0/);
    for (const place of ['state', 'etc', 'fleet']) mkdirSync(path.join(folder, place));
    await makeFleet(path.join(folder, 'fleet'));
    run('chown', ['--recursive', '10001:10001', folder]);
  });
  after(async () => {
    spawnSync('docker', ['rm', '--force', name], {
      env: { ...process.env, DOCKER_HOST: `unix://${engine.socket}` },
    });
    await engine.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('makes a gateway, runs it as no root on a root that is read-only, and is healthy by its own word', async () => {
    const init = [
      ...[
        'run',
        '--rm',
        '--network',
        'none',
        ...hardened,
        ...mounts(),
        '--entrypoint',
        '/usr/bin/towline',
        image,
      ],
      ...['gateway', 'init', '--address', 'gateway.example.com:8443', '--repo', '/etc/towline/fleet'],
    ];
    const made = docker(...init);
    assert.match(made, /tlsPins/);
    docker('run', '--detach', '--name', name, '--network', 'none', ...hardened, ...mounts(), image);
    const health = () =>
      docker('inspect', '--format', '{{.State.Health.Status}} {{.State.Status}}', name).trim();
    const seen = await waitUntil(
      'the image to say how it is',
      () => {
        const said = health();
        return said === 'starting running' ? undefined : said;
      },
      { timeoutMs: 300_000, intervalMs: 500 },
    );
    assert.equal(seen, 'healthy running', docker('logs', name));
    assert.match(docker('top', name, '-o', 'uid,pid'), /^10001 /m);
    assert.match(docker('exec', name, '/usr/bin/git', '--version'), /^git version 2/);
    docker('stop', '--time', '30', name);
    assert.equal(
      docker('inspect', '--format', '{{.State.ExitCode}}', name).trim(),
      '0',
      docker('logs', name),
    );
  });

  test('has what a gateway starts: git over https and ssh, flock, a shell', () => {
    const inside = (...command: string[]) => {
      const [entry = '', ...rest] = command;
      return spawnSync(
        'docker',
        ['run', '--rm', '--network', 'none', ...hardened, '--entrypoint', entry, image, ...rest],
        {
          encoding: 'utf8',
          env: { ...process.env, DOCKER_HOST: `unix://${engine.socket}` },
        },
      );
    };
    assert.match(
      inside('/usr/bin/git', 'ls-remote', 'https://127.0.0.1:1/x.git').stderr,
      /Failed to connect|Couldn't connect/,
    );
    assert.match(
      inside('/usr/bin/git', 'ls-remote', 'ssh://127.0.0.1/x.git').stderr,
      /ssh: connect to host 127\.0\.0\.1/,
    );
    assert.equal(
      inside('/usr/bin/sh', '-c', 'exec 3>/tmp/lock && flock -n 3 && echo locked').stdout,
      'locked\n',
    );
    assert.equal(inside('/usr/bin/sh', '-c', 'echo no > /usr/bin/x').status, 2);
  });
});
