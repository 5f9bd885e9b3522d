import assert from 'node:assert/strict';
import { test } from 'node:test';
import { internalRoutes, nothingHere } from '../../../gateway/plain-port/internal-routes.ts';
import { PlainPort } from '../../../gateway/plain-port/plain-port.ts';

test('the table of a plain port answers its addresses, by its methods, and nothing else', async () => {
  const routes = internalRoutes({
    live: () => false,
    health: () => ({ ok: false, why: 'so' }),
    metrics: () => [{ name: 'up', help: 'Up.', type: 'gauge', value: 1 }],
  });
  const own = { method: 'any', path: '/own', anyQuery: true } as const;
  const port = new PlainPort(
    [{ ...own, handle: (_request, response) => response.writeHead(204).end() }, ...routes],
    nothingHere,
  );
  const { port: number } = await port.listen('127.0.0.1', 0);
  const ask = async (path: string, method = 'GET') => {
    const answer = await fetch(`http://127.0.0.1:${number}${path}`, { method });
    return `${answer.status} ${await answer.text()}`;
  };
  assert.equal(await ask('/metrics'), '200 # HELP up Up.\n# TYPE up gauge\nup 1\n');
  assert.equal(await ask('/livez'), '503 ');
  assert.equal(await ask('/healthz'), '503 {"ok":false,"why":"so"}\n');
  assert.equal(await ask('/healthz?x=1'), '404 ');
  assert.equal(await ask('/metrics', 'POST'), '405 ');
  assert.equal(await ask('/elsewhere', 'POST'), '405 ');
  assert.equal(await ask('/elsewhere'), '404 ');
  for (const method of ['GET', 'PUT']) assert.equal(await ask('/own?x=1', method), '204 ');
  await port.close();
});
