/** A recording, fetched, checked whole, and opened with the auditor's own keyring. */
import { TowlineError } from '../../core/errors.ts';
import { openBox } from '../../core/recording/chunk-box.ts';
import { type CheckedChunk, RecordingCheck } from '../../core/recording/recording-check.ts';
import { openedKey } from '../../core/recording/recording-key.ts';
import { gpgDecrypt } from '../desk/gpg-decrypt.ts';
import type { FoundRecording } from './find-recording.ts';
import type { RecordedFleet } from './recorded-fleet.ts';

export interface OpenedRecording {
  /** It has no end: it goes on, or its device was lost. */
  readonly isOpen: boolean;
  /** Lines of the asciicast, one after the other. */
  lines(): Generator<string>;
}

/** @throws TowlineError SESSION_…, CLI_GATEWAY_…; nothing of it is shown before all of it is checked */
export async function openRecording(
  fleet: RecordedFleet,
  { device, recording }: FoundRecording,
  signal: AbortSignal,
): Promise<OpenedRecording> {
  const place = { fleet: fleet.name, device, recording };
  const check = new RecordingCheck(place, await fleet.seals(device));
  const chunks: CheckedChunk[] = [];
  await fleet.fetch(
    place,
    line => {
      const chunk = check.line(line);
      if (chunk !== undefined) chunks.push(chunk);
    },
    signal,
  );
  const { head, seal } = check.finish();
  const { data, complaint } = await gpgDecrypt(Buffer.from(head.key, 'base64'));
  const key = data && openedKey(data);
  if (key === undefined) {
    const names = head.auditors.join(', ');
    const why = complaint.trim().split('\n').at(-1) ?? '';
    throw new TowlineError('SESSION_NO_AUDITOR', `it is encrypted to ${names}: ${why}`);
  }
  return {
    isOpen: seal.end === undefined,
    *lines() {
      for (const { number, before, box } of chunks) {
        const text = openBox(key, { recording, number, before }, box).toString('utf8');
        yield* text.split('\n').filter(line => line !== '');
      }
    },
  };
}
