/** What devices last said, for verbs that also do without: on a journey, in CI. */
import { isTowlineError } from '../../core/errors.ts';
import type { Fleet } from '../../core/fleet/fleet.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';
import { remembered } from '../desk/remembered.ts';
import { readReports, reportedBy } from './reports.ts';
import { openTelemetry } from './telemetry.ts';

export interface LastSaid {
  /** By device: what its key has signed. */
  readonly reported: ReadonlyMap<string, StatusFile>;
  /** Why nobody could be asked. */
  readonly trouble?: string;
}

interface Question {
  /** The clone that may remember where telemetry is. */
  readonly repo: string;
  /** Where it is: what is named must be readable. */
  readonly telemetry: string | undefined;
  /** Undefined: there is no fleet to ask of, or none that can be read. */
  readonly fleetOf: () => Promise<Fleet | undefined>;
  /** Of these alone; all unless some are named. */
  readonly devices?: readonly string[];
}

/** @throws TowlineError what telemetry that was named throws; of one that a clone merely remembers it is trouble */
export async function lastSaid(
  { repo, telemetry: named, fleetOf, devices = [] }: Question,
  signal: AbortSignal,
): Promise<LastSaid> {
  const place = named ?? (await remembered(repo, 'telemetry')) ?? '';
  const fleet = place === '' ? undefined : await fleetOf();
  if (fleet === undefined) return { reported: new Map() };
  try {
    await using telemetry = await openTelemetry(place, signal);
    const reports = await readReports({ directory: telemetry.directory, fleet, signal, devices });
    return { reported: reportedBy(reports) };
  } catch (error) {
    if (named !== undefined || !isTowlineError(error)) throw error;
    return { reported: new Map(), trouble: `${place} could not be asked (${error.code})` };
  }
}
