/** What differs between the two places that serve the page: a person's desk, and the gateway's person port. */
import type { SignedStatement } from '../../core/enrolment/statement.ts';
import type { Clock } from '../../core/io/clock.ts';
import type { Log } from '../../core/log.ts';
import type { ObjectId, ObjectSource } from '../../core/trust/git/object-source.ts';
import type { BundleHome } from '../bundles/bundle-home.ts';
import type { SessionHome } from '../sessions/session-home.ts';
import type { ChangeHome } from './change-home.ts';
import type { FleetSource } from './fleet-source.ts';
import type { TelemetrySource } from './telemetry-source.ts';

export interface Home {
  readonly kind: 'desk' | 'gateway';
  readonly clock: Clock;
  readonly log: Log;
  readonly fleet: FleetSource;
  readonly telemetry: TelemetrySource;
  readonly audit: AuditSource;
  /** Device → statements that wait for a person; two are one too many. */
  enrolments(signal: AbortSignal): Promise<ReadonlyMap<string, readonly SignedStatement[]>>;
  /** Undefined: nothing can be changed from here. */
  readonly changes: ChangeHome | undefined;
  readonly sessions: SessionHome | undefined;
  readonly bundles: BundleHome | undefined;
  /** What a gateway alone knows. */
  readonly gateway: GatewayFacts | undefined;
}

/** The branch `audit`. */
export interface AuditSource {
  /** @returns undefined: there is none */
  tip(signal: AbortSignal): Promise<ObjectId | undefined>;
  readonly objects: ObjectSource;
}

export interface GatewayFacts {
  /** Whether the device's tunnel stands at this gateway now. */
  tunnelIsUp(device: string): boolean;
  /** When a stage was seen on main for the first time, where that is known (`app/name`, stage from 1). */
  stageSeenMs?(rollout: string, stage: number): number | undefined;
}
