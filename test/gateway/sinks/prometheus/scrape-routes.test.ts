import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { PlainPort } from '../../../../gateway/plain-port/plain-port.ts';
import { scrapeRoutes } from '../../../../gateway/sinks/prometheus/scrape-routes.ts';

test('those who ask for a shard and do not read it keep their places for a while, and not for ever', async () => {
  function* endless(): Generator<Buffer> {
    for (;;) yield Buffer.alloc(100_000, 'x');
  }
  const sources = { shards: () => 1, text: () => endless() };
  const port = new PlainPort(scrapeRoutes(sources, 2000), (_request, response) => response.end());
  const { port: number } = await port.listen('127.0.0.1', 0);
  const ask = () => {
    const socket = connect(number, '127.0.0.1', () =>
      socket.write('GET /metrics/devices HTTP/1.1\r\nhost: x\r\n\r\n'),
    );
    return socket.on('error', () => {});
  };
  const statusOf = async () => {
    const socket = ask();
    const [first]: Buffer[] = await new Promise(resolve =>
      socket.once('data', (...bytes: Buffer[]) => resolve(bytes)),
    );
    socket.destroy();
    return Number(first?.toString('latin1', 9, 12));
  };
  try {
    const holders = Array.from({ length: 8 }, () => ask());
    await Promise.all(holders.map(holder => once(holder, 'readable')));
    assert.equal(await statusOf(), 503);
    await Promise.all(holders.map(holder => once(holder.resume(), 'close')));
    assert.equal(await statusOf(), 200);
  } finally {
    await port.close();
  }
});
