/** Rollouts as they stand: main as devices follow it, and what devices have signed last. */

import { fleetOf } from '../../core/change/fleet-of.ts';
import type { Fleet } from '../../core/fleet/fleet.ts';
import { RolloutBoard, type RolloutReport } from '../../core/rollout/board.ts';
import { type DeviceWord, doubtfulWord, wordOf } from '../../core/rollout/word.ts';
import type { Reported } from '../../core/status/reported.ts';
import { filesAt } from '../change/remote-main.ts';
import { KeptVerdicts } from '../status/kept-verdicts.ts';
import { readReports } from '../status/reports.ts';
import type { TelemetryRepository } from '../status/telemetry.ts';
import type { TrustWalk } from '../trust/walk.ts';
import { Sightings } from './sightings.ts';

export interface DeskQuestion {
  readonly look: TrustWalk;
  readonly telemetry: TelemetryRepository;
  /** `app/name` of those that are asked for. */
  readonly isWanted?: (key: string) => boolean;
  /** Whether what is seen now for the first time is written down. */
  readonly keeps: boolean;
}

export interface Desk {
  readonly fleet: Fleet;
  readonly words: ReadonlyMap<string, DeviceWord>;
  readonly reports: readonly RolloutReport[];
}

/** @throws FleetProblems; TowlineError CLI_GIT; the signal's reason */
export async function openDesk(question: DeskQuestion, signal: AbortSignal): Promise<Desk> {
  const { look, telemetry, keeps, isWanted = () => true } = question;
  const { gitDirectory } = look.repository;
  const fleet = await fleetOf(filesAt(look));
  const nowMs = Date.now();
  const sightings = await Sightings.open(gitDirectory, nowMs);
  const verdicts = await KeptVerdicts.open(gitDirectory);
  const knownOf = (device: string, tip: string) => verdicts.of(device, tip, fleet);
  const found = await readReports({ directory: telemetry.directory, fleet, knownOf, signal });
  await verdicts.keep(found, fleet);
  const words = wordsOf(found, sightings);
  const head = look.trusted.commit;
  const board = await RolloutBoard.open({ fleet, reader: look.reader(), head, isWanted }, signal);
  const seenMs = (key: string, stage: number) => sightings.stageMs(`${key} ${stage}`);
  const reports = board.standings({ words, nowMs, seenMs, inconclusive: doubtOf(fleet, found) });
  if (keeps) await sightings.write();
  return { fleet, words, reports };
}

function wordsOf(reports: readonly Reported[], sightings: Sightings): Map<string, DeviceWord> {
  const words = new Map<string, DeviceWord>();
  for (const { device, commit, status, doubt = 'it says nothing' } of reports) {
    const arrivedMs = sightings.arrivedMs(device, commit);
    words.set(device, status === undefined ? doubtfulWord(doubt) : wordOf(status, { arrivedMs }));
  }
  return words;
}

/** Where most of what is there cannot be read, nothing is judged by the rest. */
function doubtOf(fleet: Fleet, reports: readonly Reported[]): string | undefined {
  const doubted = reports.filter(({ device, doubt }) => doubt !== undefined && fleet.devices.has(device));
  const isMost = doubted.length * 2 > reports.length;
  return isMost ? `${doubted.length} of ${reports.length} statuses cannot be read` : undefined;
}
