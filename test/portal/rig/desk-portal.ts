/** `towline portal` as a person runs it, from a clone of a really signed fleet. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FleetRepository, makeFleetRepository } from '../../../lab/rig/fleet-repository.ts';
import { makeSshKey, type SshKey } from '../../../lab/rig/keys.ts';
import { git } from '../../gateway/rig/gateway.ts';
import { fleetFile } from '../../gateway/rig/program.ts';
import { PortalProgram } from './portal-program.ts';

export class DeskPortal implements AsyncDisposable {
  readonly folder: string;
  readonly clone: string;
  readonly operator: SshKey;
  /** Where main is pushed to. */
  readonly repository: FleetRepository;
  /** Where devices report to. */
  readonly telemetry: string;
  readonly program = new PortalProgram();

  static async make(files: Readonly<Record<string, string>> = {}): Promise<DeskPortal> {
    const operator = await makeSshKey();
    const { repository, anchor } = await makeFleetRepository({
      signer: operator,
      files: {
        'fleet.yaml': fleetFile,
        'operators/alice.yaml': `apiVersion: towline/v1\nsshKeys: ["${operator.publicKey}"]\ngit: { fleet: write }\n`,
        ...files,
      },
    });
    return new DeskPortal(operator, repository, anchor);
  }

  private constructor(operator: SshKey, repository: FleetRepository, anchor: string) {
    this.operator = operator;
    this.repository = repository;
    this.folder = mkdtempSync(join(tmpdir(), 'towline-desk-'));
    this.clone = join(this.folder, 'clone');
    this.telemetry = join(this.folder, 'telemetry.git');
    git(['clone', '-q', repository.path, this.clone]);
    git(['init', '-q', '--bare', '--object-format=sha1', this.telemetry]);
    git(['config', 'towline.anchor', anchor], { cwd: this.clone });
    git(['config', 'towline.telemetry', this.telemetry], { cwd: this.clone });
    git(['config', 'towline.operator', 'alice'], { cwd: this.clone });
  }

  /** @returns the address that it shows */
  start(args: readonly string[] = ['--no-browser'], environment: NodeJS.ProcessEnv = {}): Promise<URL> {
    return this.program.start({ directory: this.clone, args, environment });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.program.stop('SIGTERM');
    await this.repository.remove();
    await this.operator.remove();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
