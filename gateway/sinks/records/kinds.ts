/** The kinds of sinks, each loaded when gateway.yaml names one. A new kind: its folder, its schema, a line here. */
import type { OpenSink, SinkKind } from '../open-sink.ts';

export const kinds: { readonly [Kind in SinkKind]: () => Promise<OpenSink<Kind>> } = {
  elasticsearch: async () => (await import('../elasticsearch/open.ts')).openElasticsearch,
  file: async () => (await import('../file/open.ts')).openFile,
  fluentd: async () => (await import('../fluentd/open.ts')).openFluentd,
  gelf: async () => (await import('../gelf/open.ts')).openGelf,
  loki: async () => (await import('../loki/open.ts')).openLoki,
  otlp: async () => (await import('../otlp/open.ts')).openOtlp,
  prometheus: async () => (await import('../prometheus/open.ts')).openPrometheus,
  'remote-write': async () => (await import('../remote-write/open.ts')).openRemoteWrite,
  syslog: async () => (await import('../syslog/open.ts')).openSyslog,
};
