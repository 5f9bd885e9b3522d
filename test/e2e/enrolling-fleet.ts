/** A fleet whose devices come in by tokens: the rig of the story, and what a person at the device and one at a desk do. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { DeviceProcess } from '../../lab/fleet/device-process.ts';
import { FleetRig } from '../../lab/fleet/fleet-rig.ts';
import { addGateway, initialise } from '../../lab/fleet/make-fleet.ts';
import { silent } from '../../lab/fleet/narrator.ts';
import { publish, release } from '../../lab/fleet/publish.ts';
import { firstRelease } from '../../lab/fleet/releases.ts';
import type { RunResult } from '../../lab/fleet/workspace.ts';

export const telemetryUrl = 'ssh://gateway/telemetry.git';

export class EnrollingFleet {
  readonly rig: FleetRig;

  private constructor(rig: FleetRig) {
    this.rig = rig;
  }

  /** A signed fleet without devices, with a release, and its gateway up. */
  static async start(devices: readonly string[]): Promise<EnrollingFleet> {
    const rig = await FleetRig.prepare({ narrator: silent, devices });
    try {
      await initialise(rig);
      await addGateway(rig);
      await release(rig, firstRelease);
      await rig.gateway.start();
      await publish(rig, 'The first release');
      return new EnrollingFleet(rig);
    } catch (error) {
      await rig.stop();
      throw error;
    }
  }

  /** A command of the person at the desk, whatever it ends with. */
  towline(...args: string[]): Promise<RunResult> {
    return this.rig.operator.quietly('towline', args);
  }

  /** `towline device add`, committed and pushed. @returns the token. */
  async token(id: string, ...options: string[]): Promise<string> {
    const added = await this.towline('device', 'add', id, '--json', ...options);
    if (added.code !== 0) throw new Error(added.stderr);
    await this.publish(`Token for ${id}`);
    return (JSON.parse(added.stdout) as { token: string }).token;
  }

  /** @returns the commit */
  publish(message: string): Promise<string> {
    return publish(this.rig, message);
  }

  /** What a person at the device types; the token comes by standard input unless it stands among `args`. */
  enroll(
    device: DeviceProcess,
    args: readonly string[],
    input = '',
    state = device.state,
  ): Promise<RunResult> {
    mkdirSync(state, { recursive: true });
    return this.rig.workspace.try(
      'towline',
      [
        ...[
          'agent',
          'enroll',
          ...args,
          '--config',
          path.join(state, 'agent.yaml'),
          '--state-directory',
          state,
        ],
        ...['--engine-socket', device.engineSocket, '--project-prefix', device.prefix],
      ],
      { input, timeoutMs: 120_000 },
    );
  }

  /** Puts a token into a file of the device. */
  tokenFile(device: DeviceProcess, token: string): string {
    const file = path.join(device.folder, 'token');
    writeFileSync(file, `${token}\n`, { mode: 0o600 });
    return file;
  }

  accept(id: string, fingerprint: string): Promise<RunResult> {
    return this.towline('device', 'accept', id, '--telemetry', telemetryUrl, '--fingerprint', fingerprint);
  }

  /** Statement, acceptance, push: the whole way of a device in. */
  async enrolled(device: DeviceProcess, ...options: string[]): Promise<string> {
    const stated = await this.enroll(device, ['-', '--no-wait'], await this.token(device.id, ...options));
    const accepted = await this.accept(device.id, fingerprintIn(stated));
    if (accepted.code !== 0) throw new Error(`${stated.stderr}${accepted.stderr}`);
    return await this.publish(`Accept ${device.id}`);
  }

  stop(): Promise<void> {
    return this.rig.stop();
  }
}

/** The fingerprint that a device showed. */
export function fingerprintIn({ stdout, stderr }: RunResult): string {
  const found = /^fingerprint {2}(\S+)$/m.exec(stdout)?.[1];
  if (found === undefined) throw new Error(`no fingerprint in ${stdout}${stderr}`);
  return found;
}
