/** A receiver of OTLP over HTTP as its specification describes it: what is not as it says is answered 400. */
import { type Answer, HttpReceiver, type Received } from './http-receiver.ts';
import { decoded, encoded, type Message } from './otlp-messages.ts';

export type OtlpValue = string | number | boolean;

export interface OtlpRecord {
  readonly resource: Readonly<Record<string, OtlpValue>>;
  readonly attributes: Readonly<Record<string, OtlpValue>>;
  readonly at: string;
  readonly observedAt: string;
  readonly severity: number;
  readonly severityText: string;
  readonly body: OtlpValue;
  readonly eventName: string;
}

export interface OtlpPoint {
  readonly resource: Readonly<Record<string, OtlpValue>>;
  readonly attributes: Readonly<Record<string, OtlpValue>>;
  readonly name: string;
  readonly kind: 'sum' | 'gauge';
  readonly startAt: string;
  readonly at: string;
  readonly value: number;
}

class Malformed extends Error {}

export class OtlpServer extends HttpReceiver {
  readonly records: OtlpRecord[] = [];
  readonly points: OtlpPoint[] = [];
  /** For good, the whole request. */
  refuseRecord: (record: OtlpRecord) => boolean = () => false;
  /** Of each request, and it says so. */
  rejects: (count: number) => number = () => 0;
  answersInJson = false;
  takesMetrics = true;

  get ids(): string[] {
    return this.records.map(({ attributes }) => String(attributes['log.record.uid']));
  }

  protected respond({ path, method, headers, body }: Received): Answer {
    if (method !== 'POST' || !['/v1/logs', '/v1/metrics'].includes(path)) return { status: 404 };
    if (path === '/v1/metrics' && !this.takesMetrics) return { status: 404 };
    if (headers['content-type'] !== 'application/x-protobuf') return { status: 415 };
    try {
      const count = path === '/v1/logs' ? this.#takeLogs(body) : this.#takeMetrics(body);
      return this.#success(this.rejects(count), path);
    } catch (error) {
      return refusal(400, error instanceof Error ? error.message : String(error));
    }
  }

  #takeLogs(body: Buffer): number {
    const records = recordsIn(decoded('ExportLogsServiceRequest', body));
    if (records.length === 0) throw new Malformed('no log records');
    if (records.some(record => this.refuseRecord(record))) throw new Malformed('a record is refused');
    this.records.push(...records);
    return records.length;
  }

  #takeMetrics(body: Buffer): number {
    const points = pointsIn(decoded('ExportMetricsServiceRequest', body));
    this.points.push(...points);
    return points.length;
  }

  #success(rejected: number, path: string): Answer {
    const message = rejected === 0 ? '' : 'too long a name';
    if (this.answersInJson) {
      const name = path === '/v1/logs' ? 'rejectedLogRecords' : 'rejectedDataPoints';
      const partialSuccess = rejected === 0 ? {} : { [name]: String(rejected), errorMessage: message };
      return {
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ partialSuccess }),
      };
    }
    const partial = rejected === 0 ? {} : { partial_success: { rejected, error_message: message } };
    return {
      status: 200,
      headers: { 'content-type': 'application/x-protobuf' },
      body: encoded('ExportServiceResponse', partial),
    };
  }
}

export function refusal(status: number, message: string): Answer {
  const headers = { 'content-type': 'application/x-protobuf' };
  return { status, headers, body: encoded('Status', { code: 3, message }) };
}

function list(value: unknown): readonly Message[] {
  if (!Array.isArray(value)) throw new Malformed('not a list');
  return value;
}

export function recordsIn(request: Message): readonly OtlpRecord[] {
  return list(request.resource_logs).flatMap(each => {
    const resource = resourceOf(each);
    return list(each.scope_logs).flatMap(scope => {
      assertScope(scope);
      return list(scope.log_records).map(record => recordOf(resource, record));
    });
  });
}

function recordOf(resource: OtlpRecord['resource'], record: Message): OtlpRecord {
  const { time_unix_nano: at, observed_time_unix_nano: observed, severity_number: severity = 0 } = record;
  if (typeof observed !== 'string' || observed === '0') throw new Malformed('ObservedTimestamp is required');
  if (typeof severity !== 'number' || severity < 0 || severity > 24) throw new Malformed('no SeverityNumber');
  return {
    resource,
    attributes: attributesOf(record.attributes),
    at: String(at),
    observedAt: observed,
    severity,
    severityText: String(record.severity_text ?? ''),
    body: plainValue(record.body),
    eventName: String(record.event_name ?? ''),
  };
}

export function pointsIn(request: Message): readonly OtlpPoint[] {
  return list(request.resource_metrics).flatMap(each => {
    const resource = resourceOf(each);
    return list(each.scope_metrics).flatMap(scope => {
      assertScope(scope);
      return list(scope.metrics).flatMap(metric => pointsOf(resource, metric));
    });
  });
}

function pointsOf(resource: OtlpPoint['resource'], metric: Message): readonly OtlpPoint[] {
  const { name, sum, gauge } = metric;
  if (typeof name !== 'string' || name === '') throw new Malformed('a metric without a name');
  const data = (sum ?? gauge) as Message | undefined;
  if (data === undefined) throw new Malformed(`${name} has no data`);
  if (sum !== undefined && data.aggregation_temporality !== 2)
    throw new Malformed(`${name}: AGGREGATION_TEMPORALITY_UNSPECIFIED must not be used`);
  if (sum !== undefined && data.is_monotonic !== true) throw new Malformed(`${name} counts up alone`);
  return list(data.data_points).map(point => {
    const { start_time_unix_nano: start = '0', time_unix_nano: at = '0', as_double: value } = point;
    if (at === '0') throw new Malformed(`${name}: TimeUnixNano is required`);
    if (BigInt(String(start)) > BigInt(String(at))) throw new Malformed(`${name} begins after it is`);
    if (typeof value !== 'number') throw new Malformed(`${name}: a point without a value`);
    const attributes = attributesOf(point.attributes);
    const kind = sum === undefined ? 'gauge' : 'sum';
    return { resource, attributes, name, kind, startAt: String(start), at: String(at), value };
  });
}

function resourceOf(message: Message): OtlpRecord['resource'] {
  const resource = attributesOf((message.resource as Message | undefined)?.attributes);
  if (typeof resource['service.name'] !== 'string') throw new Malformed('service.name is required');
  return resource;
}

function assertScope(message: Message): void {
  if ((message.scope as Message | undefined)?.name === undefined)
    throw new Malformed('a scope without a name');
}

/** "Attribute keys MUST be unique" and non-empty. */
function attributesOf(value: unknown): Readonly<Record<string, OtlpValue>> {
  const attributes: Record<string, OtlpValue> = {};
  for (const { key, value: given } of list(value)) {
    if (typeof key !== 'string' || key === '') throw new Malformed('an attribute without a name');
    if (Object.hasOwn(attributes, key)) throw new Malformed(`${key} is there twice`);
    attributes[key] = plainValue(given);
  }
  return attributes;
}

function plainValue(value: unknown): OtlpValue {
  const { string_value, bool_value, int_value, double_value } = value as Record<string, OtlpValue>;
  const found = string_value ?? bool_value ?? (int_value === undefined ? double_value : Number(int_value));
  if (found === undefined) throw new Malformed('no value');
  return found;
}
