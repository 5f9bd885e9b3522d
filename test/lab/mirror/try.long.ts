/** `towline lab try` and `towline lab up --mirror` as a person types them, with a registry of production beside. */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { stringify } from 'yaml';
import { Daemon } from '../../../lab/machine/daemon.ts';
import { freePort } from '../../../lab/machine/free-port.ts';
import { findCommand, requireCommands } from '../../../lab/machine/packages.ts';
import { portAnswers } from '../../../lab/machine/port-answers.ts';
import { makeStandIns } from '../../../lab/mirror/made-stand-ins.ts';
import { RegistryStorage } from '../../../lab/mirror/registry-storage.ts';
import type { Files } from '../../../lab/rig/fleet-repository.ts';
import { claimedNames } from '../../../lab/sites/lab-state.ts';
import { digest, ProductionFleet, variable } from '../../rig/production-fleet.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const apiVersion = 'towline/v1';
const { signal } = new AbortController();
const name = `mirror-${process.pid % 100_000}`;

interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function lab(...words: readonly string[]): Promise<Said> {
  const command = [path.join(root, 'cli/main.ts'), 'lab', ...words];
  return new Promise(resolve => {
    execFile(process.execPath, command, { maxBuffer: 16 << 20 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr });
    });
  });
}

/** SIGINT when the branch comes in. */
async function brokenOff(...words: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [path.join(root, 'cli/main.ts'), 'lab', ...words], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (text.includes('comes in')) child.kill('SIGINT');
  });
  assert.deepEqual(await once(child, 'close'), [130, null]);
}

interface Tried {
  readonly exit: number;
  readonly devices: readonly {
    readonly device: string;
    readonly state: string;
    readonly outcome: string;
    readonly why?: string;
  }[];
}

describe('a branch of production, tried in a mirror of it', { timeout: 3_600_000 }, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'tl-production-'));
  let production: ProductionFleet;
  let daemon: Daemon;
  let address = '';

  before(async () => {
    requireCommands(['docker-registry']);
    const storage = new RegistryStorage(path.join(folder, 'images'));
    const image = (repository: string, letter: string) => ({
      repository: `acme/${repository}`,
      digest: digest(letter),
    });
    const made = await makeStandIns([image('web', '1'), image('library/tool', '3')], storage, signal);
    address = `127.0.0.1:${await freePort()}`;
    const config = path.join(folder, 'config.yml');
    const images = path.join(folder, 'images');
    writeFileSync(
      config,
      `version: 0.1\nlog: { level: warn }\nstorage: { filesystem: { rootdirectory: ${images} } }\nhttp: { addr: "${address}" }\n`,
    );
    daemon = new Daemon({
      command: findCommand('docker-registry') ?? 'docker-registry',
      arguments: ['serve', config],
      log: path.join(folder, 'log'),
      environment: { PATH: process.env.PATH ?? '', OTEL_TRACES_EXPORTER: 'none' },
    });
    await daemon.until(() => portAnswers(Number(address.split(':')[1])), 60_000);
    const web = { image: 'registry.acme.example/web:1', digest: made.get(digest('1')) };
    const command = ['sh', '-c', "trap 'exit 0' TERM; while :; do sleep 1000 & wait $$!; done"];
    const environment = { PLACE: variable('PLACE:-') };
    const compose = stringify({
      services: { web: { image: web.image, command, environment, secrets: ['token'] } },
      secrets: { token: { environment: 'TOKEN' } },
    });
    const tool = { image: `docker.io/library/tool@${made.get(digest('3'))}`, command };
    const files: Files = {
      'apps/web/releases/1.0.0/compose.yaml': compose,
      'apps/web/releases/1.0.0/app.yaml': stringify({
        ...{ apiVersion, update: { stablePeriod: '1s' }, secrets: ['secrets/web.env'] },
      }),
      'apps/web/releases/1.0.0/release.yaml': stringify({ apiVersion, version: '1.0.0', images: { web } }),
      'apps/tools/compose.yaml': stringify({ services: { tool } }),
      'rollouts/web/first.yaml': null,
    };
    production = await ProductionFleet.make();
    const { repository, signer } = production;
    await repository.commit({ files, signer });
    const main = await repository.head();
    const branch = (to: string, changes: Files) =>
      repository.commit({ branch: to, parents: [main], files: changes, signer });
    await branch('good', { 'groups/all.yaml': stringify({ apiVersion, variables: { PLACE: 'cellar' } }) });
    await branch('bad', {
      'apps/tools/compose.yaml': stringify({ services: { tool: { ...tool, cpuset: '1023' } } }),
    });
    await branch('broken', {
      'groups/all.yaml': stringify({ apiVersion, apps: { web: { release: '9.9.9' } } }),
    });
  });

  after(async () => {
    await lab('down', '--name', name);
    await daemon.stop(2000);
    await production.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const attempt = async (branch: string, ...more: readonly string[]) => {
    const said = await lab(
      'try',
      '--repo',
      production.repository.path,
      '--commit',
      branch,
      '--json',
      ...more,
    );
    const tried: Tried = JSON.parse(said.stdout);
    assert.equal(tried.exit, said.code, said.stderr);
    return tried;
  };

  it('runs production’s own images, by their digests, in a lab that is gone afterwards', async () => {
    const images = ['--images-from', address, '--insecure', address];
    const { exit, devices } = await attempt('good', ...images);
    assert.equal(exit, 0, JSON.stringify(devices));
    assert.deepEqual(
      devices.map(({ device, state }) => [device, state]),
      [
        ['a-1', 'healthy'],
        ['b-1', 'healthy'],
        ['c-1', 'healthy'],
      ],
    );
    assert.ok(!claimedNames().some(each => each.startsWith('try-')));
  });

  it('says in a mirror that stays what rolls back and why, what is refused, and what took too long', async () => {
    const mirror = ['--mirror', production.repository.path, '--commit', 'main', '--name', name];
    const up = await lab('up', ...mirror, '--stand-in-images', '--json');
    assert.equal(up.code, 0, up.stderr);
    const bad = await attempt('bad', '--name', name);
    assert.equal(bad.exit, 4);
    for (const { outcome, why } of bad.devices) {
      assert.equal(outcome, 'rolled-back');
      assert.match(why ?? '', /^tools: ENGINE_REFUSED: .*CPUs/);
    }
    assert.equal((await attempt('broken', '--name', name)).exit, 3);
    // Broken off by Ctrl-C once its commit is being made: the next one finds the base as it was.
    await brokenOff('try', '--repo', production.repository.path, '--commit', 'good', '--name', name);
    assert.equal((await attempt('good', '--name', name)).exit, 0);
    assert.equal((await attempt('bad', '--name', name, '--timeout', '1ms')).exit, 5);
    await lab('down', '--name', name);
    assert.ok(!claimedNames().includes(name));
  });

  it('makes nothing where images are not to be had, and says how they are', async () => {
    const said = await lab('try', '--repo', production.repository.path, '--commit', 'good');
    assert.equal(said.code, 1);
    assert.match(said.stderr, /MIRROR_IMAGES[\s\S]*--stand-in-images/);
    assert.ok(!claimedNames().some(each => each.startsWith('try-')));
  });
});
