/** Two versions of the real agent and its launcher in a loop, as a service manager starts them. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { LaunchedAgent } from './launched-agent.ts';

let agent: LaunchedAgent;
before(async () => {
  agent = await LaunchedAgent.prepare();
});
after(() => agent[Symbol.asyncDispose]());

const runs = (version: string) => async () => {
  const status = await agent.status();
  return status?.agent.version === version && status.agent.update === undefined;
};

test('an agent brings the version that root has listed and its fleet wants, and stays with it', async () => {
  agent.start();
  const head = await agent.want(agent.make('9.1.0'));
  await agent.until('9.1.0 to stay', runs('9.1.0'));
  const status = await agent.status();
  assert.match(status?.agent.slot ?? '', /^9\.1\.0-[0-9a-f]{12}$/);
  assert.equal(agent.current, status?.agent.slot);
  assert.equal(agent.file('trying'), undefined);
  assert.equal(status?.trusted.commit, head);
  assert.deepEqual(agent.ends, ['75']);
});

test('a version that ends at its start gives way to the one before, and is not tried again until it is another', async () => {
  const crashes = `if (process.argv[2] !== 'self-test') process.exit(1);
console.log('{"version":"9.2.0"}');`;
  const bad = agent.make('9.2.0', { files: { 'agent.js': crashes } });
  const ended = agent.ends.length;
  await agent.want(bad);
  await agent.until('9.2.0 to be refused', async () => {
    const update = (await agent.status())?.agent.update;
    return update?.phase === 'refused' && update.code === 'AGENT_UPDATE_CRASHED';
  });
  assert.equal((await agent.status())?.agent.version, '9.1.0');
  assert.deepEqual(agent.ends.slice(ended), ['75', '1', '1', '1']);
  assert.ok(!readdirSync(agent.versions).some(name => name.startsWith('9.2.0')), 'nothing is left of it');
  await agent.want(agent.make('9.2.0'));
  await agent.until('9.2.0 to stay', runs('9.2.0'));
  assert.deepEqual(agent.ends.slice(ended + 4), ['75']);
  const slots = readdirSync(agent.versions).filter(name => /^\d/.test(name));
  assert.equal(slots.length, 2, 'what runs and what ran before');
  assert.ok(existsSync(agent.packageFolder));
});
