/** A maintenance window in words. */
import type { Window } from '../../schemas/types.generated.ts';

/** `0 2 * * 0 for 2h, Europe/Berlin (download)`. */
export const windowWords = ({ start, duration, timeZone, kind }: Window): string =>
  `${start} for ${duration}, ${timeZone}${kind === 'download' ? ' (images alone)' : ''}`;
