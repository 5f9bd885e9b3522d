/** What docs/guides/rollouts.md has to be typed goes as it is written, in a fresh fleet with a gateway. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { Desk } from '../../cli/tunnel/tunnel-desk.ts';
import { guideLine } from '../../rig/guide-line.ts';
import { helloFiles, RollingGateway } from './rolling-gateway.ts';

let rolling: RollingGateway;
let desk: Desk;

before(async () => {
  rolling = await RollingGateway.start();
  desk = await rolling.fleet.desk('alice');
  for (const id of ['pump-1', 'pump-2', 'pump-3']) await rolling.reports(id, '1.4.2');
});
after(() => rolling[Symbol.asyncDispose]());

async function typed(begins: string, instead?: Readonly<Record<string, string>>): Promise<string> {
  const [, ...words] = guideLine('rollouts', begins, instead);
  const { code, output, errors } = await desk.does(...words);
  assert.equal(code, 0, `${begins}: ${output}${errors}`);
  return output;
}

test('each line of the guide, one after the other', async () => {
  const guide = await readFile(path.join(import.meta.dirname, '../../../docs/guides/rollouts.md'), 'utf8');
  const [, written = ''] = /^```yaml\n# rollouts\/hello\/hello-1\.5\.yaml\n(.*?)^```$/ms.exec(guide) ?? [];
  // Of three devices a tenth is nobody.
  const draft = written.replace('percent: 10', 'percent: 40');
  await writeFile(path.join(desk.directory, 'hello-1.5.yaml'), draft);
  const planned = await typed('towline rollout plan hello-1.5.yaml');
  assert.match(planned, /2 +tenth +1 +2 +1d +bot +pump-3\n +3 +all +1 +3 +– +people +pump-2\n/);
  assert.match(await typed('towline rollout start hello 1.5.0'), /hello\/hello-1\.5 begins/);
  assert.match(await typed('towline rollout status'), /next: waits for devices/);
  await typed('towline rollout pause');
  await typed('towline rollout resume');
  assert.match(await typed('towline rollout promote'), /stage 2 of 2, all is open/);
  assert.match(await typed('towline rollout abort'), /3 devices go back: pump-1, pump-2, pump-3/);
  const { repository, operator: signer, folder } = rolling.fleet.fleet;
  await repository.git(['fetch', '-q', `${folder}/state/fleet.git`, '+main:main']);
  await repository.commit({ signer, files: helloFiles('1.5.1') });
  assert.equal((await rolling.fleet.fleet.push(rolling.program)).code, 0);
  await typed('towline rollout start hello 1.5.1');
  const { output } = await desk.does('rollout', 'status');
  assert.match(output, /^hello\/hello-1\.5:.*\n(?: .*\n)* +next: superseded by hello-1\.5\.1$/m);
  const [, ...finish] = guideLine('rollouts', 'towline rollout finish');
  assert.match(
    (await desk.does(...finish)).errors,
    /ROLLOUT_NOT_OPEN hello-1\.5\.1 supersedes hello\/hello-1\.5: /,
  );
  await typed('towline rollout finish', { 'hello-1.5': 'hello-1.5.1' });
  assert.match((await desk.does('rollout', 'status')).output, /^no rollouts$/m);
  assert.match(await rolling.fleet.atMain('groups/stable.yaml'), /release: 1\.5\.1/);
});
