/** A gateway before a real registry, between them what can be made to misbehave. */
import { once } from 'node:events';
import {
  request as ask,
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { PinnedImage } from '../../../core/images/digest.ts';
import { FleetView } from '../../../gateway/fleet/fleet-view.ts';
import type { GatewayFile } from '../../../schemas/types.generated.ts';
import { makeState, type TestDevice, TestGateway } from '../rig/gateway.ts';

/** Hands requests on to the registry. `fault` answers itself what it wants to: true where it did. */
export class Between implements AsyncDisposable {
  readonly #server: Server;
  readonly #registry: string;
  readonly seen: string[] = [];
  bytes = 0;
  fault: (request: IncomingMessage, response: ServerResponse) => boolean = () => false;
  /** Of what the registry answers, what goes on. */
  mangle: (piece: Buffer, at: number, url: string) => Buffer = piece => piece;

  /** @param tls with it it speaks TLS */
  static async open(
    registry: string,
    tls?: { readonly cert: string; readonly key: string },
  ): Promise<Between> {
    const between = new Between(registry, tls);
    between.#server.listen(0, '127.0.0.1');
    await once(between.#server, 'listening');
    return between;
  }

  private constructor(registry: string, tls?: { readonly cert: string; readonly key: string }) {
    this.#registry = registry;
    const on = (request: IncomingMessage, response: ServerResponse) => this.#on(request, response);
    this.#server = tls === undefined ? createServer(on) : createTlsServer(tls, on);
  }

  get address(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `127.0.0.1:${port}`;
  }

  #on(request: IncomingMessage, response: ServerResponse): void {
    this.seen.push(`${request.method} ${request.url}`);
    if (this.fault(request, response)) return;
    const [host = '', port] = this.#registry.split(':');
    const { method = 'GET', url = '/', headers } = request;
    const onward = ask({ host, port, method, path: url, headers }, answer => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      let at = 0;
      answer.on('data', (piece: Buffer) => {
        const changed = this.mangle(piece, at, url);
        at += piece.length;
        this.bytes += changed.length;
        if (!response.write(changed)) {
          answer.pause();
          response.once('drain', () => answer.resume());
        }
      });
      answer.on('end', () => response.end());
      answer.on('error', () => response.destroy());
    });
    onward.on('error', () => response.destroy());
    onward.end();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

/** @param name of the registry as references have it. */
export async function gatewayBefore(
  upstream: string,
  name: string,
  devices: readonly TestDevice[],
  { folder = makeState(), file = {} }: { folder?: string; file?: Partial<GatewayFile> } = {},
): Promise<TestGateway> {
  const registries = { [name]: { url: `http://${upstream}`, ...file.registries?.[name] } };
  return await TestGateway.start(devices, {}, folder, { ...file, registries });
}

/** Device → what its releases pin. */
export type PinnedImages = Readonly<Record<string, readonly PinnedImage[]>>;

/** From now on these devices have releases that pin this. */
export function pin(gateway: TestGateway, devices: readonly TestDevice[], images: PinnedImages): void {
  gateway.view.publish(
    new FleetView({
      commit: '0'.repeat(40),
      fleet: undefined,
      devices: devices.map(({ view }) => view),
      operators: [],
      desiredTunnel: () => undefined,
      imagesOf: ({ id }) => images[id] ?? [],
    }),
  );
}
