/** An app that takes over what docker compose runs leaves no desk for a device whose own file does not allow it. */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { beginAnew, helloFolder, makeReleasedFleet } from '../fleet.ts';
import { git, towline } from '../towline.ts';

test('validate refuses it, and so does the hook before a push; with the word of the device’s own file both let it pass', async () => {
  await using fleet = await makeReleasedFleet();
  const bare = path.join(fleet.folder, 'bare.git');
  await git(fleet.folder, 'init', '-q', '--bare', '-b', 'main', bare);
  await fleet.git('remote', 'add', 'origin', bare);
  const push = () => fleet.git('push', '-q', 'origin', 'HEAD:refs/heads/main').then(() => '', String);
  const app = `${helloFolder}/app.yaml`;
  const text = await readFile(path.join(fleet.directory, app), 'utf8').catch(
    () => 'apiVersion: towline/v1\n',
  );
  await fleet.write(app, `${text.trimEnd()}\nadopt: true\n`);
  await beginAnew(fleet);
  const refused = await towline(['validate', fleet.directory]);
  assert.equal(refused.code, 1);
  const said =
    /apps\/hello\/releases\/1\.0\.0\/app\.yaml:\d+:\d+ ENGINE_ADOPT_REFUSED .*engine: \{ adopt: \[hello\] \}/;
  assert.match(refused.output, said);
  assert.match(await push(), said);
  const devices = path.join(fleet.directory, 'devices');
  const files = (await readdir(devices, { recursive: true })).filter(name => name.endsWith('.yaml'));
  for (const name of files) {
    const device = await readFile(path.join(devices, name), 'utf8');
    await fleet.write(`devices/${name}`, `${device.trimEnd()}\nengine: { adopt: [hello] }\n`);
  }
  await fleet.git('add', '--all');
  await fleet.git('commit', '-q', '-m', 'Take hello over');
  const taken = await towline(['validate', fleet.directory]);
  assert.equal(taken.code, 0, taken.output);
  assert.equal(await push(), '');
});
