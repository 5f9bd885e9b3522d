/**
 * `npm run bench -- telemetry-cost`: what telemetry costs a device on the wire in a day, by its settings. Commits are made as the
 * agent makes them, of made-up values that go as those of a host go; a push has some 700 B of HTTP and TLS around it.
 */
import { stringify } from 'yaml';
import { makeStatusCommit } from '../agent/report/status-commit.ts';
import { makeDeviceKeys, sshKeyOf } from '../core/io/device-keys.ts';
import { buildPack } from '../core/io/git/object-write.ts';
import { writeMetrics } from '../core/telemetry/record/metric-segment.ts';
import type { Moment, Series } from '../core/telemetry/record/metrics.ts';
import { writeSegment } from '../core/telemetry/record/segment.ts';
import { type BenchFigure, figure } from './figure.ts';

const key = sshKeyOf(makeDeviceKeys('pump-17'));
const around = 700;
const day = 86_400;
const quarterHours = 96;
const services = ['api', 'web', 'db', 'worker'];
const hostSeries = 130;
const containerSeries = 22;

let seed = 1;
/** The same each time. */
function chance(): number {
  seed = (seed * 48_271) % 2_147_483_647;
  return seed / 2_147_483_647;
}

const status = stringify({
  ...{ apiVersion: 'towline/v1', fleet: 'acme-pumps', device: 'pump-17', time: '2026-07-01T08:15:00Z' },
  agent: { version: '0.1.0', walk: 2, engine: '26.1.5', started: '2026-06-01T08:15:00Z' },
  trusted: { commit: 'a'.repeat(40), lineTime: '2026-07-01T08:00:00Z' },
  ...{ outcome: 'unchanged', applied: 'a'.repeat(40) },
  conditions: ['Fetched', 'Trusted', 'Ready'].map(type => ({
    ...{ type, status: true, reason: type, message: 'the gateway was asked', since: '2026-06-01T08:15:00Z' },
  })),
  projects: [
    {
      ...{
        app: 'pump',
        project: 'pump',
        release: '1.5.0',
        digest: `sha256:${'b'.repeat(64)}`,
        state: 'healthy',
      },
      services: services.map(name => ({ name, image: `registry.example.com/${name}:1.5`, state: 'running' })),
    },
  ],
  tunnel: { state: 'closed' },
});

/** One push, bytes. */
function push(segments: readonly Buffer[]): number {
  const files = new Map<string, Uint8Array>([['status.yaml', Buffer.from(status)]]);
  for (const [at, bytes] of segments.entries()) files.set(`logs/pump/web/${at}.ndjson.gz`, bytes);
  const named = { message: 'pump-17: 1,204 log lines of web', device: 'pump-17', fleet: 'acme-pumps' };
  const { objects } = makeStatusCommit({ parent: 'c'.repeat(40), files, ...named, timeMs: 1.7e12, key });
  return buildPack(objects).length + around;
}

function moments(count: number): Buffer {
  const size = hostSeries + containerSeries * services.length;
  const series: Series[] = Array.from({ length: size }, (_, at) => ({
    name: `container_network_receive_bytes_total_${at % 40}`,
    type: at % 2 === 0 ? 'counter' : 'gauge',
    labels: { project: 'pump', service: services[at % 4] ?? '', container: `pump-${services[at % 4]}-1` },
  }));
  let values = series.map(() => Math.floor(chance() * 1e9));
  const taken: Moment[] = [];
  for (let at = 0; at < count; at += 1) {
    // A third of what a host tells moves from one moment to the next.
    values = values.map(value => (chance() < 0.35 ? value + Math.floor(chance() * 50_000) : value));
    taken.push({ timeMs: 1.7e12 + at * 60_000, values });
  }
  return writeMetrics([{ series, moments: taken }]);
}

const words = [
  'GET',
  'POST',
  '/api/v1/pumps',
  '/health',
  'took',
  'ms',
  'ok',
  'started',
  'closed',
  'user',
  'id',
];

function lines(count: number): Buffer {
  return writeSegment(
    Array.from({ length: count }, (_, at) => ({
      ...{ kind: 'log' as const, sequence: at, stream: 'stdout' as const },
      time: new Date(1.7e12 + at * 1_000 + Math.floor(chance() * 1_000)).toISOString(),
      text: Array.from({ length: 12 }, () =>
        chance() < 0.25
          ? Math.floor(chance() * 1e6).toString(16)
          : words[Math.floor(chance() * words.length)],
      ).join(' '),
    })),
  );
}

/** Of segments that are pushed with each status. */
const withStatus = (made: () => Buffer): number => quarterHours * push([made()]);

export async function* bench(_signal: AbortSignal): AsyncGenerator<BenchFigure> {
  const row = (work: string, bytes: number, limit: number) =>
    figure(work, 'MB', bytes / 1e6, null, { of: 'ours', is: '<=', limit });
  const bare = quarterHours * push([]);
  yield row('status every 15 min, logs and metrics off', bare, 0.5);
  for (const [interval, limit] of [
    [300, 1.5],
    [60, 4],
    [30, 7],
    [10, 20],
  ] as const) {
    const bytes = withStatus(() => moments(day / quarterHours / interval)) - bare;
    yield row(`more for metrics of the host and 4 containers every ${interval} s`, bytes, limit);
  }
  for (const [perSec, limit] of [
    [0.1, 1],
    [1, 5],
    [10, 40],
  ] as const) {
    const bytes = withStatus(() => lines((perSec * day) / quarterHours)) - bare;
    yield row(`more for ${perSec} lines a second, 60 characters each`, bytes, limit);
  }
  yield row('more for an hour of `towline logs -f`, a line a second', 200 * push([lines(18)]), 1);
}
