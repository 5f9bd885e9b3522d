/** The audit log over a real repository and the gateway's own way to git. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { auditRef } from '../../../core/audit/audit-commit.ts';
import type { AuditEntry } from '../../../core/audit/audit-entry.ts';
import { type KnownHead, verifyAudit } from '../../../core/audit/audit-verify.ts';
import { GitCatFileSource } from '../../../core/io/git/git-object-source.ts';
import { makeSshPrivateKey, readSshPrivateKey, type SshKey } from '../../../core/io/openssh-key.ts';
import { readSshPublicKey } from '../../../core/trust/signature/ssh-public-key.ts';
import { KeyRing } from '../../../core/trust/signature/trust-key.ts';
import { AuditTrail, type AuditTrailOptions } from '../../../gateway/audit/audit-trail.ts';
import { GitRunner } from '../../../gateway/git/git-runner.ts';
import type { NumberedTransition } from '../../../gateway/transitions/transition.ts';
import { eventually } from '../../../lab/rig/eventually.ts';
import { PutClock } from '../../../lab/rig/put-clock.ts';
import { git, helperCommand, runGit } from '../rig/gateway.ts';

/** Of today, as what else is written: a log has a file for each day. */
const atMs = Date.now();

export const transitionAt = (number: number): NumberedTransition => ({
  key: { fleet: 'acme', subject: `device/pump-${number}`, type: 'device.failed' },
  ...{ state: 'open', at: atMs, severity: 'critical' },
  ...{ number, device: `pump-${number}`, app: 'hello', release: '1.0.0', code: 'APPLY_UNHEALTHY' },
});

export class AuditRig implements AsyncDisposable {
  readonly folder: string;
  readonly runner: GitRunner;
  readonly key: SshKey = readSshPrivateKey(makeSshPrivateKey('audit'));
  readonly clock = new PutClock();
  keepDays = 400;
  readonly #trails: AuditTrail[] = [];

  static async make(): Promise<AuditRig> {
    const runner = new GitRunner({ maxProcesses: 4, maxQueued: 64, helperCommand });
    await runner.start();
    return new AuditRig(runner);
  }

  private constructor(runner: GitRunner) {
    this.runner = runner;
    this.folder = mkdtempSync(join(tmpdir(), 'towline-audit-'));
    mkdirSync(this.spool);
    git(['init', '-q', '--bare', '-b', 'fleet-status', 'telemetry.git'], { cwd: this.folder });
  }

  get telemetryGit(): string {
    return join(this.folder, 'telemetry.git');
  }

  get spool(): string {
    return join(this.folder, 'audit');
  }

  async open(more: Partial<AuditTrailOptions> = {}): Promise<AuditTrail> {
    const { telemetryGit, runner, key, clock, spool: folder } = this;
    const trail = await AuditTrail.open({
      ...{ fleet: 'acme', telemetryGit, runner, key, folder, clock, intervalMs: 20 },
      ...{ keepDays: () => this.keepDays, isPinned: () => true, log: pino({ level: 'silent' }) },
      ...more,
    });
    this.#trails.push(trail);
    return trail;
  }

  /** So many entries are committed, and the spool knows it. */
  committed(trail: AuditTrail, seq: number): Promise<void> {
    return eventually(() => trail.head?.seq === seq && readdirSync(this.spool).length === 0);
  }

  get tip(): string {
    return runGit(['rev-parse', '-q', '--verify', auditRef], { cwd: this.telemetryGit }).stdout.trim();
  }

  /** What stands on the branch, verified. */
  async read(known: readonly KnownHead[] = []) {
    const source = new GitCatFileSource(this.telemetryGit);
    await using _ended = source;
    const entries: AuditEntry[] = [];
    const verdict = await verifyAudit({
      ...{ source, tip: this.tip, fleet: 'acme', known, signal: new AbortController().signal },
      keys: new KeyRing([{ principal: 'gateway', key: readSshPublicKey(this.key.publicLine) }]),
      onEntry: entry => entries.push(entry),
    });
    return { ...verdict, told: entries };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Of a test that failed.
    for (const trail of this.#trails) await trail.close();
    await this.runner[Symbol.asyncDispose]();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
