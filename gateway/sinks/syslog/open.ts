import { parseSize } from '../../../core/fleet/size.ts';
import type { OpenSink } from '../open-sink.ts';
import { checkWire, invalid, openWay } from '../wire/wire-settings.ts';
import { facilityOf } from './facility.ts';
import type { SyslogFormat } from './syslog-message.ts';
import { SyslogSink } from './syslog-sink.ts';

/** RFC 5425, 4.3.1: what receivers should take; RFC 3164, 4.1: what a packet may have. */
const defaultBytes: Readonly<Record<SyslogFormat, string>> = { rfc5424: '8KiB', rfc3164: '1KiB' };
/** Less has no room for who it is. */
const leastBytes = 1024;

export const openSyslog: OpenSink<'syslog'> = (file, services) => {
  const { name } = services;
  checkWire(file, name);
  const isDatagram = file.protocol === 'udp';
  const format = file.format ?? (isDatagram ? 'rfc3164' : 'rfc5424');
  const maxBytes = parseSize(file.maxMessageBytes ?? defaultBytes[format]);
  if (maxBytes < leastBytes) throw invalid(name, '`maxMessageBytes` is less than 1KiB');
  if (isDatagram && maxBytes > 65_000) throw invalid(name, '`maxMessageBytes` is more than a datagram holds');
  return new SyslogSink({
    way: openWay(file, services),
    counted: !isDatagram,
    format,
    facility: facilityOf(file.facility ?? 'daemon') ?? 3,
    enterprise: String(file.enterprise ?? 32473),
    maxBytes,
  });
};
