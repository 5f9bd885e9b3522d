/** Parts of agents: what root has listed of them, brought by people, fetched by devices and by machines that become some. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { installScript, type ListedFile, listedFiles } from '../../core/agents/listed-files.ts';
import { TowlineError } from '../../core/errors.ts';
import type { Clock } from '../../core/io/clock.ts';
import type { DevicePort } from '../device-port/device-port.ts';
import type { FleetView } from '../fleet/fleet-view.ts';
import type { FleetViewHolder } from '../fleet/fleet-view-holder.ts';
import { Slots } from '../limits/slots.ts';
import { ControlSocket, sayJson } from '../plain-port/control-socket.ts';
import { counter, gauge, type Metric } from '../plain-port/metric.ts';
import type { Blob } from '../registry/blob.ts';
import { BlobSender } from '../registry/blob-sender.ts';
import { AgentFiles } from './agent-files.ts';
import { agentRoutes } from './agent-routes.ts';
import { type StrangerLimits, Strangers } from './strangers.ts';

export interface AgentsOptions {
  readonly stateDirectory: string;
  readonly view: FleetViewHolder;
  readonly limits: { readonly requestTimeoutMs: number };
  readonly strangers?: StrangerLimits;
  readonly log: Pick<Logger, 'info' | 'warn'>;
  readonly clock: Clock;
}

/** Of a file that is listed, whether it is here. */
export interface KeptAgentFile extends ListedFile {
  readonly here: boolean;
}

/** A stranger takes a piece in this time at the latest, milliseconds. */
const strangerStallMs = 20_000;

export class Agents {
  readonly #options: AgentsOptions;
  readonly #files: AgentFiles;
  readonly #strangers: Strangers;
  readonly #senders: { readonly devices: BlobSender; readonly strangers: BlobSender };
  readonly #taking = new Slots({ size: 1, maxWaiting: 8 });
  readonly #stop = new AbortController();
  #listed: { readonly of: FleetView; readonly files: ReadonlyMap<string, ListedFile> } | undefined;
  #sweeping: Promise<void> = Promise.resolve();
  #control: ControlSocket | undefined;
  #sentBytes = 0;

  /** @throws what the disk throws */
  static async open(options: AgentsOptions): Promise<Agents> {
    const folder = join(options.stateDirectory, 'agents');
    const agents = new Agents(options, await AgentFiles.open(folder));
    // As long as something comes.
    agents.#control = await ControlSocket.listen({
      ...{ folder, requestTimeoutMs: 0 },
      answer: (request, response) => agents.#answer(request, response),
    });
    return agents;
  }

  private constructor(options: AgentsOptions, files: AgentFiles) {
    this.#options = options;
    this.#files = files;
    const strangers = new Strangers(options.clock, options.strangers);
    this.#strangers = strangers;
    this.#senders = {
      devices: new BlobSender(options.limits.requestTimeoutMs * 2),
      strangers: new BlobSender(strangerStallMs, bytes => strangers.pace(bytes)),
    };
    options.view.onChange(() => {
      this.#sweeping = this.#sweeping.then(() => this.#sweep());
    });
  }

  mount(port: DevicePort): void {
    const { view } = this.#options;
    agentRoutes(port.http, {
      files: this.#files,
      listed: () => this.#listedNow,
      install: () => {
        const { fleet, whole } = view.current;
        return fleet && whole && installScript(fleet, whole.agents);
      },
      deviceOf: ({ raw }) => {
        const key = port.keyOf(raw);
        const device = key === undefined ? undefined : view.current.deviceByKey(key);
        return device?.file.revoked === true ? undefined : device?.id;
      },
      ...{ strangers: this.#strangers, senders: this.#senders },
      onSent: bytes => {
        this.#sentBytes += bytes;
      },
    });
  }

  /** All that root has listed, in the order of the versions. */
  list(): KeptAgentFile[] {
    return [...this.#listedNow.values()].map(file => ({ ...file, here: this.#files.has(file) }));
  }

  /**
   * Durable when it returns; one at a time. @returns false: it was there already, and nothing was read
   * @throws TowlineError GATEWAY_AGENT_UNLISTED, AGENT_PART_DIFFERS, GATEWAY_DISK_FULL, GATEWAY_BUSY; the signal's reason
   */
  async take(sha256: string, pieces: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<boolean> {
    const either = AbortSignal.any([signal, this.#stop.signal]);
    using _turn = await this.#taking.take(either);
    const file = this.#listedNow.get(sha256);
    if (file === undefined)
      throw new TowlineError('GATEWAY_AGENT_UNLISTED', `trusted main lists no ${sha256.slice(0, 64)}`);
    if ((await this.#files.find(file)) !== undefined) return false;
    await this.#files.take(file, pieces, either);
    this.#options.log.info({ sha256, bytes: file.bytes }, 'a part of an agent was brought');
    await this.#sweep();
    return true;
  }

  /** What is listed and here; undefined: it is not. */
  async find(sha256: string): Promise<Blob | undefined> {
    const file = this.#listedNow.get(sha256);
    return file === undefined ? undefined : await this.#files.find(file);
  }

  metrics(): Metric[] {
    const { devices, strangers } = this.#senders;
    const missing = this.list().filter(({ here }) => !here).length;
    return [
      gauge('towline_gateway_agent_bytes', 'Bytes of agents that are kept.', this.#files.bytes),
      gauge('towline_gateway_agent_missing', 'Files of agents that are listed and not here.', missing),
      gauge('towline_gateway_agent_sends', 'Files of agents being sent.', devices.live + strangers.live),
      counter('towline_gateway_agent_sent_bytes_total', 'Bytes of agents that were sent.', this.#sentBytes),
    ];
  }

  async close(): Promise<void> {
    this.#stop.abort(new TowlineError('GATEWAY_DRAINING', 'the gateway is shutting down'));
    await this.#control?.close();
    await this.#sweeping;
  }

  get #listedNow(): ReadonlyMap<string, ListedFile> {
    const { current } = this.#options.view;
    if (this.#listed?.of !== current)
      this.#listed = { of: current, files: listedFiles(current.whole?.agents ?? new Map()) };
    return this.#listed.files;
  }

  /** Before the first walk nobody knows what is listed. */
  async #sweep(): Promise<void> {
    if (this.#options.view.current.whole === undefined) return;
    try {
      const gone = await this.#files.keepOnly(this.#listedNow);
      if (gone.length > 0)
        this.#options.log.info({ gone }, 'parts of agents that are listed no more were removed');
    } catch (error) {
      this.#options.log.warn({ err: error }, 'parts of agents cannot be removed');
    }
  }

  /** Of a person at the gateway's machine: `GET /v1/agents`, `POST /v1/agents/<hash>`. */
  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (`${request.method} ${request.url}` === 'GET /v1/agents') {
      sayJson(response, 200, { files: this.list() });
      return;
    }
    const [, sha256] = /^POST \/v1\/agents\/([0-9a-f]{64})$/.exec(`${request.method} ${request.url}`) ?? [];
    if (sha256 === undefined) {
      sayJson(response, 404, { message: 'there is no such address' });
      return;
    }
    // What is refused is read no further, and its sender hears of it all the same.
    const incoming: AsyncIterable<Buffer> = request.iterator({ destroyOnReturn: false });
    const taken = await this.take(sha256, incoming, this.#stop.signal);
    sayJson(response, 200, { sha256, taken });
  }
}
