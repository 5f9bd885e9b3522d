import type { Departures } from '../admission/departures.ts';
import type { PushIntake } from '../telemetry/push-intake.ts';
import type { TelemetryStore } from '../telemetry/telemetry-store.ts';

/** telemetry.git, for people who carry. */
export interface CarriedTelemetry {
  readonly store: Pick<TelemetryStore, 'tip'>;
  readonly intake: Pick<PushIntake, 'begin' | 'receive' | 'take'>;
  readonly departures: Pick<Departures, 'has'>;
}
