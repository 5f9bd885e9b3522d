/**
 * What goes over the WebSocket of a terminal. Binary messages are bytes: typed from the page, shown to it. Text messages are small
 * JSON. Of what is shown, the page says how much its screen has taken, so that no more than a window of it waits in a browser.
 * Nothing here knows of a server or a browser: both ends use it.
 */

export type FromPage =
  /** Columns and rows. */
  | { readonly size: readonly [number, number] }
  /** Bytes that the screen has taken since it was said last. */
  | { readonly took: number };

export type ToPage =
  /** The device has let in. */
  | { readonly opened: true }
  /** It is over; null: cut, or ended by a signal. */
  | { readonly ended: { readonly exitCode: number | null } }
  | { readonly refused: { readonly code: string; readonly message: string; readonly remedy?: string } };

/** Of one message from the page, bytes: a paste goes in pieces. */
export const maxTypedBytes = 16 * 1024;
/** Shown, and not yet taken by the screen, bytes. */
export const shownWindowBytes = 256 * 1024;
const maxTextBytes = 200;

/** @returns undefined: it is none of ours */
export function readFromPage(text: string): FromPage | undefined {
  if (text.length > maxTextBytes) return undefined;
  const value = parsed(text);
  if (typeof value !== 'object' || value === null) return undefined;
  if ('took' in value) return isCount(value.took) ? { took: value.took } : undefined;
  if (!('size' in value) || !Array.isArray(value.size)) return undefined;
  const [columns, rows, more]: readonly unknown[] = value.size;
  return isCount(columns) && isCount(rows) && more === undefined ? { size: [columns, rows] } : undefined;
}

/** @returns undefined: it is none of ours */
export function readToPage(text: string): ToPage | undefined {
  const value = parsed(text);
  if (typeof value !== 'object' || value === null) return undefined;
  if ('opened' in value) return { opened: true };
  if ('ended' in value) {
    const { ended } = value;
    const exitCode =
      typeof ended === 'object' && ended !== null && 'exitCode' in ended ? ended.exitCode : null;
    return { ended: { exitCode: typeof exitCode === 'number' ? exitCode : null } };
  }
  return 'refused' in value ? refusedOf(value.refused) : undefined;
}

function refusedOf(value: unknown): ToPage | undefined {
  if (typeof value !== 'object' || value === null || !('code' in value) || !('message' in value))
    return undefined;
  const { code, message } = value;
  if (typeof code !== 'string' || typeof message !== 'string') return undefined;
  const remedy = 'remedy' in value && typeof value.remedy === 'string' ? { remedy: value.remedy } : {};
  return { refused: { code, message, ...remedy } };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
