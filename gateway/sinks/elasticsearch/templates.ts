/** What is installed for our data streams: index templates, and a policy of age where one is asked for. Pure. */
import type { Document } from './document.ts';

/** Elasticsearch, or OpenSearch, which went its own way after 7.10. */
export type Flavour = 'elasticsearch' | 'opensearch';

/** Raised with each change of what is installed. */
const templateVersion = 1;
/** In what we installed, so that what a person made, or made their own, stays as it is. */
const manager = 'towline';
/** Above Elasticsearch's own `logs-*-*` and `metrics-*-*`, which have 100. */
const priority = 250;

export interface TemplateOptions {
  readonly flavour: Flavour;
  readonly type: 'logs' | 'metrics';
  /** Name of the policy; absent: documents stay until a person removes them. */
  readonly policy?: string | undefined;
}

/** What we would install, in a word: what stands there under another is replaced. */
export interface Managed {
  readonly managed_by: typeof manager;
  readonly form: string;
}

export function templateName(type: 'logs' | 'metrics'): string {
  return `${type}-towline`;
}

/** All datasets and namespaces of ours. */
export function indexPatterns(type: 'logs' | 'metrics'): readonly string[] {
  return [`${type}-towline-*`, `${type}-towline.*-*`];
}

export function indexTemplate({ flavour, type, policy }: TemplateOptions): Document {
  // OpenSearch's policies find their indices by themselves.
  const lifecycle =
    policy === undefined || flavour === 'opensearch' ? {} : { 'index.lifecycle.name': policy };
  const settings = { 'index.mapping.total_fields.limit': 2000, ...lifecycle };
  return {
    index_patterns: indexPatterns(type),
    priority,
    version: templateVersion,
    data_stream: {},
    template: { settings, mappings: type === 'logs' ? logMappings(flavour) : metricMappings() },
    _meta: managed(policy ?? 'for ever'),
  };
}

function managed(variant: string): Managed & Document {
  return { managed_by: manager, form: `${templateVersion}, ${variant}` };
}

/** @param days how old a document becomes */
export function agePolicy(flavour: Flavour, days: number): Document {
  const size = { max_age: '1d', max_primary_shard_size: '50gb' };
  if (flavour === 'elasticsearch') {
    const phases = {
      hot: { actions: { rollover: size } },
      delete: { min_age: `${days}d`, actions: { delete: {} } },
    };
    return { policy: { phases, _meta: managed(`${days} days`) } };
  }
  const rollover = { min_index_age: size.max_age, min_primary_shard_size: size.max_primary_shard_size };
  const expired = { state_name: 'delete', conditions: { min_index_age: `${days}d` } };
  return {
    policy: {
      description: policyDescription(days),
      default_state: 'hot',
      states: [
        { name: 'hot', actions: [{ rollover }], transitions: [expired] },
        { name: 'delete', actions: [{ delete: {} }], transitions: [] },
      ],
      ism_template: [{ index_patterns: [...indexPatterns('logs'), ...indexPatterns('metrics')], priority }],
    },
  };
}

/** OpenSearch's policies have no room for metadata. */
export function policyDescription(days: number): string {
  return `managed by ${manager}: ${templateVersion}, ${days} days`;
}

const keyword = { type: 'keyword', ignore_above: 1024 } as const;
const keywords = (...names: readonly string[]): Document =>
  Object.fromEntries(names.map(name => [name, keyword]));

/** What no mapping names stays in the document and is not searched: no app fills the index with names of its own. */
const shared = {
  '@timestamp': { type: 'date' },
  ecs: { properties: keywords('version') },
  host: { properties: keywords('name', 'hostname') },
  device: { properties: keywords('id') },
  agent: { properties: keywords('type', 'name') },
  labels: { type: 'object', dynamic: true },
  tags: keyword,
  data_stream: { properties: keywords('type', 'dataset', 'namespace') },
} as const;
const labelsAreKeywords = { labels: { path_match: 'labels.*', mapping: keyword } } as const;

function logMappings(flavour: Flavour): Document {
  const isOpenSearch = flavour === 'opensearch';
  // One field for all keys of all apps: what one calls a number and another a text stands side by side.
  const fields = isOpenSearch
    ? { type: 'flat_object' }
    : { type: 'flattened', ignore_above: 8191, depth_limit: 20 };
  return {
    dynamic: false,
    dynamic_templates: [labelsAreKeywords],
    properties: {
      ...shared,
      message: { type: isOpenSearch ? 'text' : 'match_only_text' },
      stream: keyword,
      log: { properties: keywords('level', 'flags') },
      event: {
        properties: {
          ...keywords('id', 'dataset', 'kind', 'action', 'reason'),
          sequence: { type: 'long' },
          created: { type: 'date' },
        },
      },
      service: { properties: keywords('name') },
      container: {
        properties: {
          ...keywords('id', 'name'),
          image: { properties: keywords('name') },
          labels: { properties: keywords('com_docker_compose_project', 'com_docker_compose_service') },
        },
      },
      json: fields,
      towline: {
        properties: {
          ...keywords('fleet', 'project', 'commit', 'tag'),
          cut: { type: 'long' },
          gap: { properties: { lines: { type: 'long' }, bytes: { type: 'long' } } },
        },
      },
    },
  };
}

function metricMappings(): Document {
  const values = { values: { path_match: 'prometheus.metrics.*', mapping: { type: 'double' } } };
  const labels = { series: { path_match: 'prometheus.labels.*', mapping: keyword } };
  return {
    dynamic: false,
    dynamic_templates: [labelsAreKeywords, values, labels],
    properties: {
      ...shared,
      event: { properties: keywords('dataset', 'kind') },
      prometheus: {
        properties: {
          labels: { type: 'object', dynamic: true },
          metrics: { type: 'object', dynamic: true },
        },
      },
      towline: { properties: keywords('fleet', 'commit') },
    },
  };
}
