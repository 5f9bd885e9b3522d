/** What a recording is called: when its session began, by the device's clock, and the session's own id. */

const form = /^\d{8}T\d{6}Z-([a-z0-9]{8})$/;

/** @param startedMs since the epoch @param session 8 lower-case letters and digits */
export function recordingId(startedMs: number, session: string): string {
  const time = new Date(startedMs)
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(/[-:]/g, '');
  return `${time}-${session}`;
}

/** Fit to be the name of a file: nothing else is ever looked for. */
export function isRecordingId(text: string): boolean {
  return form.test(text);
}

/** The session whose recording it is. */
export function sessionOf(recording: string): string | undefined {
  return form.exec(recording)?.[1];
}
