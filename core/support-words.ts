/** Whom to ask, as one line: wherever a person is told that something is wrong. */
import type { Support } from '../schemas/types.generated.ts';

/** @returns `ACME help desk, help@example.com, +49 30 1234567, https://help.example.com/ (weekdays)` */
export function supportWords({ name, mail, phone, url, note }: Support): string {
  const ways = [name, mail, phone, url].filter(way => way !== undefined).join(', ');
  if (note === undefined) return ways;
  return ways === '' ? note : `${ways} (${note})`;
}
