import { Timestamp } from '../value/value.ts';

const form =
  /^(?<year>\d{4})-(?<month>\d{1,2})-(?<day>\d{1,2})(?:(?<mark>[Tt ])(?<hour>\d{1,2}):(?<minute>\d{1,2}):(?<second>\d{1,2})(?:[.,](?<fraction>\d+))?(?<zone>Z|[-+]\d{2}:\d{2})?)?$/;

const twoDigits = (text: string | undefined) => (text ?? '0').padStart(2, '0');

function isOnCalendar(year: number, month: number, day: number): boolean {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
  return days !== undefined && day >= 1 && day <= days;
}

function isOnClock(
  hour: string | undefined,
  minute: string | undefined,
  second: string | undefined,
): boolean {
  return Number(hour ?? 0) < 24 && Number(minute ?? 0) < 60 && Number(second ?? 0) < 60;
}

function zoneText(zone: string | undefined): string | undefined {
  if (zone === undefined || zone === 'Z' || /^[-+]00:00$/.test(zone)) return 'Z';
  const [hours = '', minutes = ''] = zone.slice(1).split(':');
  return Number(hours) <= 24 && Number(minutes) < 60 ? zone : undefined;
}

/**
 * A plain scalar that the oracle's YAML library reads as a moment: `2001-12-14`, `2001-12-14T21:59:43.1-05:00`,
 * `2001-12-14 21:59:43`; its text is that of RFC 3339, to the nanosecond. Undefined: it is none.
 */
export function timestampOf(text: string): Timestamp | undefined {
  const parts = form.exec(text)?.groups;
  if (parts === undefined) return undefined;
  const { year = '', month, day, mark, hour, minute, second, zone } = parts;
  if (!isOnCalendar(Number(year), Number(month), Number(day)) || !isOnClock(hour, minute, second)) return;
  // A time behind a space has no zone, one behind a `T` needs one.
  const shown = mark !== undefined && (mark === ' ') !== (zone === undefined) ? undefined : zoneText(zone);
  if (shown === undefined) return undefined;
  const fraction = (parts.fraction ?? '').slice(0, 9).replace(/0+$/, '');
  const clock = [hour, minute, second].map(twoDigits).join(':');
  const moment = `${year}-${twoDigits(month)}-${twoDigits(day)}T${clock}`;
  return new Timestamp(`${moment}${fraction === '' ? '' : `.${fraction}`}${shown}`);
}
