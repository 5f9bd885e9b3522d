/** What comes between an agent and its next version: kills, a gateway that is away, apps that are being changed, people, a second agent. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { parse } from 'yaml';
import { readSlotFile } from '../../../agent/update/slot-file.ts';
import { isWhole } from '../../../agent/update/stage.ts';
import { LaunchedAgent } from './launched-agent.ts';

let agent: LaunchedAgent;
before(async () => {
  agent = await LaunchedAgent.prepare();
  agent.start();
});
after(() => agent[Symbol.asyncDispose]());

const never = new AbortController().signal;
const runs = (version: string) => async () => {
  const status = await agent.status();
  return status?.agent.version === version && status.agent.update === undefined;
};

test('SIGKILL in each phase of it: what starts is whole, and the update comes to its end', async () => {
  const phases = [
    ['it is being brought', () => existsSync(path.join(agent.versions, '.parts'))],
    ['it is whole', () => readdirSync(agent.versions).some(name => name.startsWith('8.'))],
    ['it is staged', () => agent.file('update.json')?.includes('"staged"') === true],
    ['it is on trial', () => agent.file('trying') !== undefined],
    ['it has come up', () => agent.log.slice(from).includes('is on trial')],
    [
      'it has passed once',
      () => agent.log.slice(from).includes('pass ended') && agent.file('trying') !== undefined,
    ],
  ] as const;
  let from = 0;
  for (const [index, [what, holds]] of phases.entries()) {
    const version = `8.${index}.0`;
    from = agent.log.length;
    await agent.want(agent.make(version));
    const isThere = () => (existsSync(agent.versions) && holds()) || agent.current.startsWith(version);
    await agent.until(what, isThere);
    agent.signal('SIGKILL');
    const { current } = agent;
    if (current !== '0') {
      const folder = path.join(agent.versions, current);
      assert.ok(await isWhole(folder, (await readSlotFile(folder))?.digest ?? '', never), what);
    }
    await agent.until(`${version} to stay, killed when ${what}`, runs(version));
  }
});

test('while a version is on trial the device follows no newer commit; then it does', async () => {
  agent.environment = {};
  const head = await agent.want(agent.make('8.20.0'));
  await agent.until('the trial', () => agent.file('trying') !== undefined);
  agent.server.down = true;
  const device = `devices/${agent.fleet.device}.yaml`;
  const file = parse(await agent.fleet.fleet.git(['show', `main:${device}`]));
  const newer = await agent.fleet.commit({
    [device]: `${JSON.stringify({ ...file, labels: { site: 'x' } })}\n`,
  });
  const from = agent.log.length;
  agent.server.down = false;
  agent.server.hint();
  await agent.until('8.20.0 to stay', runs('8.20.0'));
  await agent.until('the newer commit', async () => (await agent.status())?.trusted.commit === newer);
  assert.notEqual(head, newer);
  assert.ok(!agent.log.slice(0, from).includes(newer));
});

test('a gateway that is away condemns no version: it is tried again later, and stays', async () => {
  agent.environment = { TOWLINE_TRIAL_SECONDS: '4' };
  await agent.want(agent.make('8.30.0'));
  await agent.until('the trial', () => agent.file('trying') !== undefined);
  agent.server.down = true;
  await agent.until(
    'the way back',
    () => agent.file('trying') === undefined && agent.log.includes('"why":"silent"'),
  );
  await agent.until('no verdict', () => agent.file('update.json')?.includes('AGENT_UPDATE_CUT') === true);
  assert.ok(!agent.file('update.json')?.includes('AGENT_UPDATE_SILENT'));
  agent.environment = {};
  agent.server.down = false;
  agent.server.hint();
  await agent.until(
    'it waits',
    async () => (await agent.status())?.agent.update?.code === 'AGENT_UPDATE_CUT',
  );
  const status = await agent.status();
  assert.equal(status?.agent.version, '8.20.0');
  assert.equal(status?.agent.update?.phase, 'waiting');
});

test('one that cannot report gives way, and is set aside by the version before, which can', async () => {
  agent.environment = { TOWLINE_TRIAL_SECONDS: '4' };
  const deaf = `if (process.argv[2] === 'self-test') console.log('{"version":"8.40.0"}');
else setInterval(() => {}, 1000);`;
  await agent.want(agent.make('8.40.0', { files: { 'agent.js': deaf } }));
  await agent.until(
    'the verdict',
    async () => (await agent.status())?.agent.update?.code === 'AGENT_UPDATE_SILENT',
  );
  assert.equal((await agent.status())?.agent.version, '8.20.0');
  agent.environment = {};
});

test('paused, it is brought and waits; it goes on when it is no more', async () => {
  const file = parse(await agent.fleet.fleet.git(['show', `main:devices/${agent.fleet.device}.yaml`]));
  const device = `devices/${agent.fleet.device}.yaml`;
  await agent.want(agent.make('8.50.0'), { [device]: `${JSON.stringify({ ...file, paused: true })}\n` });
  await agent.until('it waits', async () => {
    const { phase, message } = (await agent.status())?.agent.update ?? {};
    return phase === 'staged' && message === 'the device is paused';
  });
  await agent.fleet.commit({ [device]: `${JSON.stringify(file)}\n` });
  agent.server.hint();
  await agent.until('8.50.0 to stay', runs('8.50.0'));
});

test('back to the version of the package: nothing is brought, and its slot is the package’s', async () => {
  const made = agent.make('0.1.0');
  const asked = agent.server.seen.length;
  await agent.want(made);
  await agent.until('the package to stay', runs('0.1.0'));
  assert.equal((await agent.status())?.agent.slot, '0');
  assert.equal(agent.current, '0');
  assert.ok(!agent.server.seen.slice(asked).some(({ url }) => url.startsWith('/agents/')));
});

test('another agent on this machine goes by itself', async () => {
  await using other = await LaunchedAgent.prepare();
  other.start();
  await other.want(other.make('8.60.0'));
  await other.until('8.60.0 to stay there', async () => (await other.status())?.agent.version === '8.60.0');
  assert.equal((await agent.status())?.agent.version, '0.1.0');
});
