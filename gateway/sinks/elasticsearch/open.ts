import { parseDuration } from '../../../core/duration.ts';
import { SinkHttp } from '../http/sink-http.ts';
import type { OpenSink } from '../open-sink.ts';
import { Elasticsearch } from './elasticsearch.ts';

const msPerDay = 86_400_000;

export const openElasticsearch: OpenSink<'elasticsearch'> = (file, { name, clock }) =>
  new Elasticsearch({
    http: new SinkHttp(file, `sinks.${name}`),
    clock,
    namespace: file.namespace ?? 'default',
    // Documents for them are many: only where they are asked for by name.
    metrics: file.filter?.kinds?.includes('metrics') ?? false,
    templates: file.templates ?? true,
    retentionDays:
      file.retention === undefined
        ? undefined
        : Math.max(1, Math.ceil(parseDuration(file.retention) / msPerDay)),
    parameters: file.parameters ?? {},
  });
