/** What a fetch of one commit costs a device of a fleet of ten thousand. The peer: native git, from the same gateway. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type BenchFigure, figure, inTurn } from '../figure.ts';
import { git, type SimulatedDevice, type SimulatedFleet } from '../simulator/simulated-fleet.ts';

/** Each round is a commit of its own. */
const rounds = 9;

export async function* deviceFetch(fleet: SimulatedFleet): AsyncGenerator<BenchFigure> {
  const [device] = fleet.devices;
  if (device === undefined) return;
  let count = 0;
  await using agent = await FetchingAgent.start(fleet, device);
  const native = new NativeGit(fleet, device);
  const [ours, theirs] = await inTurn(
    async () => {
      fleet.commit(`apiVersion: towline/v1\nlabels: { site: device-${count++} }\n`);
      return await agent.fetch();
    },
    async () => native.fetch(),
    rounds,
  );
  yield figure("1-commit fetch of 10k devices: the device's CPU (peer: native git)", 'ms', ours, theirs, {
    of: 'ratio',
    is: '<=',
    limit: 1,
  });
}

/** The agent's own store in a process of its own. */
class FetchingAgent implements AsyncDisposable {
  readonly #child;
  readonly #lines;

  static async start(fleet: SimulatedFleet, device: SimulatedDevice): Promise<FetchingAgent> {
    const agent = new FetchingAgent({
      folder: join(fleet.folder, 'fetching'),
      port: fleet.gateway.port,
      pin: fleet.tlsPin,
      anchor: fleet.main(),
      ...device,
    });
    await agent.fetch();
    return agent;
  }

  private constructor(fetching: object) {
    const program = join(import.meta.dirname, '../simulator/fetching-agent.ts');
    this.#child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
    this.#child.stdin.write(`${JSON.stringify(fetching)}\n`);
  }

  /** Until there is something new. @returns CPU of the fetch that brought it, milliseconds. */
  async fetch(): Promise<number> {
    this.#child.stdin.write('fetch\n');
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error('the fetching agent ended');
    return Number(value);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.stdin.end();
    await ended;
  }
}

class NativeGit {
  readonly #folder: string;

  constructor(fleet: SimulatedFleet, device: SimulatedDevice) {
    this.#folder = join(fleet.folder, 'native.git');
    mkdirSync(this.#folder);
    const [key, certificate] = [join(fleet.folder, 'native.key'), join(fleet.folder, 'native.crt')];
    writeFileSync(key, device.key);
    writeFileSync(certificate, device.certificate);
    git(this.#folder, ['init', '-q', '--bare']);
    for (const [name, value] of [
      ['http.sslKey', key],
      ['http.sslCert', certificate],
      ['http.sslVerify', 'false'],
      ['gc.auto', '0'],
      ['remote.origin.url', `https://127.0.0.1:${fleet.gateway.port}/fleet.git`],
      ['remote.origin.fetch', '+refs/heads/main:refs/heads/main'],
    ] as const) {
      git(this.#folder, ['config', name, value]);
    }
    git(this.#folder, ['fetch', '-q']);
  }

  /** @returns CPU of git and all that it starts, milliseconds. */
  fetch(): number {
    const before = git(this.#folder, ['rev-parse', 'main']);
    const script = 'TIMEFORMAT="%3U %3S"; time git fetch -q';
    const { stderr } = spawnSync('bash', ['-c', script], { cwd: this.#folder, encoding: 'utf8' });
    if (git(this.#folder, ['rev-parse', 'main']) === before)
      throw new Error(`nothing was fetched: ${stderr}`);
    const [user, system] = stderr.trim().split(/\s+/).slice(-2).map(Number);
    return 1000 * ((user ?? Number.NaN) + (system ?? Number.NaN));
  }
}
