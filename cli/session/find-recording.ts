import { TowlineError } from '../../core/errors.ts';
import { isRecordingId, sessionOf } from '../../core/recording/recording-id.ts';
import type { RecordedFleet } from './recorded-fleet.ts';

export interface FoundRecording {
  readonly device: string;
  readonly recording: string;
}

/**
 * The newest recording of a session, or the one that is called so.
 * @param device where it is, if that is known
 * @throws TowlineError SESSION_RECORDING_UNKNOWN, CLI_GATEWAY_…
 */
export async function findRecording(
  fleet: RecordedFleet,
  id: string,
  device: string | undefined,
  signal: AbortSignal,
): Promise<FoundRecording> {
  const all = await fleet.devices(signal);
  const isMeant = (recording: string) => recording === id || sessionOf(recording) === id;
  for (const [one, recordings] of all) {
    const found = device === undefined || device === one ? recordings.findLast(isMeant) : undefined;
    if (found !== undefined) return { device: one, recording: found };
  }
  // By its whole name it can be asked for where it should be: that it is missing is what is found out.
  if (device !== undefined && isRecordingId(id)) return { device: fleet.known(device), recording: id };
  throw new TowlineError('SESSION_RECORDING_UNKNOWN', `there is no recording ${id} that you may read`);
}
