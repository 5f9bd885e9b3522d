import { parseSize } from '../../../core/fleet/size.ts';
import type { OpenSink } from '../open-sink.ts';
import { checkWire, openWay } from '../wire/wire-settings.ts';
import { GelfSink } from './gelf-sink.ts';

export const openGelf: OpenSink<'gelf'> = (file, services) => {
  checkWire(file, services.name);
  const { compress: gzip = true, datagramBytes = 1420 } = file;
  return new GelfSink({
    way: openWay(file, services),
    framing: file.protocol === 'udp' ? { kind: 'chunked', datagramBytes, gzip } : { kind: 'nul' },
    maxBytes: parseSize(file.maxMessageBytes ?? '1MiB'),
  });
};
