/** Facilities of syslog (RFC 5424, 6.2.1), under the names that Docker and syslog.conf have for them. */
const names = [
  ...['kern', 'user', 'mail', 'daemon', 'auth', 'syslog', 'lpr', 'news', 'uucp', 'cron', 'authpriv', 'ftp'],
  // 12 to 15 have no name there.
  ...['', '', '', ''],
  ...['local0', 'local1', 'local2', 'local3', 'local4', 'local5', 'local6', 'local7'],
];

/** @param facility a name, or a number from 0 to 23. @returns undefined: none */
export function facilityOf(facility: string): number | undefined {
  const number = /^\d{1,2}$/.test(facility) ? Number(facility) : names.indexOf(facility);
  return facility !== '' && number >= 0 && number < names.length ? number : undefined;
}
