/** The portal's model over a large fleet: what lists, filters and pages cost the processor, and what it keeps. */
import { createHash } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { operatorText } from '../../lab/rig/portal-files.ts';
import { PortalFleet } from '../../lab/rig/portal-fleet.ts';
import { Model } from '../../portal/model/model.ts';
import type { Route } from '../../portal/route/route.ts';
import { deviceRoutes } from '../../portal/routes/device-routes.ts';
import { modelRoutes } from '../../portal/routes/model-routes.ts';
import { median } from '../figure.ts';

const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

function collected(): number {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

export class LargeModel implements AsyncDisposable {
  readonly fleet: PortalFleet;
  /** What the model keeps, bytes. */
  readonly keptBytes: number;
  /** To read the reports of all devices, CPU milliseconds for each. */
  readonly readCpuMs: number;
  readonly #model: Model;
  readonly #routes: readonly Route[];

  static async make(size: number): Promise<LargeModel> {
    const fleet = await PortalFleet.make({
      size,
      files: {
        'operators/alice.yaml': operatorText({ git: { fleet: 'write', telemetry: 'read' } }),
        'operators/site.yaml': operatorText({ reads: [{ labels: { site: 'site-3' } }] }),
      },
    });
    for (const [at, id] of fleet.ids.entries()) fleet.say(id, saidBy(at, fleet));
    const before = collected();
    const start = cpuMs();
    const model = await Model.open(fleet.home());
    while (model.board.isReading) await new Promise(resolve => setTimeout(resolve, 20));
    const readCpuMs = (cpuMs() - start) / size;
    fleet.read.length = 0;
    return new LargeModel(fleet, model, { keptBytes: collected() - before, readCpuMs });
  }

  private constructor(
    fleet: PortalFleet,
    model: Model,
    cost: { readonly keptBytes: number; readonly readCpuMs: number },
  ) {
    this.fleet = fleet;
    this.keptBytes = cost.keptBytes;
    this.readCpuMs = cost.readCpuMs;
    this.#model = model;
    this.#routes = [...modelRoutes(model), ...deviceRoutes(model)];
  }

  async text(who: string, address: string): Promise<string> {
    const { pathname: path, searchParams: query } = new URL(address, 'http://x/');
    const route = this.#routes.find(one => one.method === 'GET' && one.matches(path));
    if (route === undefined) throw new Error(`there is no ${path}`);
    const { signal } = new AbortController();
    const answer = await route.answer({
      path,
      query,
      body: undefined,
      viewer: this.fleet.viewer(who),
      signal,
    });
    if (answer.kind === 'made-json') return answer.text;
    return answer.kind === 'json' ? JSON.stringify(answer.body) : '';
  }

  /** The answer as it goes out, CPU milliseconds; the middle of some. */
  async cost(who: string, address: string, rounds = 9): Promise<number> {
    const spent: number[] = [];
    for (let round = -1; round < rounds; round += 1) {
      const start = cpuMs();
      packed(await this.text(who, address));
      if (round >= 0) spent.push(cpuMs() - start);
    }
    return median(spent);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#model[Symbol.asyncDispose]();
  }
}

/** No two of them alike: each reported at another second, one in twenty is troubled in its own words. */
function saidBy(at: number, fleet: PortalFleet): Parameters<PortalFleet['say']>[1] {
  const hash = createHash('sha256').update(String(at)).digest('hex');
  const time = new Date(Date.now() - (Number.parseInt(hash.slice(0, 4), 16) % 600) * 1000).toISOString();
  if (at % 20 !== 3) return { time };
  const message = `ENGINE_PULL: ${hash.slice(0, 40)} cannot be had`;
  const [project] = fleet.statusOf('pump').projects;
  const projects = project === undefined ? [] : [{ ...project, state: 'degraded' as const, message }];
  const conditions = [{ type: 'Ready', status: false, reason: 'x', message: 'see the projects below' }];
  return { time, outcome: 'degraded', conditions, projects, tunnel: { state: 'open' } };
}

/** As the server packs it. */
export const packed = (text: string): Buffer =>
  brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } });

export const zipped = (text: string): Buffer => gzipSync(text, { level: 5 });
