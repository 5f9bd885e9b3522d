/** The gateway is killed around a step of its bot: main has it whole or not at all, and the next one makes it once. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { isLong } from '../../rig/every.ts';
import { RollingGateway } from './rolling-gateway.ts';

/** After the word that lets the stage open, milliseconds: it looks every 200, and a push takes some hundred. */
const moments = isLong ? Array.from({ length: 16 }, (_, at) => 40 * at) : [150, 350];

let rolling: RollingGateway;

before(async () => {
  rolling = await RollingGateway.start();
});
after(() => rolling[Symbol.asyncDispose]());

test('a gateway that is killed around a step leaves none half made, and none twice', async () => {
  const { fleet } = rolling;
  for (const [at, moment] of moments.entries()) {
    const file = `rollouts/hello/r${at}.yaml`;
    const text = [
      'apiVersion: towline/v1\napp: hello\nfrom: [1.4.2]\nto: 1.5.0\nstages:',
      '  - { name: canary, select: { groups: [canary] } }\n  - { name: all, select: { all: true } }',
      `stage: 1\nsince: "${new Date(Date.now() - 60_000).toISOString().slice(0, 19)}Z"\n`,
    ].join('\n');
    const { repository, operator: signer } = fleet.fleet;
    await repository.git(['fetch', '-q', `${fleet.fleet.folder}/state/fleet.git`, '+main:main']);
    const old = at === 0 ? {} : { [`rollouts/hello/r${at - 1}.yaml`]: null };
    await repository.commit({ signer, files: { [file]: text, ...old } });
    const pushed = await fleet.fleet.push(rolling.program);
    assert.equal(pushed.code, 0, pushed.stderr);
    const before = Number(
      await fleet.log('--format=%H', 'refs/heads/main').then(lines => lines.split('\n').length),
    );
    await rolling.reports('pump-1', '1.5.0');
    await delay(moment);
    await rolling.kill();
    const after = await fleet.atMain(file);
    assert.match(after, /^stage: [12]$/m);
    await rolling.startAgain();
    for (let tries = 0; tries < 200 && !/^stage: 2$/m.test(await fleet.atMain(file)); tries += 1)
      await delay(100);
    assert.match(await fleet.atMain(file), /^stage: 2$/m);
    // It looks again, and finds nothing to do.
    await delay(500);
    const count = (await fleet.log('--format=%H', 'refs/heads/main')).split('\n').length;
    assert.equal(count, before + 1, `killed after ${moment} ms`);
  }
});
