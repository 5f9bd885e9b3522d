/** What one device should be, where each of its twenty apps has an open rollout, beside the same releases by assignment. */
import { desiredStateOf } from '../../core/desired/desired-state.ts';
import { loadDevice } from '../../core/fleet/load-device.ts';
import type { ReadRollouts } from '../../core/fleet/rollout-files.ts';
import { byClock } from '../../core/rollout/when.ts';
import { ObjectReader } from '../../core/trust/git/object-reader.ts';
import { MemoryRepository } from '../../lab/rig/memory-repository.ts';
import { type BenchFigure, figure, inTurn } from '../figure.ts';

const apps = Array.from({ length: 20 }, (_, at) => `app-${at}`);
const rounds = 101;
const nowMs = Date.parse('2026-12-01T00:00:00Z');

const compose = `services:
  web:
    image: example.com/web:1
    ports: ["\${PORT}:80"]
    environment: { GREETING: "\${GREETING}" }
    volumes: ["data:/data"]
    depends_on: [worker]
  worker:
    image: example.com/worker:1
    volumes: ["data:/data"]
volumes: { data: {} }
`;
const pinned = (name: string) =>
  `  ${name}: { image: "example.com/${name}:1", digest: "sha256:${'1'.repeat(64)}" }`;
const release = (version: string) =>
  ['apiVersion: towline/v1', `version: ${version}`, 'images:', pinned('web'), pinned('worker'), ''].join(
    '\n',
  );

const rollout = (app: string) => `apiVersion: towline/v1
app: ${app}
from: [1.0.0]
to: 1.1.0
stages:
  - { name: canary, select: { groups: [canary] }, hold: 4h, gate: { min: 3, success: 100%, failures: 0, within: 2d } }
  - { name: tenth, percent: 10, hold: 1d, gate: { min: 5, success: 95%, failures: 2% } }
  - { name: all, select: { all: true } }
stage: 3
since: "2026-11-28T12:00:00Z"
`;

class Device {
  readonly #repository = new MemoryRepository();
  readonly #files = new Map<string, string>();
  readonly #kept: ReadRollouts = new Map();
  readonly #assigned: string;
  #count = 0;

  /** @param assigned what fleet.yaml says */
  constructor(assigned: string, rolled: boolean) {
    for (const app of apps) {
      for (const version of ['1.0.0', '1.1.0']) {
        const folder = `apps/${app}/releases/${version}`;
        this.#files.set(
          `${folder}/compose.yaml`,
          compose.replace(/\$\{PORT\}/, String(8000 + apps.indexOf(app))),
        );
        this.#files.set(`${folder}/app.yaml`, 'apiVersion: towline/v1\n');
        this.#files.set(`${folder}/release.yaml`, release(version));
      }
      if (rolled) this.#files.set(`rollouts/${app}/r1.yaml`, rollout(app));
    }
    this.#files.set('groups/canary.yaml', 'apiVersion: towline/v1\npriority: 10\n');
    this.#files.set('devices/pump.yaml', 'apiVersion: towline/v1\nvariables: { GREETING: hello }\n');
    this.#assigned = assigned;
  }

  /** A commit came that changes something for every device. @returns milliseconds of CPU */
  async measure(): Promise<number> {
    const each = apps.map(app => `  ${app}: { release: ${this.#assigned} }`);
    const gateway =
      'gateways: [{ address: "127.0.0.1:8443", tlsPins: ["sha256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="] }]';
    const lines = [
      'apiVersion: towline/v1',
      'name: bench',
      gateway,
      `variables: { ROUND: "${this.#count}" }`,
      'apps:',
      ...each,
      '',
    ];
    this.#files.set('fleet.yaml', lines.join('\n'));
    const at = { parents: [], message: 'x\n', timeSec: 1_700_000_000 + this.#count };
    const commit = this.#repository.commit({ files: this.#files, ...at });
    this.#count += 1;
    const reader = new ObjectReader(this.#repository);
    const start = process.cpuUsage();
    const { layers, problems } = await loadDevice({ reader, commit, id: 'pump', kept: this.#kept });
    if (layers === undefined) throw new Error(JSON.stringify(problems));
    const { state } = await desiredStateOf(layers, { reader, commit, when: byClock(nowMs) });
    const { user, system } = process.cpuUsage(start);
    if (state?.projects.every(({ release: runs }) => runs === '1.1.0') !== true) throw new Error('not moved');
    return (user + system) / 1000;
  }
}

export async function* bench(signal: AbortSignal): AsyncIterable<BenchFigure> {
  signal.throwIfAborted();
  const [rolled, assigned] = [new Device('1.0.0', true), new Device('1.1.0', false)];
  const [ours, peer] = await inTurn(
    () => rolled.measure(),
    () => assigned.measure(),
    rounds,
  );
  const work = 'desired state of a device with 20 apps at a new commit, each in an open rollout; without any';
  yield figure(work, 'CPU ms', ours, peer, { of: 'ratio', is: '<=', limit: 1.1 });
}
