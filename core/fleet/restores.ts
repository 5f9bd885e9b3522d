/** What a device's file asks to put back: of one app, or of several. */
import type { DeviceFile, RestoreRequest } from '../../schemas/types.generated.ts';

interface Asking {
  readonly restore?: DeviceFile['restore'] | undefined;
}

export function restoresOf({ restore }: Asking): readonly RestoreRequest[] {
  if (restore === undefined) return [];
  return Array.isArray(restore) ? restore : [restore];
}

/**
 * As the file is to say it: of each app one request, and those of others stay.
 * @returns the one, or a list where there are several
 */
export function withRestores(file: Asking, requests: readonly RestoreRequest[]): DeviceFile['restore'] {
  const apps = new Set(requests.map(({ app }) => app));
  const all = [...restoresOf(file).filter(({ app }) => !apps.has(app)), ...requests];
  return all.length > 1 ? all : all[0];
}
