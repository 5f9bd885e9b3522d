/** Sessions of the desk's page: what the gateway has of them, asked and opened as `towline session` does it. */

import { isTowlineError, TowlineError } from '../../core/errors.ts';
import type { Fleet } from '../../core/fleet/fleet.ts';
import { checkLedger } from '../../core/recording/ledger-check.ts';
import { type RecordedRow, recordedRow } from '../../core/recording/recorded-row.ts';
import { isRecordingId, sessionOf } from '../../core/recording/recording-id.ts';
import { shownCastLine } from '../../core/recording/shown-cast.ts';
import { ShownOutput } from '../../core/terminal/shown-output.ts';
import type {
  LedgerDoubt,
  RecordedSessions,
  SessionHome,
  SessionPlace,
} from '../../portal/sessions/session-home.ts';
import { watchedCast } from '../../portal/sessions/watched-cast.ts';
import type { SessionViewer } from '../../portal/terminal/terminal-home.ts';
import { openRecording } from '../session/opened-recording.ts';
import { type FleetOptions, RecordedFleet } from '../session/recorded-fleet.ts';
import { SessionTerminals, type SessionTerminalsOptions } from './session-terminals.ts';

export interface DeskSessionHomeOptions extends SessionTerminalsOptions {
  readonly fleet: () => Fleet | undefined;
  readonly options: FleetOptions;
}

/** Devices whose ledgers are asked for at once, and in all: those with the newest recordings. */
const [atOnce, mostDevices] = [4, 16];
const mostRows = 500;

export class DeskSessionHome implements SessionHome {
  readonly terminals: SessionTerminals;
  readonly noReplay = undefined;
  readonly #options: DeskSessionHomeOptions;

  constructor(options: DeskSessionHomeOptions) {
    this.#options = options;
    this.terminals = new SessionTerminals(options);
  }

  noWatch(device: string): string | undefined {
    return this.terminals.closed(device);
  }

  async list(
    _viewer: SessionViewer,
    device: string | undefined,
    signal: AbortSignal,
  ): Promise<RecordedSessions> {
    const fleet = await RecordedFleet.open(this.#options.options);
    const all = device === undefined ? await newestFirst(fleet, signal) : [knownTo(fleet, device)];
    const asked = all.slice(0, mostDevices);
    const rows: RecordedRow[] = [];
    const doubts: LedgerDoubt[] = [];
    for (let at = 0; at < asked.length; at += atOnce) {
      const some = asked.slice(at, at + atOnce).map(one => ofDevice(fleet, one, signal));
      for (const found of await Promise.all(some)) {
        if ('code' in found) doubts.push(found);
        else rows.push(...found.rows);
      }
    }
    rows.sort((one, other) => (one.started < other.started ? 1 : -1));
    return {
      rows: rows.slice(0, mostRows),
      doubts,
      isCut: all.length > asked.length || rows.length > mostRows,
    };
  }

  async recording(
    _viewer: SessionViewer,
    { device, recording }: SessionPlace,
    signal: AbortSignal,
  ): Promise<Iterable<string>> {
    const fleet = await RecordedFleet.open(this.#options.options);
    const found = { device: knownTo(fleet, device), recording: assertRecording(recording) };
    const opened = await openRecording(fleet, found, signal);
    return shownLines(opened.lines());
  }

  async watch(
    _viewer: SessionViewer,
    { device, recording }: SessionPlace,
    signal: AbortSignal,
  ): Promise<AsyncIterable<string>> {
    const session = sessionOf(assertRecording(recording));
    const output = await this.terminals.output({ device, name: `watch+${session}` }, signal);
    return watchedCast(output, () => performance.now());
  }
}

/** @throws TowlineError PORTAL_NOT_FOUND */
function knownTo(fleet: RecordedFleet, device: string): string {
  if (fleet.has(device)) return device;
  throw new TowlineError('PORTAL_NOT_FOUND', 'there is no such device');
}

function* shownLines(lines: Iterable<string>): Generator<string> {
  const shown = new ShownOutput();
  for (const line of lines) {
    const fit = shownCastLine(line, shown);
    if (fit !== undefined) yield fit;
  }
}

function assertRecording(recording: string): string {
  if (isRecordingId(recording)) return recording;
  throw new TowlineError('PORTAL_NOT_FOUND', 'there is no such recording');
}

/** Recordings begin with their time. */
async function newestFirst(fleet: RecordedFleet, signal: AbortSignal): Promise<string[]> {
  const devices = [...(await fleet.devices(signal))];
  const newest = (recordings: readonly string[]) => recordings.at(-1) ?? '';
  devices.sort(([, one], [, other]) => (newest(one) < newest(other) ? 1 : -1));
  return devices.map(([device]) => device);
}

async function ofDevice(
  fleet: RecordedFleet,
  device: string,
  signal: AbortSignal,
): Promise<{ readonly rows: readonly RecordedRow[] } | LedgerDoubt> {
  const kept = await fleet.kept(device, signal);
  try {
    const question = { fleet: fleet.name, device, lines: kept.ledger, heads: [] };
    const { recordings } = checkLedger({ ...question, seals: await fleet.seals(device) });
    const rows = [...recordings.values()].map(({ recording, begin, end }) =>
      recordedRow({ device, recording, begin, end, kept: kept.recordings.get(recording) }),
    );
    return { rows };
  } catch (error) {
    if (!isTowlineError(error)) throw error;
    const { code, message } = error;
    return { device, code, message };
  }
}
