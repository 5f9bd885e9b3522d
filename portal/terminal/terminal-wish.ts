/** What a page asks of a terminal, as it came. */
import { TowlineError } from '../../core/errors.ts';
import { namePattern } from '../../core/fleet/paths.ts';
import { terminalSide } from '../../core/io/ssh/session-channels.ts';
import { fieldsOf } from '../../core/json.ts';
import type { TerminalPlace, TerminalSize } from './terminal-home.ts';

/** A service as people name it; nothing in it is taken for an option, or for another way in (`via+…`, `watch+…`). */
const servicePattern = /^[a-z0-9][A-Za-z0-9_.-]{0,199}$/;

/** @param body `{device, name?, columns?, rows?}` @throws TowlineError PORTAL_MALFORMED */
export function terminalWish(body: unknown): { readonly place: TerminalPlace; readonly size: TerminalSize } {
  const { device, name, columns, rows } = fieldsOf(body);
  if (typeof device !== 'string' || !namePattern.test(device)) throw malformed('device: the id of a device');
  if (name !== undefined && (typeof name !== 'string' || !servicePattern.test(name)))
    throw malformed('name: a service of the device, as web or app.web');
  return {
    place: { device, name },
    size: { columns: sideOf(columns, 80), rows: sideOf(rows, 24) },
  };
}

const sideOf = (asked: unknown, otherwise: number): number =>
  typeof asked === 'number' && Number.isSafeInteger(asked) ? terminalSide(asked, otherwise) : otherwise;

function malformed(what: string): TowlineError {
  return new TowlineError('PORTAL_MALFORMED', what);
}
