/** What a device has sent over weeks, as the pictures show it: logs, metrics, sessions, audit. */
import { timeWord } from '../../../../core/time-word.ts';

const device = 'basin-north-1';
const digest = 'sha256:4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945';

const said = [
  ['web', 'info', 'GET /level 200 3 ms'],
  ['worker', 'info', 'read 12 sensors, all of them well'],
  ['worker', 'warn', 'sensor 7 answers late: 812 ms'],
  ['web', 'info', 'GET /valve/4 200 2 ms'],
  ['worker', 'error', 'sensor 7 does not answer; the value of 14:02:07 stands'],
  ['worker', 'info', 'sensor 7 answers again'],
] as const;

function logs(nowMs: number): object {
  const lines = Array.from({ length: 30 }, (_, index) => {
    const [service, level, text] = said[index % said.length] ?? said[0];
    const time = timeWord(nowMs - (30 - index) * 2_700);
    return { id: `line-${index}`, time, app: 'hello', service, container: `hello-${service}-1`, level, text };
  });
  const services = ['web', 'worker'].map(service => ({ app: 'hello', service }));
  return { device, lines, services, doubtful: [], before: 'more' };
}

/** A curve that goes up and down as a day does. */
const curve = (at: number, middle: number, sway: number): number =>
  middle + sway * Math.sin(at / 9) + (sway / 4) * Math.sin(at * 1.7);

function metrics(nowMs: number): object {
  const times = Array.from({ length: 120 }, (_, index) => Math.floor(nowMs / 1000) - (120 - index) * 180);
  const series = [
    ['host_cpu_used', 'ratio', 0.3, 0.18],
    ['host_memory_used', 'bytes', 640e6, 60e6],
    ['container_memory', 'bytes', 92e6, 8e6],
    ['http_requests', '1/s', 14, 9],
  ] as const;
  return {
    ...{ device, doubtful: [], names: series.map(([name]) => name) },
    series: series.map(([name, unit]) => ({ key: name, name, type: 'gauge', unit })),
    columns: [
      times,
      ...series.map(([, , middle, sway]) => times.map((_, index) => curve(index, middle, sway))),
    ],
  };
}

const recording = [
  { version: 2, width: 100, height: 24 },
  [0.4, 'o', '\u001b[32mweb@basin-north-1\u001b[0m:/# '],
  [1.2, 'o', 'ls /data\r\n'],
  [1.5, 'o', 'levels.db   valves.yaml\r\n\u001b[32mweb@basin-north-1\u001b[0m:/# '],
  [4, 'o', 'cat /data/valves.yaml\r\n'],
  [4.3, 'o', 'valves:\r\n  4: { open: 30%, since: 14:02 }\r\n  7: { open: 100% }\r\n'],
  [5, 'o', '\u001b[32mweb@basin-north-1\u001b[0m:/# '],
  [12, 'o', 'exit\r\n'],
]
  .map(line => JSON.stringify(line))
  .join('\n');

function sessions(nowMs: number): readonly object[] {
  const replay = { open: true, command: 'towline session play k3j9x2ab' };
  const row = (id: string, person: string, minutes: number, seconds: number | undefined) => ({
    ...{
      device,
      id,
      person,
      what: 'hello.web',
      begin: timeWord(nowMs - minutes * 60_000),
      bytes: 4200,
      replay,
    },
    ...(seconds === undefined ? {} : { end: timeWord(nowMs - minutes * 60_000 + seconds * 1000) }),
    ...{ live: seconds === undefined, watch: { open: seconds === undefined } },
  });
  return [
    row('p7w2m4qd', 'bob', 4, undefined),
    row('k3j9x2ab', 'alice', 190, 12),
    row('d8c1v5yn', 'alice', 1500, 340),
  ];
}

function audit(nowMs: number): object {
  const kinds = [
    ['push', 'main moved', 'alice', undefined, '3 commits, by ssh'],
    ['session', 'hello.web', 'bob', device, 'shared with nobody'],
    ['login', 'portal', 'alice', undefined, 'by passkey'],
    ['tunnel', 'opened', 'alice', 'basin-south-4', 'INC-42, until 18:00'],
    ['enrolment', 'waits', undefined, 'tower-6', 'token of alice'],
  ] as const;
  const entries = kinds.map(([type, what, person, of, details], index) => ({
    ...{ seq: 4711 - index, time: timeWord(nowMs - index * 700_000), type, what, details, state: 'allowed' },
    ...(person === undefined ? {} : { person, from: '203.0.113.7' }),
    ...(of === undefined ? {} : { device: of }),
  }));
  return { entries, verified: 'chain', command: 'towline audit verify' };
}

/** By method and template, as `MadePortal` takes them. */
export function picturedAnswers(nowMs: number): Readonly<Record<string, unknown>> {
  const all = sessions(nowMs);
  const services = ['web', 'worker'].map(service => ({
    service,
    image: `registry.example.com/${service}`,
    digest,
  }));
  const app = { app: 'hello', wanted: '1.1.0', running: '1.1.0', state: 'healthy', paused: false, services };
  return {
    'GET /me': {
      ...{ name: 'alice', by: 'passkey', kind: 'gateway', fleet: 'acme', version: '0.1.0', pushes: 'all' },
      ...{ readsRepository: true, readsAll: true, ways: [] },
    },
    'GET /login/ways': {
      ways: [
        { way: 'passkey', open: true },
        { way: 'ssh', open: true },
        { way: 'oidc', open: true, name: 'login.example.com' },
      ],
    },
    'GET /devices/{device}': {
      ...{
        id: device,
        path: `devices/basin-north/${device}.yaml`,
        commit: 'f3a9c21d',
        groups: [],
        labels: {},
      },
      ...{
        standing: 'unchanged',
        revoked: false,
        why: [],
        needs: [],
        apps: [app],
        paused: false,
        reads: true,
      },
      ...{
        tunnel: { wanted: 'open', state: 'open', up: true },
        can: { terminal: true, logs: true, bundle: true },
      },
    },
    'GET /devices/{device}/logs': logs(nowMs),
    'GET /devices/{device}/metrics': metrics(nowMs),
    'GET /sessions': { sessions: all, doubts: [], isCut: false },
    'GET /sessions/{device}/{session}': all[1],
    'GET /sessions/{device}/{session}/recording': recording,
    'GET /audit': audit(nowMs),
    'GET /enrolments': {
      enrolments: [
        {
          ...{ device: 'tower-6', command: 'towline device accept tower-6' },
          statements: [
            {
              ...{
                fingerprint: '7K2M-XWQ0-3FHA-9DRT-B6NE',
                ssh: 'SHA256:fR0s5JFQfDJjKjKkFX1xi1i5WOXFCbDXeBHC',
              },
              tls: 'SHA256:uWCzPAPhCWk7rXyEIeHh0cVJv6UNsKbmXdYj02XQs',
            },
          ],
        },
      ],
    },
  };
}
