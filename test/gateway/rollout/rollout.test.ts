/** A release walks through a fleet of three by the bot of a real gateway, as docs/guides/rollouts.md tells it. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { gatewaySettings } from '../../../gateway/settings.ts';
import type { Desk } from '../../cli/tunnel/tunnel-desk.ts';
import { guideLine } from '../../rig/guide-line.ts';
import { RollingGateway } from './rolling-gateway.ts';

const file = 'rollouts/hello/hello-1.5.yaml';

let rolling: RollingGateway;
let desk: Desk;
const began = Date.now();
const told: string[] = [];

function note(words: string): void {
  told.push(`${((Date.now() - began) / 1000).toFixed(1).padStart(5)} s  ${words}`);
}

before(async () => {
  rolling = await RollingGateway.start();
  desk = await rolling.fleet.desk('alice');
});
after(() => rolling[Symbol.asyncDispose]());

async function reports(...said: Parameters<RollingGateway['reports']>): Promise<void> {
  await rolling.reports(...said);
  const [id, release, { state = 'healthy' } = {}] = said;
  note(`${id}: runs ${release}, ${state}`);
}

/** A line of the guide, as it is written, but for a hold that a test can wait for. */
async function typed(begins: string): Promise<string> {
  const hold = { 'canary:group=canary:4h,all': 'canary:group=canary:3s,all' };
  const [, ...words] = guideLine('rollouts', begins, hold);
  const { code, output, errors } = await desk.does(...words);
  assert.equal(code, 0, `${begins}: ${output}${errors}`);
  note(`alice: towline ${words.join(' ').replace(':3s', ':4h')}`);
  return output;
}

/** Waits until main has the file so. */
async function sees(pattern: RegExp, words: string): Promise<string> {
  for (let tries = 0; tries < 300; tries += 1) {
    const text = await rolling.fleet.atMain(file);
    if (pattern.test(text)) {
      note(words);
      return text;
    }
    await delay(100);
  }
  throw new Error(
    `${pattern} never came: ${await rolling.fleet.atMain(file)} ${JSON.stringify(rolling.program.lines.slice(-5))}`,
  );
}

describe('a release walks through a fleet by the bot of its gateway', () => {
  test('the canary first, the rest once it is well and the hold is over, and it ends as if it had never been there', async t => {
    for (const id of ['pump-1', 'pump-2', 'pump-3']) await reports(id, '1.4.2');
    assert.match(await typed('towline rollout start hello 1.5.0'), /hello\/hello-1\.5 begins/);
    const first = Date.parse(/since: "(.*)"/.exec(await rolling.fleet.atMain(file))?.[1] ?? '');
    await reports('pump-1', '1.5.0');
    const text = await sees(/^stage: 2$/m, 'gateway: stage 2 of 2, all, gets 1.5.0');
    const second = Date.parse(/since: "(.*)"/.exec(text)?.[1] ?? '');
    assert.ok(second - first >= 3000, 'the hold was kept');
    const author = await rolling.fleet.log('-1', '--format=%an %s', 'refs/heads/main');
    assert.equal(author, 'rollout-bot Rollout hello/hello-1.5: stage 2 of 2, all, gets 1.5.0');
    await reports('pump-2', '1.5.0');
    await reports('pump-3', '1.5.0');
    const status = await typed('towline rollout status hello-1.5');
    assert.match(status, /next: complete\n$/);
    const finished = await typed('towline rollout finish hello-1.5');
    assert.match(finished, /of 3 devices none is assigned another release by it/);
    assert.match(await rolling.fleet.atMain('groups/stable.yaml'), /release: 1\.5\.0/);
    assert.equal((await desk.does('trust', 'check', '--head', 'refs/towline/desk/main')).code, 0);
    t.diagnostic(`\n${told.join('\n')}`);
  });

  test('a device on which it fails pauses it, with its name; the gateway says so at /healthz and in its metrics', async () => {
    const start = [
      'rollout',
      'start',
      'hello',
      '1.4.2',
      '--from',
      '1.5.0',
      '--stages',
      'canary:group=canary:1h,all',
    ];
    assert.equal((await desk.does(...start, '--name', 'hello-1.5')).code, 0);
    await reports('pump-1', '1.5.0', {
      state: 'rolled-back',
      wanted: { release: '1.4.2', digest: 'another' },
    });
    const text = await sees(/^paused: true$/m, 'gateway: paused');
    assert.match(text, /^reason: "1 of 1 failed, 0 may: pump-1 \(rolled back\)"$/m);
    const ask = async (what: string) =>
      await (await fetch(`http://127.0.0.1:${rolling.program.internal}/${what}`)).text();
    let health = '';
    while (!health.includes('"hello/hello-1.5":"paused"')) health = await ask('healthz');
    assert.match(await ask('metrics'), /^towline_gateway_rollout_steps_total 2$/m);
    assert.match(JSON.stringify(rolling.fleet.fleet.audited()), /"rollout pause"/);
  });

  test('a file that no bot can edit is said once, and keeps no other rollout from its step', async () => {
    const { repository, operator: signer, folder } = rolling.fleet.fleet;
    const push = async (files: Readonly<Record<string, string | null>>) => {
      await repository.git(['fetch', '-q', `${folder}/state/fleet.git`, '+main:main']);
      await repository.commit({ signer, files });
      const pushed = await rolling.fleet.fleet.push(rolling.program);
      assert.equal(pushed.code, 0, pushed.stderr);
    };
    const of = (name: string) => `rollouts/hello/${name}.yaml`;
    const nobody = ['apiVersion: towline/v1', 'app: hello', 'from: [0.0.1]', 'to: 1.5.0'];
    const stages = 'stages: [{ name: all, select: { all: true } }]';
    const rest = ['stage: 0', 'since: 2026-01-01T00:00:00Z'];
    await push({
      [of('a')]: `{ ${[...nobody, stages, ...rest].join(', ')} }\n`,
      [of('z')]: [...nobody, stages, ...rest, ''].join('\n'),
    });
    for (let tries = 0; tries < 100 && !/^stage: 1$/m.test(await rolling.fleet.atMain(of('z'))); tries += 1)
      await delay(100);
    assert.match(await rolling.fleet.atMain(of('z')), /^stage: 1$/m);
    await delay(600);
    const said = 'the file of a rollout cannot be edited by a bot';
    const lines = rolling.program.lines.filter(({ msg, rollout }) => msg === said && rollout === 'hello/a');
    assert.ok(lines.length === 1 || lines.length === 2, 'once for each main');
    assert.match(String(lines[0]?.reason), /cannot be edited line by line/);
    await push({ [of('a')]: null, [of('z')]: null });
  });

  test('a key that no rule lets is not tried twice: nothing is pushed that devices would not take', async () => {
    const head = () => rolling.fleet.log('-1', '--format=%H', 'refs/heads/main');
    await desk.git('pull', '-q', '--ff-only');
    const path = `${desk.directory}/trust/policy.yaml`;
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace('version: 2', 'version: 3').replace(/^rules:\n(?: .*\n)+/m, ''));
    await desk.git('config', 'commit.gpgsign', 'true');
    await desk.git('commit', '-qam', 'No bot\n\nTowline-Ref: acme/main');
    await desk.git('push', '-q', 'origin', 'main');
    const aborted = await desk.does('rollout', 'abort', 'hello-1.5', '--yes');
    assert.equal(aborted.code, 0, aborted.errors);
    const start = ['rollout', 'start', 'hello', '1.4.2', '--from', '1.5.0', '--at', '2026-01-01T00:00:00Z'];
    assert.equal((await desk.does(...start, '--name', 'r3')).code, 0);
    const before = await head();
    const line = await rolling.program.line('a step of a rollout is not for this key');
    assert.match(String(line.reason), /rollouts\/hello\/r3\.yaml: TRUST_/);
    await delay(600);
    const lines = rolling.program.lines.filter(
      ({ msg }) => msg === 'a step of a rollout is not for this key',
    );
    assert.deepEqual([lines.length, await head()], [1, before]);
  });
});

test('beside a forge the gateway writes to no main: its configuration says where the bot runs then', () => {
  const upstream = { url: 'https://git.example.com/acme/pumps.git' };
  const file = { apiVersion: 'towline/v1', fleet: 'acme', anchor: '0'.repeat(40), upstream } as const;
  assert.throws(() => gatewaySettings({ ...file, rollout: { keyFile: '/key' } }), {
    code: 'GATEWAY_CONFIG_INVALID',
    message: /run `towline rollout step --pr` outside$/,
  });
});
