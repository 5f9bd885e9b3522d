/** The gateway of the story: its configuration, its ports, its process. */

import path from 'node:path';
import { freePort } from '../machine/free-port.ts';
import { portAnswers } from '../machine/port-answers.ts';
import { entries } from '../machine/programs.ts';
import { Program } from './program.ts';
import { waitUntil } from './wait-until.ts';
import type { Workspace } from './workspace.ts';

export interface GatewayPorts {
  readonly devices: number;
  readonly people: number;
  readonly internal: number;
}

export class GatewayProcess {
  readonly ports: GatewayPorts;
  /** Folder of its configuration and its state. */
  readonly folder: string;
  readonly program: Program;

  private constructor(workspace: Workspace, ports: GatewayPorts) {
    this.ports = ports;
    this.folder = workspace.makeFolder('gateway');
    this.program = new Program({
      entry: entries.gateway,
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

  /** Arguments of `towline gateway init` in a folder. @param address as devices dial it. */
  initArguments(address: string, directory: string): string[] {
    const [state, config] = [this.state, this.config].map(file => path.relative(directory, file));
    return [
      ...['gateway', 'init', '--address', address, '--state-directory', `${state}`, '--config', `${config}`],
      ...['--listen-devices', `127.0.0.1:${this.ports.devices}`],
      ...['--listen-people', `127.0.0.1:${this.ports.people}`],
      ...['--listen-internal', `127.0.0.1:${this.ports.internal}`],
    ];
  }

  /** Starts it and waits until devices and people can come in. */
  async start(): Promise<void> {
    this.program.start();
    await waitUntil(
      'the gateway to listen',
      async () => {
        if (!this.program.running) throw new Error(this.program.lastWords());
        return (await portAnswers(this.ports.devices)) && (await portAnswers(this.ports.people))
          ? true
          : undefined;
      },
      { timeoutMs: 120_000, intervalMs: 50, seen: () => this.program.lastWords() },
    );
  }
}
