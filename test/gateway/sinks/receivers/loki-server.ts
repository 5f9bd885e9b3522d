/**
 * Loki as its public API and its documented limits describe it, for pushes in JSON: what it takes it takes line by line, and
 * says of the others how many there were, as the real one does.
 */
import { type Answer, HttpReceiver, type Received } from './http-receiver.ts';

type Json = Record<string, unknown>;

export interface LokiLine {
  readonly labels: Readonly<Record<string, string>>;
  /** Nanoseconds since the epoch. */
  readonly at: bigint;
  readonly text: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Loki's defaults (limits_config). */
const limits = {
  maxLabels: 15,
  maxLabelName: 1024,
  maxLabelValue: 2048,
  maxLineBytes: 256 * 1024,
  maxMetadataBytes: 64 * 1024,
  maxMetadataNames: 128,
  aheadNs: 600_000_000_000n,
  /** Half of max_chunk_age: what comes later is too far behind its stream. */
  behindNs: 3_600_000_000_000n,
  oldNs: 7n * 24n * 3_600_000_000_000n,
};
const labelName = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const nanoseconds = /^\d{1,19}$/;

class Malformed extends Error {}

export class LokiServer extends HttpReceiver {
  readonly lines: LokiLine[] = [];
  /** A tenant must be named. */
  wantsTenant = false;
  /** For good. */
  refuseLine: (line: LokiLine) => string | undefined = () => undefined;
  readonly #newest = new Map<string, bigint>();
  readonly #now: () => number;

  /** @param now milliseconds since the epoch */
  constructor(now: () => number = Date.now) {
    super();
    this.#now = now;
  }

  get ids(): string[] {
    return this.lines.map(({ metadata }) => metadata.record_id ?? '');
  }

  protected respond({ path, method, headers, body }: Received): Answer {
    if (path !== '/loki/api/v1/push' || method !== 'POST') return { status: 404, body: '404 page not found' };
    if (this.wantsTenant && headers['x-scope-orgid'] === undefined) return { status: 401, body: 'no org id' };
    // Without this type it takes the body for protobuf.
    if (headers['content-type'] !== 'application/json') return { status: 400, body: 'snappy: corrupt input' };
    try {
      return this.#take(linesIn(JSON.parse(body.toString('utf8'))));
    } catch (error) {
      if (error instanceof Malformed || error instanceof SyntaxError)
        return { status: 400, body: error.message };
      throw error;
    }
  }

  #take(lines: readonly LokiLine[]): Answer {
    const ignored: string[] = [];
    for (const line of lines) {
      const problem = this.#problem(line);
      if (problem === undefined) this.#store(line);
      else ignored.push(`entry with timestamp ${line.at} ignored, reason: '${problem}'`);
    }
    if (ignored.length === 0) return { status: 204 };
    const body = `${ignored.slice(0, 10).join(',\n')},\nuser 'fake', total ignored: ${ignored.length} out of ${lines.length}`;
    return { status: 400, body };
  }

  #problem(line: LokiLine): string | undefined {
    const now = BigInt(this.#now()) * 1_000_000n;
    if (line.at > now + limits.aheadNs) return 'timestamp too new';
    if (line.at < now - limits.oldNs) return 'timestamp too old';
    if (Buffer.byteLength(line.text) > limits.maxLineBytes) return 'max entry size exceeded';
    const metadata = Object.entries(line.metadata);
    const bytes = metadata.reduce((sum, [name, value]) => sum + Buffer.byteLength(name + value), 0);
    if (bytes > limits.maxMetadataBytes) return 'structured metadata too large';
    if (metadata.length > limits.maxMetadataNames) return 'too many structured metadata labels';
    const newest = this.#newest.get(streamKey(line)) ?? 0n;
    if (line.at < newest - limits.behindNs)
      return `entry too far behind, entry timestamp is: ${line.at}, oldest acceptable timestamp is: ${newest - limits.behindNs}`;
    return this.refuseLine(line);
  }

  #store(line: LokiLine): void {
    const key = streamKey(line);
    const newest = this.#newest.get(key) ?? 0n;
    if (line.at > newest) this.#newest.set(key, line.at);
    this.lines.push(line);
  }
}

function streamKey({ labels }: LokiLine): string {
  return JSON.stringify(Object.entries(labels).toSorted());
}

/** @throws Malformed: nothing of it is taken */
function linesIn(body: unknown): readonly LokiLine[] {
  if (!isObject(body) || !Array.isArray(body.streams)) throw new Malformed('expected streams');
  return body.streams.flatMap((stream: unknown) => {
    if (!isObject(stream)) throw new Malformed('expected a stream');
    const unknown = Object.keys(stream).find(key => key !== 'stream' && key !== 'values');
    if (unknown !== undefined) throw new Malformed(`unknown key ${unknown}`);
    const labels = labelsIn(stream.stream);
    if (!Array.isArray(stream.values) || stream.values.length === 0) throw new Malformed('expected values');
    return stream.values.map((value: unknown) => lineIn(labels, value));
  });
}

function labelsIn(value: unknown): Readonly<Record<string, string>> {
  const labels = textsIn(value);
  const entries = Object.entries(labels);
  if (entries.length === 0) throw new Malformed('error at least one label pair is required per stream');
  if (entries.length > limits.maxLabels)
    throw new Malformed(`stream has ${entries.length} label names; limit ${limits.maxLabels}`);
  for (const [name, text] of entries) {
    if (!labelName.test(name)) throw new Malformed(`error parsing labels: unexpected name ${name}`);
    if (name.length > limits.maxLabelName) throw new Malformed('label name too long');
    if (text.length > limits.maxLabelValue) throw new Malformed('label value too long');
  }
  return labels;
}

function lineIn(labels: Readonly<Record<string, string>>, value: unknown): LokiLine {
  if (!Array.isArray(value) || value.length < 2 || value.length > 3) throw new Malformed('expected an entry');
  const [at, text, metadata]: unknown[] = value;
  if (typeof at !== 'string' || !nanoseconds.test(at))
    throw new Malformed('timestamps are strings of nanoseconds');
  if (typeof text !== 'string') throw new Malformed('a line is a string');
  return { labels, at: BigInt(at), text, metadata: metadata === undefined ? {} : textsIn(metadata) };
}

function textsIn(value: unknown): Readonly<Record<string, string>> {
  if (!isObject(value)) throw new Malformed('expected an object');
  const entries = Object.entries(value).map(([name, text]): [string, string] => {
    if (typeof text !== 'string') throw new Malformed(`${name} is no string`);
    return [name, text];
  });
  return Object.fromEntries(entries);
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
