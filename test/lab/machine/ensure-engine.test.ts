import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { removeAbandonedEngines } from '../../../lab/machine/own-engine.ts';

const script = `
  const { ensureEngine } = await import(${JSON.stringify(path.resolve(import.meta.dirname, '../../../lab/machine/engine.ts'))});
  const engine = await ensureEngine();
  console.log(engine.own, engine.socket);
  setInterval(() => {}, 1000);
`;

test('where no engine answers one is started; when its owner is killed, the next run ends and removes it', async () => {
  const owner = spawn(process.execPath, ['--input-type=module', '-e', script], {
    env: { ...process.env, DOCKER_HOST: 'unix:///nonexistent/docker.sock', TOWLINE_ENGINE_SOCKET: '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(owner.stdout.setEncoding('utf8'), 'data');
  const [own, socket = ''] = String(line).trim().split(' ');
  assert.equal(own, 'true');
  assert.ok(existsSync(socket));

  owner.kill('SIGKILL');
  await once(owner, 'exit');
  assert.ok(existsSync(socket), 'the daemon outlives its owner');
  await removeAbandonedEngines();
  assert.equal(existsSync(path.dirname(socket)), false);
});
