/**
 * Elasticsearch as its public API describes it, for what a sink uses of it: requests are checked against the rules, data
 * streams exist once a template is there, documents once and for all by their id. As strict as the real one, or stricter.
 */
import { type Answer, HttpReceiver, type Received } from './http-receiver.ts';
import { mappingProblem } from './mapping-rules.ts';

type Json = Record<string, unknown>;
type Refusal = { readonly status: number; readonly type: string; readonly reason: string };

const indexName = /^(?![-_+.])[^\\/*?"<>| ,#:A-Z]{1,255}$/;
const dataStream = /^(logs|metrics|traces)-[^-]+-[^-]+$/;
const maxIdBytes = 512;

export class ElasticsearchServer extends HttpReceiver {
  /** Name → body, as it was put. */
  readonly templates = new Map<string, Json>();
  readonly policies = new Map<string, Json>();
  /** Data stream → id → document. */
  readonly documents = new Map<string, Map<string, Json>>();
  /** Of each item, before the document is looked at; undefined: nothing speaks against it. */
  refuseItem: (id: string, document: Json) => Refusal | undefined = () => undefined;
  readonly isOpenSearch: boolean;
  /** May not touch templates. */
  mayManage = true;

  constructor({ isOpenSearch = false } = {}) {
    super();
    this.isOpenSearch = isOpenSearch;
  }

  get ids(): string[] {
    return [...this.documents.values()].flatMap(stream => [...stream.keys()]);
  }

  protected respond(request: Received): Answer {
    const { path, method } = request;
    if (path === '/' && method === 'GET') {
      const version = this.isOpenSearch
        ? { number: '2.19.0', distribution: 'opensearch' }
        : { number: '8.17.0', build_flavor: 'default' };
      return json(200, { name: 'node-1', cluster_name: 'test', version });
    }
    if (path.startsWith('/_bulk')) return this.#bulk(request);
    if (!this.mayManage)
      return failure(403, 'security_exception', 'action is unauthorized for user [towline]');
    const kept = [
      { prefix: '/_index_template/', of: this.templates, isMissing: false },
      { prefix: '/_ilm/policy/', of: this.policies, isMissing: this.isOpenSearch },
      { prefix: '/_plugins/_ism/policies/', of: this.policies, isMissing: !this.isOpenSearch },
    ].find(({ prefix }) => path.startsWith(prefix));
    if (kept === undefined || kept.isMissing)
      return failure(400, 'illegal_argument_exception', `no handler found for uri [${path}]`);
    const name = path.slice(kept.prefix.length);
    if (method === 'GET') return this.#get(kept.prefix, name, kept.of.get(name));
    if (mediaType(request.headers) !== 'application/json')
      return failure(406, 'media_type_header_exception', 'Content-Type header is not supported');
    const body: Json = JSON.parse(request.body.toString());
    const problem = kept.of === this.templates ? templateProblem(body) : undefined;
    if (problem !== undefined) return failure(400, 'illegal_argument_exception', problem);
    kept.of.set(name, body);
    return json(200, { acknowledged: true });
  }

  #get(prefix: string, name: string, found: Json | undefined): Answer {
    if (found === undefined) return failure(404, 'resource_not_found_exception', `[${name}] not found`);
    if (prefix.includes('template')) return json(200, { index_templates: [{ name, index_template: found }] });
    if (this.isOpenSearch) return json(200, { _id: name, _seq_no: 4, _primary_term: 1, ...found });
    return json(200, { [name]: { version: 1, ...found } });
  }

  #bulk({ headers, body, query, method }: Received): Answer {
    if (method !== 'POST' && method !== 'PUT') return failure(405, 'method_not_allowed', method);
    if (!['application/json', 'application/x-ndjson'].includes(mediaType(headers)))
      return failure(406, 'media_type_header_exception', 'Content-Type header is not supported');
    const text = body.toString('utf8');
    if (!text.endsWith('\n'))
      return failure(
        400,
        'illegal_argument_exception',
        'The bulk request must be terminated by a newline [\\n]',
      );
    const lines = text.slice(0, -1).split('\n');
    const items: Json[] = [];
    for (let at = 0; at < lines.length; at += 2) {
      const action = actionOf(lines[at] ?? '');
      if (typeof action === 'string') return failure(400, 'illegal_argument_exception', action);
      items.push({ [action.operation]: this.#item(action, lines[at + 1]) });
    }
    const errors = items.some(item => Object.values(item).some(one => (one as Json).error !== undefined));
    const isFiltered = query.get('filter_path') !== null;
    return json(200, isFiltered ? { errors, items } : { took: 3, errors, items });
  }

  #item({ operation, index, id }: Action, line: string | undefined): Json {
    const problem = this.#problem({ operation, index, id }, line);
    if (problem === undefined) return { _index: index, _id: id, status: 201, result: 'created' };
    const { status, type, reason } = problem;
    return { _index: index, _id: id, status, error: { type, reason } };
  }

  #problem({ operation, index, id }: Action, line: string | undefined): Refusal | undefined {
    const bad = (reason: string): Refusal => ({ status: 400, type: 'illegal_argument_exception', reason });
    if (!indexName.test(index)) return bad(`Invalid index name [${index}]`);
    if (dataStream.test(index) && operation !== 'create')
      return bad('only write ops with an op_type of create are allowed in data streams');
    const document = documentOf(line);
    if (document === undefined)
      return { status: 400, type: 'document_parsing_exception', reason: 'failed to parse' };
    const refused = this.refuseItem(id, document);
    if (refused !== undefined) return refused;
    const stream = this.documents.get(index) ?? new Map<string, Json>();
    if (stream.has(id)) {
      const reason = `[${id}]: version conflict, document already exists (current version [1])`;
      return { status: 409, type: 'version_conflict_engine_exception', reason };
    }
    const mapping = mappingProblem(this.#templateFor(index), document);
    if (mapping !== undefined) return { status: 400, type: 'document_parsing_exception', reason: mapping };
    stream.set(id, document);
    this.documents.set(index, stream);
    return undefined;
  }

  #templateFor(index: string): Json | undefined {
    const matching = [...this.templates.values()].find(({ index_patterns: patterns }) =>
      (patterns as string[]).some(pattern => globMatches(pattern, index)),
    );
    return matching;
  }
}

export function globMatches(pattern: string, text: string): boolean {
  const parts = pattern.split('*').map(part => part.replace(/[.\\+^$|?()[\]{}]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(text);
}

interface Action {
  readonly operation: string;
  readonly index: string;
  readonly id: string;
}

/** @returns what is wrong with it */
function actionOf(line: string): Action | string {
  const given = documentOf(line);
  const [operation = '', ...others] = Object.keys(given ?? {});
  if (!['create', 'index'].includes(operation) || others.length > 0)
    return `Malformed action/metadata line, expected START_OBJECT or END_OBJECT but found [${line.slice(0, 50)}]`;
  const metadata = given?.[operation] as Json;
  const unknown = Object.keys(metadata).find(key => !['_index', '_id', 'pipeline', 'routing'].includes(key));
  if (unknown !== undefined) return `Action/metadata line contains an unknown parameter [${unknown}]`;
  const { _index: index, _id: id } = metadata;
  if (typeof index !== 'string') return 'index is missing';
  if (typeof id !== 'string' || id === '') return 'if _id is specified it must not be empty';
  if (Buffer.byteLength(id) > maxIdBytes)
    return `id [${id}] is too long, must be no longer than ${maxIdBytes} bytes`;
  return { operation, index, id };
}

function documentOf(line: string | undefined): Json | undefined {
  try {
    const value: unknown = JSON.parse(line ?? '');
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
  } catch {
    return undefined;
  }
}

/** Keys of a template, and what they hold. */
function templateProblem(template: Json): string | undefined {
  const known = ['index_patterns', 'priority', 'version', 'data_stream', 'template', '_meta', 'composed_of'];
  const unknown = Object.keys(template).find(key => !known.includes(key));
  if (unknown !== undefined) return `unknown field [${unknown}]`;
  if (!Array.isArray(template.index_patterns) || template.index_patterns.length === 0)
    return 'index_patterns missing';
  const inner = template.template as Json;
  const foreign = Object.keys(inner).find(
    key => !['settings', 'mappings', 'aliases', 'lifecycle'].includes(key),
  );
  return foreign === undefined ? undefined : `unknown field [${foreign}]`;
}

/** Without its parameters, such as a charset. */
function mediaType({ 'content-type': type = '' }: Received['headers']): string {
  return type.replace(/;.*/s, '');
}

function json(status: number, body: unknown): Answer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

function failure(status: number, type: string, reason: string): Answer {
  return json(status, { error: { root_cause: [{ type, reason }], type, reason }, status });
}
