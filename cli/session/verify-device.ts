/** All recordings of a device at the gateway, against its ledger, and the ledger against its signed statuses. */
import { isTowlineError, TowlineError } from '../../core/errors.ts';
import type { DeviceSeals } from '../../core/recording/device-seals.ts';
import { checkLedger, type LedgerRecording, type SaidHead } from '../../core/recording/ledger-check.ts';
import { RecordingCheck } from '../../core/recording/recording-check.ts';
import type { KeptOfDevice, RecordedFleet } from './recorded-fleet.ts';

export interface Fault {
  readonly code: string;
  readonly message: string;
}

export interface VerifiedRecording {
  readonly recording: string;
  /** `open`: it goes on. */
  readonly state: 'whole' | 'open' | 'fault';
  readonly fault?: Fault;
}

export interface VerifiedDevice {
  readonly device: string;
  /** Entries of the ledger. */
  readonly count: number;
  /** Of them, older ones that the gateway has no more. */
  readonly gone: number;
  readonly statuses: number;
  /** Of the ledger itself. */
  readonly fault?: Fault;
  readonly recordings: readonly VerifiedRecording[];
}

export interface DeviceQuestion {
  readonly device: string;
  readonly heads: readonly SaidHead[];
  readonly statuses: number;
  /** Of these alone; absent: all. */
  readonly only?: string;
}

/** @throws TowlineError CLI_GATEWAY_… */
export async function verifyDevice(
  fleet: RecordedFleet,
  { device, heads, statuses, only }: DeviceQuestion,
  signal: AbortSignal,
): Promise<VerifiedDevice> {
  const kept = await fleet.kept(device, signal);
  const seals = await fleet.seals(device);
  const said = { device, statuses };
  let named: ReadonlyMap<string, LedgerRecording>;
  let found: { readonly count: number; readonly gone: number };
  try {
    const question = { fleet: fleet.name, device, lines: kept.ledger, heads, seals };
    const ledger = checkLedger(question);
    named = ledger.recordings;
    found = { count: ledger.count, gone: ledger.gone };
  } catch (error) {
    return { ...said, count: kept.ledger.length, gone: 0, fault: faultOf(error), recordings: [] };
  }
  const recordings: VerifiedRecording[] = [];
  for (const recording of new Set([...named.keys(), ...kept.recordings.keys()])) {
    if (only !== undefined && recording !== only) continue;
    const question = {
      fleet,
      device,
      kept,
      seals,
      recording,
      entries: named.get(recording),
      gone: found.gone,
    };
    recordings.push(await verifyRecording(question, signal));
  }
  return { ...said, ...found, recordings };
}

interface RecordingQuestion {
  readonly fleet: RecordedFleet;
  readonly device: string;
  readonly kept: KeptOfDevice;
  readonly seals: DeviceSeals;
  readonly recording: string;
  readonly entries: LedgerRecording | undefined;
  readonly gone: number;
}

async function verifyRecording(question: RecordingQuestion, signal: AbortSignal): Promise<VerifiedRecording> {
  const { fleet, device, kept, seals, recording, entries, gone } = question;
  try {
    if (entries === undefined && gone === 0)
      throw new TowlineError('SESSION_RECORDING_FOREIGN', 'the ledger does not name it');
    if (!kept.recordings.has(recording))
      throw new TowlineError('SESSION_RECORDING_MISSING', 'the gateway does not have it');
    const looked = [entries?.begin?.lines, entries?.end?.lines].flatMap(lines => lines ?? []);
    const place = { fleet: fleet.name, device, recording };
    const check = new RecordingCheck(place, seals, looked, entries?.place);
    await fleet.fetch({ device, recording }, line => check.line(line), signal);
    const { seal } = check.finish();
    for (const entry of [entries?.begin, entries?.end]) {
      const link = entry && check.linkAfter(entry.lines);
      if (entry === undefined || link === entry.link) continue;
      // What was on its way when the device lost it has no link.
      if (entry.lines === 0) continue;
      const code = link === undefined ? 'SESSION_RECORDING_TRUNCATED' : 'SESSION_RECORDING_FORGED';
      throw new TowlineError(code, `the ledger says that it has ${entry.lines} lines, and which`);
    }
    if (entries?.end !== undefined && seal.end === undefined)
      throw new TowlineError('SESSION_RECORDING_TRUNCATED', 'the ledger says that it has ended');
    return { recording, state: seal.end === undefined ? 'open' : 'whole' };
  } catch (error) {
    return { recording, state: 'fault', fault: faultOf(error) };
  }
}

function faultOf(error: unknown): Fault {
  if (isTowlineError(error) && error.code.startsWith('SESSION_'))
    return { code: error.code, message: error.message };
  throw error;
}
