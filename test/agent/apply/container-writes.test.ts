/** A container that writes wherever it can: into the repository's files, and into what is to be removed later. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { projectFolders } from '../../../agent/projects/project-folders.ts';
import type { MountModel } from '../../../core/compose/value/model.ts';
import { makeProject, type ProjectInput } from '../../../lab/rig/desired.ts';
import { buildImages } from '../../../lab/rig/device-images.ts';
import { DeviceRig } from '../../../lab/rig/device-rig.ts';

let images: Awaited<ReturnType<typeof buildImages>>;
let shared: DeviceRig;
let rig: DeviceRig;

before(async () => {
  shared = await DeviceRig.start();
  images = await buildImages(shared);
});
after(async () => {
  await shared.images.forget();
  await shared[Symbol.asyncDispose]();
});
beforeEach(async () => {
  rig = await DeviceRig.start();
});
afterEach(() => rig[Symbol.asyncDispose]());

const project = (input: ProjectInput) => makeProject(rig.project, input);
const bind = (source: string, target: string): MountModel => ({
  type: 'bind',
  source: `/project/${source}`,
  target,
  bind: {},
});
const shell = (service: string, script: string) =>
  rig.exec(`${rig.project}-${service}-1`, ['/bin/sh', '-c', script]);

/** Bytes of the repository's files on the device, by path below the trees. */
function treeTexts(): string[] {
  const { files } = projectFolders({ stateDirectory: rig.stateDirectory }, rig.project);
  return readdirSync(files, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => `${entry.name}=${readFileSync(path.join(entry.parentPath, entry.name), 'utf8')}`)
    .sort();
}

const writers: readonly (readonly [name: string, script: string])[] = [
  ['a changed file', 'echo evil > /conf/app.ini'],
  ['a file added', 'echo evil > /conf/more.ini'],
  ['a file removed', 'rm /conf/app.ini'],
  ['another mode', 'chmod 777 /conf/app.ini'],
  ['another owner', 'chown 1:1 /conf'],
  ['a single file that is mounted', 'echo evil > /single.ini'],
  ['a link in place of a folder', 'mv /conf/sub /conf/old && ln -s / /conf/sub'],
  ['a folder that only root can open', 'mkdir /conf/closed && chmod 700 /conf/closed'],
  ['the mount made writable', 'mount -o remount,rw /conf && echo evil > /conf/app.ini'],
];

test('no container changes what the repository says, whatever it tries; others see what they should', async () => {
  const desired = project({
    services: {
      writer: { image: images.worker, volumes: [bind('conf', '/conf'), bind('conf/app.ini', '/single.ini')] },
      reader: { image: images.worker, volumes: [bind('conf', '/etc/conf')] },
      heir: {
        image: images.worker,
        volumes_from: ['writer:rw'],
        depends_on: { writer: { condition: 'service_started', required: true } },
      },
    },
    files: { 'conf/app.ini': 'level: 1\n', 'conf/sub/deep.ini': 'x\n' },
  });
  assert.equal((await rig.pass([desired])).outcome.outcome, 'applied');
  const was = treeTexts();
  for (const service of ['writer', 'heir']) {
    for (const [name, script] of writers) {
      assert.notEqual(await shell(service, script), 0, `${service}: ${name}`);
      assert.deepEqual(treeTexts(), was, `${service}: ${name}`);
    }
  }
  assert.equal(await shell('reader', 'test "$(cat /etc/conf/app.ini)" = "level: 1"'), 0);
  assert.equal((await rig.pass([desired])).outcome.outcome, 'unchanged');
});

test('what is mounted inside a folder of the repository finds its place there, and can be written', async () => {
  const desired = project({
    services: {
      app: {
        image: images.worker,
        volumes: [
          bind('app', '/app'),
          bind('app/data', '/app/data'),
          bind('other.ini', '/app/made/other.ini'),
          { type: 'volume', source: 'cache', target: '/app/cache', volume: {} },
          { type: 'tmpfs', target: '/app/run/deep', tmpfs: {} },
        ],
        tmpfs: ['/app/scratch:size=1m'],
        configs: [{ source: 'settings', target: '/app/conf/settings.ini' }],
      },
    },
    volumes: { cache: {} },
    configs: { settings: { content: 'c=1\n' } },
    files: { 'app/main.ini': 'm\n', 'app/conf/there.ini': 't\n', 'other.ini': 'o\n' },
  });
  const { outcome } = await rig.pass([desired]);
  assert.equal(outcome.outcome, 'applied', JSON.stringify(outcome.projects));
  const script =
    'for f in data cache run/deep scratch; do echo x > /app/$f/x || exit 1; done; cat /app/conf/settings.ini /app/conf/there.ini /app/made/other.ini';
  assert.equal(await shell('app', script), 0);
  assert.equal((await rig.pass([desired])).outcome.outcome, 'unchanged');
});

test('after the app is gone its passes are no failures, and what it kept as data stays', async () => {
  const desired = project({
    services: { app: { image: images.worker, volumes: [bind('conf', '/conf'), bind('data', '/data')] } },
    files: { 'conf/app.ini': 'level: 1\n' },
  });
  await rig.pass([desired]);
  assert.equal(
    await shell('app', 'mkdir /data/closed && chmod 700 /data/closed && echo x > /data/closed/x'),
    0,
  );
  const gone = await rig.pass([]);
  assert.deepEqual([gone.outcome.outcome, gone.outcome.leftovers], ['applied', []]);
  assert.equal((await rig.pass([])).outcome.outcome, 'unchanged');
  assert.deepEqual(readdirSync(path.join(rig.stateDirectory, 'leftovers')), []);
});
