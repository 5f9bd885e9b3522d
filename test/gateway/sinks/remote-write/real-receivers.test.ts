/** Against Prometheus and VictoriaMetrics themselves. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { SinkHttp } from '../../../../gateway/sinks/http/sink-http.ts';
import { RemoteWriteSink } from '../../../../gateway/sinks/remote-write/remote-write-sink.ts';
import { DeviceLabels } from '../../../../gateway/sinks/series/device-labels.ts';
import { waitUntil } from '../../../../lab/fleet/wait-until.ts';
import {
  type DebianServer,
  query,
  startPrometheus,
  startVictoriaMetrics,
} from '../receivers/debian-server.ts';
import { metricsDelivery } from '../receivers/deliveries.ts';

const minute = 60_000;
const startMs = Date.now() - 30 * minute;
const signal = AbortSignal.timeout(120_000);
const clock = { now: () => Date.now(), monotonic: () => performance.now(), sleep: async () => {} };

function sinkTo({ origin }: DebianServer): RemoteWriteSink {
  const http = new SinkHttp({ url: `${origin}/api/v1/write` }, 'metrics');
  return new RemoteWriteSink({ http, labels: new DeviceLabels(['site']), seriesPerDevice: 100, clock });
}

let number = 0;
/** `heat` of a device at these minutes, each with its number as the value. */
function heat(device: string, minutes: readonly (number | null)[], name = 'heat') {
  number += 1;
  const moments = minutes.map((value, at) => ({
    timeMs: startMs + (value ?? (minutes[at - 1] ?? 0) + 1) * minute,
    values: [value],
  }));
  const series = [{ name, type: 'gauge', labels: { zone: 'b"\\\n', at: 'ä' } }] as const;
  return metricsDelivery(number, [{ series, moments }], { device });
}

const count = (sink: RemoteWriteSink, what: string) =>
  sink.metrics().find(({ name }) => name === `towline_gateway_written_${what}_total`)?.value;

async function valuesOf(server: DebianServer, selector: string): Promise<string[]> {
  // VictoriaMetrics shows what it took after seconds, or at once where it is told to.
  await fetch(`${server.origin}/internal/force_flush`);
  const series = await query(server, `${selector}[45m]`, startMs + 40 * minute);
  return series.flatMap(one =>
    (Object.entries(one).find(([key]) => key === 'values')?.[1] ?? []).map(
      ([, value]: [number, string]) => value,
    ),
  );
}

const servers = { Prometheus: () => startPrometheus('{}'), VictoriaMetrics: startVictoriaMetrics };

for (const [name, start] of Object.entries(servers)) {
  describe(name, () => {
    let server: DebianServer;
    before(async () => {
      server = await start();
    });
    after(() => server[Symbol.asyncDispose]());

    const written = (selector: string, values: readonly string[]) =>
      waitUntil(
        `${selector} = ${values}`,
        async () => ((await valuesOf(server, selector)).join() === values.join() ? true : undefined),
        { timeoutMs: 20_000, seen: () => valuesOf(server, selector) },
      );

    test('takes samples with their time, labels of any text, and what one device is ahead hurts nobody', async () => {
      const sink = sinkTo(server);
      await sink.deliver(
        [heat('pump-1', [1, 2]), heat('pump-2', [1, 30 + 180]), heat('pump-3', [3])],
        signal,
      );
      await sink.deliver([heat('pump-1', [2, 3]), heat('pump-2', [5])], signal);
      await written('heat{device_id="pump-1",site="berlin",at="ä",zone="b\\"\\\\\\n"}', ['1', '2', '3']);
      await written('heat{device_id="pump-2"}', ['1', '5']);
      await written('heat{device_id="pump-3"}', ['3']);
      assert.deepEqual([count(sink, 'ahead'), count(sink, 'late'), count(sink, 'refused')], [1, 1, 0]);
    });

    test('a series that ends is ended there, not five minutes later', async () => {
      await sinkTo(server).deliver([heat('pump-1', [1, 2, null], 'ended')], signal);
      await waitUntil('the series', async () => (await valuesOf(server, 'ended')).length >= 2 || undefined, {
        timeoutMs: 20_000,
      });
      const at = (minutes: number) => query(server, 'ended', startMs + minutes * minute);
      assert.equal((await at(2)).length, 1);
      assert.equal((await at(3.1)).length, 0);
    });
  });
}

test('after a restart of the gateway what Prometheus has already is refused and counted, and what is new is taken', async () => {
  await using server = await startPrometheus('{}');
  await sinkTo(server).deliver([heat('pump-1', [1, 2, 3])], signal);
  const restarted = sinkTo(server);
  assert.deepEqual(await restarted.deliver([heat('pump-1', [1, 2, 3, 4]), heat('pump-2', [1])], signal), []);
  assert.equal(count(restarted, 'refused'), 2);
  assert.deepEqual(await valuesOf(server, 'heat{device_id="pump-1"}'), ['1', '2', '3', '4']);
  assert.deepEqual(await valuesOf(server, 'heat{device_id="pump-2"}'), ['1']);
});
