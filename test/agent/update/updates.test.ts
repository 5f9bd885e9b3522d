import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { LaunchedAgent } from './launched-agent.ts';

let agent: LaunchedAgent;
before(async () => {
  agent = await LaunchedAgent.prepare();
});
after(() => agent[Symbol.asyncDispose]());

test('an agent brings the version that root has listed and its fleet wants, and stays with it', async () => {
  agent.start();
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
});
