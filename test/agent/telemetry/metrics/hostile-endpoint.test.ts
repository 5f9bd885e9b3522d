/** What an app may answer: real servers, each of which tries something else. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { after, describe, test } from 'node:test';
import { AppMetrics } from '../../../../agent/telemetry/metrics/apps/app-metrics.ts';
import { type Scraped, scrape } from '../../../../agent/telemetry/metrics/apps/scrape.ts';
import { seriesKey } from '../../../../agent/telemetry/metrics/series/sample.ts';
import { createSystemClock } from '../../../../core/io/system-clock.ts';

const limits = { timeoutMs: 700, maxBytes: 64 * 1024 };
const signal = new AbortController().signal;
const servers: Server[] = [];
after(() => {
  for (const server of servers) server.close();
});

async function listening(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** What a server that says these bytes, and does what it likes afterwards, is worth. */
async function answered(serve: (socket: Socket) => void): Promise<Scraped> {
  const port = await listening(
    createTcpServer(socket => {
      socket.on('error', () => undefined);
      serve(socket);
    }),
  );
  return scrape({ address: '127.0.0.1', port, path: '/metrics' }, limits, signal);
}

const head = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n';

describe('an endpoint', () => {
  test('that redirects is not followed, wherever it points to', async () => {
    const asked: string[] = [];
    const elsewhere = await listening(
      createServer((request, response) => {
        asked.push(request.url ?? '');
        response.end('a 1\n');
      }),
    );
    for (const status of [301, 302, 307, 308]) {
      const location = `http://127.0.0.1:${elsewhere}/`;
      const scraped = await answered(socket => {
        socket.end(`HTTP/1.1 ${status} Go\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`);
      });
      assert.deepEqual(scraped, { problem: `it redirects (HTTP ${status})` });
    }
    assert.deepEqual(asked, []);
  });

  test('that never ends its answer, or never begins it, is left in time', async () => {
    const endless = await answered(socket => {
      socket.write(`${head}\r\n`);
      const line = `a{n="${'x'.repeat(900)}"} 1\n`.repeat(20);
      const pour = (): void => {
        while (!socket.destroyed && socket.write(line));
      };
      socket.on('drain', pour);
      pour();
    });
    assert.deepEqual(endless, { problem: `its answer is over ${limits.maxBytes} bytes` });
    const begunMs = performance.now();
    const slow = await answered(socket => {
      socket.write(head);
      const drip = setInterval(() => socket.destroyed || socket.write('X-A: b\r\n'), 20);
      socket.on('close', () => clearInterval(drip));
    });
    assert.ok('problem' in slow, 'headers that go on for ever');
    const silent = await answered(() => undefined);
    assert.deepEqual(silent, { problem: 'no whole answer within 0.7 s' });
    assert.ok(performance.now() - begunMs < 6 * limits.timeoutMs);
  });

  test('whose answer is cut, compressed, too long in its head or no HTTP is told so', async () => {
    const cut = await answered(socket => socket.end(`${head}Content-Length: 100\r\n\r\na 1\n`));
    assert.ok('problem' in cut);
    const packed = await answered(socket =>
      socket.end(`${head}Content-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx`),
    );
    assert.deepEqual(packed, { problem: 'its answer is compressed' });
    for (const bytes of [
      `${head}X: ${'y'.repeat(100_000)}\r\n\r\n`,
      'SSH-2.0-OpenSSH_9.2\r\n',
      'HTTP/1.1 404 No\r\n\r\n',
    ])
      assert.ok('problem' in (await answered(socket => socket.end(bytes))));
  });
});

test('an app with more series than it may have keeps those that it had, and what is over is counted', async () => {
  let answer = 'steady 1\n';
  const port = await listening(createServer((_request, response) => response.end(answer)));
  const troubles: string[] = [];
  const apps = new AppMetrics({
    clock: createSystemClock(),
    addresses: {
      now: async () => [
        { id: 'a', name: 'web-api-1', project: 'web', service: 'api', at: { address: '127.0.0.1' } },
        { id: 'b', name: 'other-api-1', project: 'other', service: 'api', at: { address: '127.0.0.1' } },
      ],
    },
    limits,
    onTrouble: ({ text }) => troubles.push(text),
  });
  const project = {
    name: 'web',
    app: 'web',
    metrics: [{ service: 'api', port, path: '/metrics', intervalMs: 0 }],
  };
  const moment = async (): Promise<Map<string, number>> =>
    new Map((await apps.samples([project], 10, signal)).map(sample => [seriesKey(sample), sample.value]));
  const labels = '{container="web-api-1",project="web",service="api"}';
  assert.equal((await moment()).get(`steady${labels}`), 1);
  answer = `${Array.from({ length: 500 }, (_, index) => `flood{n="${index}"} ${index}\n`).join('')}steady 2\nsteady 3\n`;
  const flooded = await moment();
  assert.equal(flooded.get(`steady${labels}`), 2);
  assert.equal([...flooded.keys()].filter(key => key.startsWith('flood')).length, 9);
  assert.equal(flooded.get('towline_series_dropped_total{project="web"}'), 491);
  answer = '<html>no metrics here</html>\n';
  const up = `towline_scrape_up{container="web-api-1",port="${port}",project="web",service="api"}`;
  assert.equal((await moment()).get(up), 0);
  assert.equal((await moment()).get(up), 0);
  assert.deepEqual(troubles, [
    `metrics of api:${port} cannot be read: its answer is not in Prometheus’ text format`,
  ]);
  answer = 'steady 3\n';
  assert.equal((await moment()).get(up), 1);
});
