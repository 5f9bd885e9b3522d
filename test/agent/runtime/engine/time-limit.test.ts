/** What is done within a time leaves nothing behind, however often: an agent asks its engine some thousand times an hour. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import path from 'node:path';
import { describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { queryObjects, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createEngine } from '../../../../agent/runtime/engine/engine.ts';
import { TimeLimit } from '../../../../core/io/time-limit.ts';
import { temporaryFolder } from '../../../cli/towline.ts';

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

async function signals(): Promise<number> {
  for (let round = 0; round < 4; round += 1) {
    await turn();
    collect();
  }
  return Number(queryObjects(AbortSignal, { format: 'count' }));
}

describe('a time limit', () => {
  test('ends work that takes longer, and is named by its error; work that has ended is not ended', async () => {
    using limit = new TimeLimit(5);
    const { promise, reject } = Promise.withResolvers<never>();
    limit.signal.addEventListener('abort', () => reject(limit.signal.reason), { once: true });
    // Its timer keeps no process.
    const alive = setInterval(() => undefined, 1000);
    await assert.rejects(promise, { name: 'TimeoutError', message: 'it took longer than 5 ms' });
    clearInterval(alive);
    const ended = new TimeLimit(1);
    ended[Symbol.dispose]();
    await new Promise(resolve => setTimeout(resolve, 20));
    assert.equal(ended.signal.aborted, false);
  });

  test('five hundred calls of an engine leave no signal behind', async () => {
    const folder = await temporaryFolder();
    const socket = path.join(folder.path, 'engine.sock');
    const server = createServer((_request, response) => response.end('[]'));
    await new Promise<void>(resolve => server.listen(socket, resolve));
    const life = new AbortController();
    try {
      const engine = createEngine(socket);
      const ask = () => engine.call({ method: 'GET', path: '/networks' }, life.signal);
      for (let call = 0; call < 20; call += 1) await ask();
      const before = await signals();
      for (let call = 0; call < 500; call += 1) await ask();
      const left = (await signals()) - before;
      assert.ok(left < 25, `${left} signals are kept`);
    } finally {
      server.close();
      server.closeAllConnections();
      await folder.remove();
    }
  });
});
