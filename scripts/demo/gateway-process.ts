/** The gateway of the story: its configuration, its ports, its process. */
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { stringify } from 'yaml';
import { makeDeviceKeys, sshPublicKey, tlsPublicKey, writeDeviceKeys } from '../../core/io/device-keys.ts';
import { tlsPin } from '../../core/io/tls-pins.ts';
import { freePort } from '../machine/free-port.ts';
import { Program } from './program.ts';
import { waitUntil } from './wait-until.ts';
import type { Workspace } from './workspace.ts';

export interface GatewayPorts {
  readonly devices: number;
  readonly people: number;
  readonly internal: number;
}

function listens(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

export class GatewayProcess {
  readonly ports: GatewayPorts;
  /** Folder of its configuration and its state. */
  readonly folder: string;
  readonly program: Program;

  readonly #workspace: Workspace;

  private constructor(workspace: Workspace, ports: GatewayPorts) {
    this.#workspace = workspace;
    this.ports = ports;
    this.folder = workspace.makeFolder('gateway');
    this.program = new Program({
      entry: 'gateway/main.ts',
      arguments: ['--config', this.config],
      log: path.join(this.folder, 'log'),
      environment: workspace.environment,
    });
  }

  static async prepare(workspace: Workspace): Promise<GatewayProcess> {
    const [devices, people, internal] = await Promise.all([freePort(), freePort(), freePort()]);
    return new GatewayProcess(workspace, { devices, people, internal });
  }

  get config(): string {
    return path.join(this.folder, 'gateway.yaml');
  }

  get state(): string {
    return path.join(this.folder, 'state');
  }

  /** Address of the device port. */
  get address(): string {
    return `127.0.0.1:${this.ports.devices}`;
  }

  /** Keys, repositories and configuration, the fleet's main with them. @returns its pin and its SSH host key. */
  async initialise(
    repository: string,
    fleet: string,
    anchor: string,
  ): Promise<{ pin: string; hostKey: string }> {
    const keys = makeDeviceKeys('gateway');
    await writeDeviceKeys(path.join(this.state, 'keys'), keys);
    const run = (...args: string[]) => this.#workspace.run('git', args);
    await run('clone', '--quiet', '--bare', repository, path.join(this.state, 'fleet.git'));
    await run('init', '--quiet', '--bare', path.join(this.state, 'telemetry.git'));
    const listen = {
      devices: this.address,
      people: `127.0.0.1:${this.ports.people}`,
      internal: `127.0.0.1:${this.ports.internal}`,
    };
    const file = {
      apiVersion: 'towline/v1',
      fleet,
      anchor,
      stateDirectory: this.state,
      listen,
      logLevel: 'debug',
    };
    writeFileSync(this.config, stringify(file));
    const pin = tlsPin(Buffer.from(tlsPublicKey(keys), 'base64'));
    return { pin, hostKey: sshPublicKey(keys) };
  }

  /** Starts it and waits until devices and people can come in. */
  async start(): Promise<void> {
    this.program.start();
    await waitUntil(
      'the gateway to listen',
      async () => {
        if (!this.program.running) throw new Error(this.program.lastWords());
        return (await listens(this.ports.devices)) && (await listens(this.ports.people)) ? true : undefined;
      },
      { timeoutMs: 20_000, intervalMs: 50, seen: () => this.program.lastWords() },
    );
  }
}
