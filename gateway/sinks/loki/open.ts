import { SinkHttp } from '../http/sink-http.ts';
import type { OpenSink } from '../open-sink.ts';
import { defaultLabels, Loki } from './loki.ts';

export const openLoki: OpenSink<'loki'> = (file, { name, clock }) =>
  new Loki({
    http: new SinkHttp(file, `sinks.${name}`),
    clock,
    labels: file.labels ?? defaultLabels,
    tenant: file.tenant,
  });
