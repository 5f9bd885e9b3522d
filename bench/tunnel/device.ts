/** A fleet of one device whose agent is what ships, with one app in it, for what a person waits for and an agent keeps. */
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { FleetRig } from '../../lab/fleet/fleet-rig.ts';
import { addDevices, addGateway, initialise } from '../../lab/fleet/make-fleet.ts';
import { silent } from '../../lab/fleet/narrator.ts';
import { publish, release } from '../../lab/fleet/publish.ts';
import { firstRelease } from '../../lab/fleet/releases.ts';
import { bundle } from '../../scripts/bundle.ts';
import { appliedEverywhere } from '../../scripts/demo/story.ts';
import { asShipped } from '../as-shipped.ts';

export class BenchDevice implements AsyncDisposable {
  readonly rig: FleetRig;
  readonly id: string;

  private constructor(rig: FleetRig, id: string) {
    this.rig = rig;
    this.id = id;
  }

  /** The agent runs, its app is healthy, its tunnel closed. */
  static async start(id: string, signal: AbortSignal): Promise<BenchDevice> {
    const programs = await bundle();
    const agent = path.relative(path.resolve(import.meta.dirname, '../..'), programs.agent ?? '');
    const shipped = asShipped();
    const rig = await FleetRig.prepare({
      narrator: silent,
      devices: [id],
      agentProgram: agent,
      agentNodeOptions: shipped.nodeOptions,
      agentEnvironment: shipped.environment,
    });
    signal.addEventListener('abort', () => void rig.stop());
    try {
      await initialise(rig);
      await addGateway(rig);
      await addDevices(rig);
      await release(rig, firstRelease);
      const { sshd } = rig.device(id);
      rig.operator.edit(`devices/${id}.yaml`, [
        ['access'],
        {
          targets: [{ name: 'ssh', host: sshd.host, port: sshd.port }],
          services: [{ app: 'hello', service: 'web' }],
        },
      ]);
      await rig.gateway.start();
      const commit = await publish(rig, 'hello');
      rig.device(id).program.start();
      await appliedEverywhere(rig, commit);
    } catch (error) {
      await rig.stop();
      throw error;
    }
    return new BenchDevice(rig, id);
  }

  /** A signed commit that opens or closes the tunnel; it is not pushed. @returns its id */
  async commit(state: 'open' | 'closed'): Promise<string> {
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const tunnel = state === 'open' ? { state, until, reason: 'bench' } : { state };
    this.rig.operator.edit(`devices/${this.id}.yaml`, [['tunnel'], tunnel]);
    return await this.rig.operator.commit(`Tunnel ${state}`);
  }

  /** As `towline tunnel open` does it, which has looked at the commit: the hook does not look again. */
  async push(commit: string): Promise<void> {
    const environment = { TOWLINE_CHECKED: commit };
    const { code, stderr } = await this.rig.operator.quietly('git', ['push', 'gateway', 'main'], {
      environment,
    });
    if (code !== 0) throw new Error(`git push: exit ${code}\n${stderr}`);
  }

  /** Words for the person's own ssh. @param place `web@pump`, `pump.host` */
  ssh(place: string): string[] {
    const unasked = ['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null'];
    const { sshConfig, sshKey } = this.rig.operator;
    return [
      '-F',
      sshConfig,
      ...unasked,
      ...(place.endsWith('.host') ? [] : ['-i', sshKey]),
      '-J',
      'gateway',
      place,
    ];
  }

  /** Tries as a person does, until it works. @throws Error after a minute */
  async comesIn(): Promise<void> {
    for (let tries = 0; tries < 600; tries += 1) {
      const { code } = await this.rig.operator.quietly('ssh', [...this.ssh(`${this.id}.host`), 'true']);
      if (code === 0) return;
      await wait(100);
    }
    throw new Error('nobody comes in');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.rig.stop();
  }
}
