import { SinkHttp } from '../http/sink-http.ts';
import type { OpenSink } from '../open-sink.ts';
import { Otlp } from './otlp.ts';

export const openOtlp: OpenSink<'otlp'> = (file, { name, clock }) =>
  new Otlp({ http: new SinkHttp(file, `sinks.${name}`), clock });
