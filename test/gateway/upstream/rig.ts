/** A forge as a real bare repository, and a mirror of it without the rest of the gateway. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import type { Clock } from '../../../core/io/clock.ts';
import { createSystemClock } from '../../../core/io/system-clock.ts';
import type { TrustedState } from '../../../core/trust/walk.ts';
import type { AuditEvent } from '../../../gateway/admission/audit.ts';
import { GitRunner } from '../../../gateway/git/git-runner.ts';
import { type GatewaySettings, gatewaySettings } from '../../../gateway/settings.ts';
import type { UpstreamMirror } from '../../../gateway/upstream/upstream-mirror.ts';
import { UpstreamService } from '../../../gateway/upstream/upstream-service.ts';
import type { GatewayFile } from '../../../schemas/types.generated.ts';
import { git, helperCommand, runGit } from '../rig/gateway.ts';

export type UpstreamFile = NonNullable<GatewayFile['upstream']>;

export class ForgeRig implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'towline-forge-'));
  readonly forge = join(this.folder, 'forge.git');
  readonly fleetGit = join(this.folder, 'state', 'fleet.git');
  readonly telemetryGit = join(this.folder, 'state', 'telemetry.git');
  readonly audited: AuditEvent[] = [];
  readonly anchor: string;
  readonly #stop = new AbortController();
  readonly #runner = new GitRunner({ maxProcesses: 4, maxQueued: 64, helperCommand });
  moved = 0;

  constructor() {
    git(['init', '-q', '--bare', '-b', 'main', this.forge]);
    this.anchor = this.commit('first');
    git(['clone', '-q', '--bare', this.forge, this.fleetGit]);
    git(['init', '-q', '--bare', '-b', 'main', this.telemetryGit]);
  }

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Commits one file onto a branch of the forge (or another repository). */
  commit(content: string, options: { branch?: string; parent?: string; repository?: string } = {}): string {
    const cwd = options.repository ?? this.forge;
    const ref = `refs/heads/${options.branch ?? 'main'}`;
    const parent = options.parent ?? runGit(['rev-parse', '-q', '--verify', ref], { cwd }).stdout.trim();
    const blob = git(['hash-object', '-w', '--stdin'], { cwd, input: content });
    const tree = git(['mktree'], { cwd, input: `100644 blob ${blob}\tfile\n` });
    const made = git(['commit-tree', tree, ...(parent === '' ? [] : ['-p', parent]), '-m', 'Change'], {
      cwd,
    });
    git(['update-ref', ref, made], { cwd });
    return made;
  }

  head(repository = this.fleetGit, ref = 'refs/heads/main'): string {
    return runGit(['rev-parse', '-q', '--verify', ref], { cwd: repository }).stdout.trim();
  }

  settings(upstream: Partial<UpstreamFile> = {}): GatewaySettings {
    return gatewaySettings({
      apiVersion: 'towline/v1',
      fleet: 'acme',
      anchor: this.anchor,
      stateDirectory: join(this.folder, 'state'),
      upstream: { url: this.forge, interval: '5s', timeout: '20s', ...upstream },
    });
  }

  async open(
    file: Partial<UpstreamFile> = {},
    trusted?: TrustedState,
    clock: Clock = createSystemClock(),
  ): Promise<UpstreamService> {
    const settings = this.settings(file);
    if (settings.upstream === undefined) throw new Error('no upstream');
    return await UpstreamService.open({
      ...settings,
      upstream: settings.upstream,
      runner: this.#runner,
      trusted: () => trusted,
      look: async () => {
        this.moved += 1;
      },
      audit: { write: event => this.audited.push(event) },
      log: pino({ level: process.env.TOWLINE_TEST_LOG ?? 'silent' }),
      clock,
    });
  }

  /** Opens, looks once and gives the state. */
  async look(service: UpstreamService): Promise<UpstreamMirror['state']> {
    await service.mirror.look(this.signal);
    return service.mirror.state;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(new Error('the test is over'));
    await this.#runner[Symbol.asyncDispose]();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
