/** Versions of the real agent and its launcher in a loop, as a service manager starts them. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { LaunchedAgent } from './launched-agent.ts';

let agent: LaunchedAgent;
before(async () => {
  agent = await LaunchedAgent.prepare();
});
after(() => agent[Symbol.asyncDispose]());

test('a version that ends at its start gives way and is set aside; corrected, it is brought, tried, and stays', async () => {
  const crashes = `if (process.argv[2] !== 'self-test') process.exit(1);
console.log('{"version":"9.1.0"}');`;
  agent.start();
  await agent.want(agent.make('9.1.0', { files: { 'agent.js': crashes } }));
  await agent.until('9.1.0 to be refused', async () => {
    const update = (await agent.status())?.agent.update;
    return update?.phase === 'refused' && update.code === 'AGENT_UPDATE_CRASHED';
  });
  assert.equal((await agent.status())?.agent.slot, '0');
  assert.deepEqual(agent.ends, ['75', '1', '1', '1']);
  assert.ok(!readdirSync(agent.versions).some(name => name.startsWith('9.1.0')), 'nothing is left of it');
  const head = await agent.want(agent.make('9.1.0'));
  await agent.until('9.1.0 to stay', async () => {
    const status = await agent.status();
    return status?.agent.version === '9.1.0' && status.agent.update === undefined;
  });
  const status = await agent.status();
  assert.match(status?.agent.slot ?? '', /^9\.1\.0-[0-9a-f]{12}$/);
  assert.equal(agent.current, status?.agent.slot);
  assert.equal(agent.file('trying'), undefined);
  assert.equal(status?.trusted.commit, head);
  assert.deepEqual(agent.ends.slice(4), ['75']);
});
