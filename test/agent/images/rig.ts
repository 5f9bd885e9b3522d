/** A device's way to a real gateway, before a real registry: with what can be cut, or made to misbehave, before either. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect } from 'node:tls';
import { promisify } from 'node:util';
import { ImageEndpoint, type WantedImage } from '../../../agent/images/image-endpoint.ts';
import { imageLabel } from '../../../core/desired/images.ts';
import type { DesiredProject, DesiredState } from '../../../core/desired/state.ts';
import type { Dialler } from '../../../core/io/https/dialler.ts';
import { createDialler } from '../../../core/io/https/https-dialler.ts';
import { peerPin } from '../../../core/io/https/tls-pins.ts';
import { createSystemClock } from '../../../core/io/system-clock.ts';
import type { PushedImage } from '../../../lab/machine/images.ts';
import { type Registry, startRegistry } from '../../../lab/machine/registry.ts';
import { makeDesired, makeProject } from '../../../lab/rig/desired.ts';
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

  /** @param engine what the file of the device says of the key of its engine */
  pin(
    images: PinnedImages[string],
    engine: { readonly registry?: string; readonly revoked?: boolean } = {},
  ): void {
    const { view } = this.device;
    const { registry, revoked = view.file.revoked } = engine;
    const keys = { tls: '', ssh: '', ...view.file.keys, ...(registry === undefined ? {} : { registry }) };
    const file = { ...view.file, keys, ...(revoked === undefined ? {} : { revoked }) };
    pin(this.gateway, [{ ...this.device, view: { ...view, file } }], { [this.device.id]: images });
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

const agentProgram = path.join(import.meta.dirname, '../../../agent/main.ts');

export interface CertsD {
  readonly address: string;
  readonly tlsPin: string;
  /** Options of the verb. */
  readonly more?: readonly string[];
}

/** `towline agent certs-d` of device pump, as a process. @returns what it printed with `--json` */
export async function certsD({ address, tlsPin, more = [] }: CertsD): Promise<{
  readonly device: string;
  readonly key: string;
  readonly folders: readonly string[];
}> {
  const state = mkdtempSync(path.join(tmpdir(), 'towline-certs-d-'));
  try {
    const config = path.join(state, 'agent.yaml');
    const gateways = [{ address, tlsPins: [tlsPin] }];
    const file = {
      apiVersion: 'towline/v1',
      fleet: 'test',
      device: 'pump',
      anchor: '0'.repeat(40),
      gateways,
    };
    writeFileSync(config, JSON.stringify(file));
    const words = [agentProgram, 'certs-d', '--config', config, '--json', ...more];
    const { stdout } = await promisify(execFile)(process.execPath, words);
    return JSON.parse(stdout);
  } finally {
    rmSync(state, { recursive: true, force: true });
  }
}

/** An app of one service whose release pins this image. */
export function releasedApp(project: string, { tag, digest }: PushedImage): DesiredProject {
  const app = {
    image: `${registryName}/app@${digest}`,
    labels: { [imageLabel]: `${registryName}/app:${tag}` },
    restart: 'always' as const,
  };
  return { ...makeProject(project, { services: { app } }), release: `1.${tag}` };
}

/** Of a device whose images come through the gateway. */
export function throughGateway(device: string, project: DesiredProject): DesiredState {
  const desired = makeDesired(device, [project]);
  const images = { throughGateway: [registryName], maxRateBytes: undefined };
  return { ...desired, settings: { ...desired.settings, images } };
}
