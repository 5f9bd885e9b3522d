/** What is written down of what was allowed and refused: the log file of this machine, and the audit log of the fleet. */
import { join } from 'node:path';
import type { Logger } from 'pino';
import { defaultAuditKeep } from '../../core/audit/audit-piece.ts';
import { parseDuration } from '../../core/duration.ts';
import { messageOf } from '../../core/errors/cause.ts';
import { TowlineError } from '../../core/errors.ts';
import { openAuditKey } from '../../core/io/audit-key.ts';
import type { Clock } from '../../core/io/clock.ts';
import { type Audit, AuditFile, QuietAudit } from '../admission/audit.ts';
import type { FleetViewHolder } from '../fleet/fleet-view-holder.ts';
import type { GitRunner } from '../git/git-runner.ts';
import type { Metric } from '../plain-port/metric.ts';
import type { AuditTrail } from './audit-trail.ts';

export interface OpenAuditOptions {
  readonly settings: {
    readonly fleet: string;
    readonly stateDirectory: string;
    readonly telemetryGit: string;
  };
  readonly view: FleetViewHolder;
  readonly runner: GitRunner;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface OpenedAudit {
  readonly audit: Audit;
  readonly trail: AuditTrail;
  /** After the log file was rotated. */
  reopen(): void;
  metrics(): readonly Metric[];
  state(): object;
  close(): Promise<void>;
}

const dayMs = 86_400_000;

/** @throws TowlineError GATEWAY_STATE_UNUSABLE */
export async function openAudit({
  settings,
  view,
  runner,
  clock,
  log,
}: OpenAuditOptions): Promise<OpenedAudit> {
  const { stateDirectory } = settings;
  const file = new AuditFile(join(stateDirectory, 'audit.log'), clock, (event, error) =>
    log.error({ audit: event, error: String(error) }, 'an audit line could not be written'),
  );
  try {
    const { key, isNew } = await openAuditKey(join(stateDirectory, 'keys'));
    if (isNew)
      log.info({ key: key.publicLine }, 'a key for the audit log was made: `towline audit accept` pins it');
    const ofFleet = () => view.current.fleet?.audit;
    const { AuditTrail } = await import('./audit-trail.ts');
    const trail = await AuditTrail.open({
      ...{ ...settings, runner, clock, log, key, folder: join(stateDirectory, 'audit') },
      keepDays: () => Math.max(1, Math.ceil(parseDuration(ofFleet()?.keep ?? defaultAuditKeep) / dayMs)),
      isPinned: () => ofFleet()?.keys?.some(line => line.split(' ', 2).join(' ') === key.publicLine) ?? false,
    });
    const both: Audit = {
      write: event => {
        file.write(event);
        trail.write(event);
      },
    };
    const quiet = new QuietAudit(both, clock);
    return {
      ...{ audit: quiet, trail, reopen: () => file.reopen() },
      metrics: () => [...file.metrics(), ...quiet.metrics(), ...trail.metrics()],
      state: () => trail.state(),
      close: async () => {
        await trail.close();
        await file.close();
      },
    };
  } catch (cause) {
    await file.close();
    throw new TowlineError('GATEWAY_STATE_UNUSABLE', `the audit log: ${messageOf(cause)}`, { cause });
  }
}
