import { SinkHttp } from '../http/sink-http.ts';
import type { OpenSink } from '../open-sink.ts';
import { DeviceLabels } from '../series/device-labels.ts';
import { RemoteWriteSink } from './remote-write-sink.ts';

export const openRemoteWrite: OpenSink<'remote-write'> = (file, { name, clock }) => {
  const { labels = [], seriesPerDevice = 2000 } = file;
  const http = new SinkHttp(file, `sinks.${name}`);
  return new RemoteWriteSink({ http, labels: new DeviceLabels(labels), seriesPerDevice, clock });
};
