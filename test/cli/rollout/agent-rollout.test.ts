/** An agent walks through the fleet from a desk: listed by root, assigned, moved stage by stage by what devices say of it, finished. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { instantOf } from '../../../core/rollout/board.ts';
import type { StatusFile } from '../../../schemas/types.generated.ts';
import { madeFile } from '../../gateway/agents/rig.ts';
import { packageFolder } from '../agents/packaged.ts';
import { rolloutDesk } from './rollout-desk.ts';

type Agent = StatusFile['agent'];

describe('an agent that walks through the fleet', () => {
  const ready = rolloutDesk();
  after(async () => (await ready)[Symbol.asyncDispose]());
  const file = 'rollouts/_agent/0.2.0.yaml';

  /** A device follows main's head, and says this of its agent. */
  const says = async (device: string, agent: Agent) => {
    const desk = await ready;
    const head = (await desk.head()).trim();
    await desk.tells(device, {
      ...{ time: instantOf(Date.now()), trusted: { commit: head }, followed: head, projects: [], agent },
    });
  };
  const step = async () => {
    // A hold of nothing is a second.
    await delay(1_100);
    const desk = await ready;
    return await desk.says('rollout', 'step', '--all', '--telemetry', desk.telemetry);
  };
  const wanted = { version: '0.2.0' };

  test('root lists two versions, each with the next version of the policy; one that is there is not replaced', async () => {
    const desk = await ready;
    const folders = ['0.1.0', '0.2.0'].map(async version => {
      const folder = path.join(desk.fleet.folder, `towline-${version}`);
      return await packageFolder(folder, version, { agent: madeFile(2_000, version.slice(2, 3)) });
    });
    const [first = '', second = ''] = await Promise.all(folders);
    const policy = Number(/^version: (\d+)$/m.exec(await desk.atMain('trust/policy.yaml'))?.[1]);
    assert.match(await desk.says('agents', 'add', first), /agent 0\.1\.0 is listed, for linux\/amd64/);
    await desk.says('agents', 'add', second);
    assert.match(await desk.says('agents', 'add', second), /agent 0\.2\.0 is listed already/);
    assert.match(await desk.atMain('trust/policy.yaml'), new RegExp(`^version: ${policy + 2}$`, 'm'));
    const other = { agent: madeFile(3_000, 'z') };
    const taken = await desk.does(
      ...['agents', 'add', await packageFolder(path.join(desk.fleet.folder, 'other'), '0.2.0', other)],
    );
    assert.match(taken.errors, /AGENT_VERSION_TAKEN trust\/agents\/0\.2\.0\.yaml/);
    assert.match(await desk.says('trust', 'check'), /./);
  });

  test('a version that nobody has listed is assigned to no device, nor moved to', async () => {
    const desk = await ready;
    const refused = await desk.does(...['rollout', 'start', '_agent', '0.9.0', '--from', '0.1.0']);
    assert.match(refused.errors, /AGENT_VERSION_UNLISTED/);
    const text = await desk.atMain('fleet.yaml');
    await desk.commits({ 'fleet.yaml': `${text}\nagent: { version: 0.9.0 }\n` });
    const checked = await desk.does('validate');
    assert.equal(checked.code, 1);
    assert.match(checked.output + checked.errors, /fleet\.yaml.* AGENT_VERSION_UNLISTED/);
    await desk.commits({ 'fleet.yaml': `${text}\nagent: { version: 0.1.0 }\n` });
    assert.equal((await desk.does('validate')).code, 0);
  });

  test('plan says who takes it, and whose agent does not update itself', async () => {
    const desk = await ready;
    const start = ['rollout', 'start', '_agent', '0.2.0', '--from', '0.1.0'];
    const stages = ['--stages', 'canary:group=canary:0s,all'];
    assert.match(await desk.says(...start, ...stages), /_agent\/0\.2\.0 begins/);
    assert.match(await desk.atMain(file), /^agent: true$/m);
    await says('pump-1', { version: '0.1.0', platform: 'linux/amd64', node: '24.0.0' });
    await says('pump-2', { version: '0.1.0', platform: 'linux/arm64', node: '24.0.0' });
    await says('pump-3', { version: '0.0.9' });
    await desk.fleet.git('pull', '-q', '--ff-only');
    const planned = await desk.says('rollout', 'plan', '0.2.0', '--telemetry', desk.telemetry);
    assert.match(planned, /1 +canary +2 +2 +0s +bot +pump-1, pump-2/);
    assert.match(planned, /look pump-2 – it is for linux\/amd64, not for linux\/arm64/);
    assert.match(planned, /look pump-3 – its agent, 0\.0\.9, does not update itself/);
  });

  test('a stage opens when its devices run it and it may stay, not while it is tried', async () => {
    const desk = await ready;
    const ready1 = { version: '0.2.0', wanted } as const;
    await says('pump-1', ready1);
    await says('pump-2', { version: '0.2.0', wanted, update: { version: '0.2.0', phase: 'trying' } });
    await step();
    assert.match(await desk.atMain(file), /^stage: 1$/m);
    await says('pump-2', ready1);
    await step();
    assert.match(await desk.atMain(file), /^stage: 2$/m);
    const status = await desk.says('rollout', 'status', '0.2.0', '--telemetry', desk.telemetry);
    assert.match(status, /_agent\/0\.2\.0/);
  });

  test('one that was refused is a failure: the bot pauses, and names the device and why', async () => {
    const desk = await ready;
    const update = {
      version: '0.2.0',
      phase: 'refused',
      code: 'AGENT_UPDATE_SILENT',
      message: 'it could not report',
    } as const;
    await says('pump-3', { version: '0.1.0', wanted, update });
    await step();
    const text = await desk.atMain(file);
    assert.match(text, /^paused: true$/m);
    assert.match(text, /pump-3 \(failed: AGENT_UPDATE_SILENT: it could not report\)/);
  });

  test('finish assigns it in fleet.yaml: no device wants another one by that', async () => {
    const desk = await ready;
    const ended = await desk.does('rollout', 'finish', '0.2.0', '--telemetry', desk.telemetry);
    assert.equal(ended.code, 0, ended.errors);
    assert.match(await desk.atMain('fleet.yaml'), /^agent: \{ ?version: 0\.2\.0 ?\}$/m);
    assert.equal((await desk.does('validate')).code, 0);
  });
});
