/** A device's way to a real gateway, before a real registry: with what can be cut, or made to misbehave, before either. */
import { once } from 'node:events';
import { connect } from 'node:tls';
import { ImageEndpoint, type WantedImage } from '../../../agent/images/image-endpoint.ts';
import type { Dialler } from '../../../core/io/https/dialler.ts';
import { createDialler } from '../../../core/io/https/https-dialler.ts';
import { peerPin } from '../../../core/io/https/tls-pins.ts';
import { createSystemClock } from '../../../core/io/system-clock.ts';
import { type Registry, startRegistry } from '../../../lab/machine/registry.ts';
import { Between, gatewayBefore, type PinnedImages, pin } from '../../gateway/registry/rig.ts';
import { type TestDevice, type TestGateway, testDevice } from '../../gateway/rig/gateway.ts';
import { TcpRelay } from '../../rig/tcp-relay.ts';

/** Nothing listens there: what comes, comes through the gateway. */
export const registryName = 'images.example.com:5000';

async function pinOf(port: number): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const found = peerPin(socket) ?? '';
  socket.destroy();
  return found;
}

export class ImageRig implements AsyncDisposable {
  readonly device: TestDevice;
  readonly registry: Registry;
  /** Between gateway and registry. */
  readonly between: Between;
  readonly gateway: TestGateway;
  readonly relay: TcpRelay;
  readonly tlsPin: string;
  readonly dialler: Dialler;
  readonly endpoint: ImageEndpoint;
  readonly told: string[] = [];

  static async start(): Promise<ImageRig> {
    const device = testDevice('pump');
    const registry = await startRegistry();
    const between = await Between.open(registry.address);
    const gateway = await gatewayBefore(between.address, registryName, [device]);
    const relay = await TcpRelay.start('127.0.0.1', gateway.port);
    return new ImageRig({ device, registry, between, gateway, relay, tlsPin: await pinOf(gateway.port) });
  }

  private constructor(parts: {
    readonly device: TestDevice;
    readonly registry: Registry;
    readonly between: Between;
    readonly gateway: TestGateway;
    readonly relay: TcpRelay;
    readonly tlsPin: string;
  }) {
    const { device, registry, between, gateway, relay, tlsPin } = parts;
    this.device = device;
    this.registry = registry;
    this.between = between;
    this.gateway = gateway;
    this.relay = relay;
    this.tlsPin = tlsPin;
    const log = { debug() {}, info: (_: object, message: string) => void this.told.push(message), warn() {} };
    this.dialler = createDialler({
      gateways: [{ address: `127.0.0.1:${relay.port}`, tlsPins: [tlsPin], sshHostKeys: [] }],
      ...{ key: device.keys.tlsKey, certificate: device.keys.tlsCertificate, log },
    });
    this.endpoint = new ImageEndpoint({ dialler: this.dialler, clock: createSystemClock(), log });
  }

  pin(images: PinnedImages[string]): void {
    pin(this.gateway, [this.device], { [this.device.id]: images });
  }

  /** What an engine would be told of this image. */
  wanted(repository: string, digest: string, more: Partial<WantedImage> = {}): WantedImage {
    const nothing = { maxRateBytes: undefined, onAlive: () => {}, onRefused: () => {} };
    return { registry: registryName, repository, digest, ...nothing, ...more };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dialler.close();
    await this.relay.stop();
    await this.gateway[Symbol.asyncDispose]();
    await this.between[Symbol.asyncDispose]();
    await this.registry.stop();
  }
}
