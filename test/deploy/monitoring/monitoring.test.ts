/** What lies in deploy/ for Prometheus, Alertmanager and Grafana: checked by their own tools, and against a real gateway. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { parse } from 'yaml';
import { waitUntil } from '../../../lab/fleet/wait-until.ts';
import { debianProgram } from '../../../lab/machine/debian-program.ts';
import {
  startAlertmanager as alertmanagerWith,
  type DebianServer,
  query,
  startPrometheus,
} from '../../gateway/sinks/receivers/debian-server.ts';
import { blocksOf } from '../../gateway/sinks/wire/opened-sinks.ts';
import { type WatchedFleet, watchedFleet } from './watched-fleet.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const deployed = (file: string) => readFileSync(path.join(root, 'deploy', file), 'utf8');
const rulesText = deployed('prometheus/towline.rules.yml');

interface RuleFile {
  readonly groups: readonly {
    readonly rules: readonly { readonly alert: string; readonly expr: string }[];
  }[];
}
const rules = (parse(rulesText) as RuleFile).groups.flatMap(group => group.rules);

interface PanelFile {
  readonly title: string;
  readonly targets: readonly { readonly expr: string }[];
}
const dashboards = readdirSync(path.join(root, 'deploy/grafana')).map(
  file =>
    JSON.parse(deployed(`grafana/${file}`)) as {
      readonly title: string;
      readonly panels: readonly PanelFile[];
    },
);

/** docs/guides/sinks/prometheus.md: what it says to write, and to type. */
const [sinkOnPage = '', scrapeOnPage = ''] = blocksOf('prometheus.md', 'yaml');
const [typedOnPage = ''] = blocksOf('prometheus.md', 'sh');

let watched: WatchedFleet;
let prometheus: DebianServer;
let alertmanager: DebianServer;
const told: string[] = [];
const people = createServer((request, response) => {
  request.on('data', (text: Buffer) => told.push(String(text)));
  request.on('end', () => response.end());
});

before(async () => {
  people.listen(0, '127.0.0.1');
  await once(people, 'listening');
  alertmanager = await startAlertmanager();
  const records = '  records: { kind: file, path: FOLDER/records.ndjson, sync: never }\n';
  watched = await watchedFleet(`${sinkOnPage}${records}`);
  const config = deployed('prometheus/prometheus.yml')
    .replaceAll('127.0.0.1:8080', `127.0.0.1:${watched.gateway.internal}`)
    .replaceAll('127.0.0.1:9093', new URL(alertmanager.origin).host)
    .replaceAll(/(scrape_interval|evaluation_interval|refresh_interval): 30s/g, '$1: 1s')
    .replace('scrape_timeout: 20s', 'scrape_timeout: 1s')
    .replace('[towline.rules.yml]', `[${path.join(root, 'deploy/prometheus/towline.rules.yml')}]`);
  prometheus = await startPrometheus(config);
});

after(async () => {
  await prometheus?.[Symbol.asyncDispose]();
  await watched?.[Symbol.asyncDispose]();
  await alertmanager?.[Symbol.asyncDispose]();
  people.close();
});

function startAlertmanager(): Promise<DebianServer> {
  const { port } = people.address() as AddressInfo;
  const text = deployed('alertmanager/alertmanager.yml')
    .replace('https://chat.example.com/hooks/towline', `http://127.0.0.1:${port}/`)
    .replace('group_wait: 10s', 'group_wait: 0s');
  return alertmanagerWith(text);
}

function checked(program: 'promtool' | 'amtool', ...parameters: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync(debianProgram(program), parameters, { encoding: 'utf8' });
  assert.equal(status, 0, `${stdout}${stderr}`);
}

test('promtool and amtool find nothing wrong with configuration and rules, and the rules do what their tests say', () => {
  const folder = path.join(root, 'deploy/prometheus');
  checked('promtool', 'check', 'config', path.join(folder, 'prometheus.yml'));
  checked('promtool', 'test', 'rules', path.join(folder, 'towline.rules.test.yml'));
  checked('amtool', 'check-config', path.join(root, 'deploy/alertmanager/alertmanager.yml'));
  const tried = deployed('prometheus/towline.rules.test.yml');
  assert.deepEqual(
    rules.map(({ alert }) => alert).filter(alert => !tried.includes(alert)),
    [],
  );
});

const seriesOf = (expression: string) => query(prometheus, expression);

test('each series that a rule asks for is there, from a real gateway', async () => {
  const names = new Set(
    rules.flatMap(({ expr }) => expr.match(/\b(?:towline|node)_[a-z_]+\b|\bup\b/g) ?? []),
  );
  assert.ok(names.size > 15);
  await waitUntil(
    'all series of the rules',
    async () => ((await missing([...names])).length === 0 ? true : undefined),
    { timeoutMs: 40_000, seen: () => missing([...names]) },
  );
});

test('the page says of Prometheus what it takes, and what it says to type shows the fleet', () => {
  const file = path.join(watched.fleet.folder, 'scrape.yml');
  writeFileSync(file, scrapeOnPage);
  checked('promtool', 'check', 'config', file);
  const command = typedOnPage.replaceAll('127.0.0.1:8080', `127.0.0.1:${watched.gateway.internal}`);
  const { stdout, stderr } = spawnSync('sh', ['-euc', command], { encoding: 'utf8' });
  assert.match(stdout, /"__param_shard":"0"/, stderr);
  assert.match(stdout, /^towline_device_silent_seconds\{device_id="watched-1"\} /m);
});

test('each query of each dashboard returns series', async () => {
  const queries = dashboards.flatMap(({ title, panels }) =>
    panels.flatMap(panel =>
      panel.targets.map(({ expr }) => [`${title}, ${panel.title}`, filled(expr)] as const),
    ),
  );
  assert.ok(queries.length > 60);
  const silent = async () => {
    const empty: string[] = [];
    for (const [place, expression] of queries)
      if ((await seriesOf(expression)).length === 0) empty.push(`${place}: ${expression}`);
    return empty;
  };
  await waitUntil('all queries', async () => ((await silent()).length === 0 ? true : undefined), {
    timeoutMs: 40_000,
    intervalMs: 1000,
    seen: silent,
  });
});

test('an alert reaches people through Alertmanager, and says which device it is of', async () => {
  const alert = await waitUntil(
    'an alert of the fork',
    () => told.find(text => text.includes('TowlineFork')),
    {
      timeoutMs: 60_000,
      seen: () => told,
    },
  );
  assert.match(alert, /watched-1 was shown a history that is not the one it follows/);
});

test('what is pushed in the place of another device has no metrics, and is an alert', async () => {
  assert.deepEqual(await seriesOf('node_load1{device_id="watched-2"}'), []);
  assert.equal((await seriesOf('towline_device_doubtful{device_id="watched-2",doubt="forged"}')).length, 1);
  assert.equal((await seriesOf('ALERTS{alertname="TowlineForged",device_id="watched-2"}')).length, 1);
});

test('the dashboards hold nothing that Grafana’s published schema has no word for', () => {
  const literals = dashboards.map(
    (content, at) => `export const d${at}: Json<Dashboard> = ${JSON.stringify(content)};`,
  );
  const types = [
    "import type { Dashboard } from '@grafana/schema';",
    // An enum of strings is as JSON the string.
    'type Json<T> = T extends string ? `$' +
      '{T}` : T extends number | boolean | null | undefined ? T : T extends object ? { [K in keyof T]: Json<T[K]> } : T;',
  ];
  const file = path.join(root, `test/deploy/monitoring/.dashboards-${process.pid}.ts`);
  const { status, stdout } = typed(file, [...types, ...literals].join('\n'));
  assert.equal(status, 0, stdout);
  const wrong = typed(
    file,
    `${types.join('\n')}\nexport const d: Json<Dashboard> = { schemaVersion: 39, pannels: [] };`,
  );
  assert.match(wrong.stdout, /pannels/);
});

async function missing(names: readonly string[]): Promise<string[]> {
  const found = await Promise.all(names.map(async name => ((await seriesOf(name)).length === 0 ? name : '')));
  return found.filter(Boolean);
}

function filled(expression: string): string {
  const values = { device: 'watched-1', project: 'web', service: 'server', __rate_interval: '30s' };
  return Object.entries(values).reduce(
    (text, [name, value]) => text.replaceAll(`$${name}`, value),
    expression,
  );
}

/** The compiler's word on one file. */
function typed(file: string, text: string): { readonly status: number | null; readonly stdout: string } {
  writeFileSync(file, text);
  try {
    const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--target', 'es2024'];
    const compiler = path.join(root, 'node_modules/.bin/tsc');
    return spawnSync(compiler, [...options, '--ignoreConfig', file], { encoding: 'utf8' });
  } finally {
    rmSync(file);
  }
}
