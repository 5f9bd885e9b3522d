/** A device that no gateway reaches gets another agent on a stick, as a person makes it and carries it there. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { LaunchedAgent } from './launched-agent.ts';

const run = promisify(execFile);
let agent: LaunchedAgent;
before(async () => {
  agent = await LaunchedAgent.prepare();
  agent.server.down = true;
  agent.start();
});
after(() => agent[Symbol.asyncDispose]());

/** What a person types at a desk. */
async function stick(version: string, ...words: string[]): Promise<string> {
  const { fleet, packageFolder } = agent;
  const output = path.join(fleet.folder, `${version}.tlb`);
  await run(process.execPath, [
    ...[path.join(packageFolder, 'towline.js'), 'bundle', 'create', '--device', fleet.device],
    ...['--repo', fleet.fleet.path, '--anchor', fleet.anchor, '--output', output, ...words],
  ]);
  return output;
}

/** And at the device: the command of the slot that runs. */
async function carried(file: string): Promise<string> {
  const folder = agent.current === '0' ? agent.packageFolder : path.join(agent.versions, agent.current);
  const words = ['agent', 'import', file, '--config', path.join(agent.fleet.folder, 'agent.yaml')];
  const { stdout } = await run(process.execPath, [path.join(folder, 'towline.js'), ...words]);
  return stdout;
}

const made = (version: string) => path.join(agent.fleet.folder, 'made', version);

test('it brings itself to the version that is on the stick, and stays with it though nobody hears of it', async () => {
  await agent.fleet.want(agent.make('8.0.0'));
  agent.server.files.clear();
  await agent.until('it listens', () => agent.log.includes('pass ended'));
  assert.match(await carried(await stick('8.0.0', '--agents', made('8.0.0'))), /The bundle of /);
  await agent.until('8.0.0 to stay', () => agent.current.startsWith('8.0.0-'));
  await agent.until('its trial to be over', () => agent.file('trying') === undefined);
  assert.deepEqual(agent.ends, ['75']);
  await agent.until('the bundle to be gone', () => !existsSync(path.join(agent.state, 'import/current')));
  assert.equal(await agent.status(), undefined, 'a gateway has heard of it');
});

test('one that ends at its start gives way to what ran, and is set aside, on a stick too', async () => {
  const ends = `if (process.argv[2] !== 'self-test') process.exit(1);
console.log('{"version":"8.1.0"}');`;
  await agent.fleet.want(agent.make('8.1.0', { files: { 'agent.js': ends } }));
  await carried(await stick('8.1.0', '--agents', made('8.1.0')));
  await agent.until(
    'the verdict',
    () =>
      agent.file('update.json')?.includes('AGENT_UPDATE_CRASHED') === true &&
      agent.file('trying') === undefined,
  );
  assert.match(agent.current, /^8\.0\.0-/);
});

test('a stick without the parts leaves what runs; the next one brings them', async () => {
  await agent.fleet.want(agent.make('8.2.0'));
  const from = agent.log.length;
  await carried(await stick('without'));
  await agent.until('it asks the gateway in vain', () => agent.log.slice(from).includes('is waited for'));
  assert.match(agent.current, /^8\.0\.0-/);
  await carried(await stick('8.2.0', '--agents', made('8.2.0')));
  await agent.until('8.2.0 to stay', () => agent.current.startsWith('8.2.0-'));
});

test('once a gateway reaches it, it says so', async () => {
  agent.server.down = false;
  await agent.until('its word', async () => {
    const status = await agent.status();
    return status?.agent.version === '8.2.0' && status.agent.update === undefined;
  });
  assert.ok(!agent.server.seen.some(({ url }) => url.startsWith('/agents/')));
});
