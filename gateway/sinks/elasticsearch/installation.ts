/** Puts our templates, and a policy of age, into a cluster. What a person made of them stays. */
import { TowlineError } from '../../../core/errors.ts';
import { type Fields, fieldsOf } from '../../../core/json.ts';
import { assertTaken, type HttpAnswer } from '../http/answer.ts';
import type { SinkHttp } from '../http/sink-http.ts';
import type { Document } from './document.ts';
import { jsonAnswer } from './json-answer.ts';
import { agePolicy, type Flavour, indexTemplate, policyDescription, templateName } from './templates.ts';

export interface Wanted {
  readonly types: readonly ('logs' | 'metrics')[];
  /** undefined: no policy. */
  readonly retentionDays: number | undefined;
}

const policyName = 'towline';

export class Installation {
  readonly #http: SinkHttp;
  readonly #now: () => number;

  /** @param now milliseconds since the epoch */
  constructor(http: SinkHttp, now: () => number) {
    this.#http = http;
    this.#now = now;
  }

  /** @throws TowlineError as `SinkHttp.send`, TELEMETRY_RECEIVER_BUSY, TELEMETRY_RECEIVER_DENIES */
  async install({ types, retentionDays }: Wanted, signal: AbortSignal): Promise<void> {
    const flavour = await this.#flavour(signal);
    if (retentionDays !== undefined) await this.#installPolicy(flavour, retentionDays, signal);
    const policy = retentionDays === undefined ? undefined : policyName;
    for (const type of types) {
      const path = `/_index_template/${templateName(type)}`;
      const wanted = indexTemplate({ flavour, type, policy });
      const found = await this.#get(path, signal);
      const [first] = Array.isArray(found?.index_templates) ? found.index_templates : [];
      const meta = first === undefined ? undefined : fieldsOf(fieldsOf(fieldsOf(first).index_template)._meta);
      if (isToWrite(meta, fieldsOf(wanted._meta))) await this.#put(path, wanted, signal);
    }
  }

  async #flavour(signal: AbortSignal): Promise<Flavour> {
    const { version } = (await this.#get('/', signal)) ?? {};
    return fieldsOf(version).distribution === 'opensearch' ? 'opensearch' : 'elasticsearch';
  }

  async #installPolicy(flavour: Flavour, days: number, signal: AbortSignal): Promise<void> {
    const wanted = agePolicy(flavour, days);
    if (flavour === 'elasticsearch') {
      const path = `/_ilm/policy/${policyName}`;
      const found = fieldsOf((await this.#get(path, signal))?.[policyName]).policy;
      const meta = found === undefined ? undefined : fieldsOf(fieldsOf(found)._meta);
      if (isToWrite(meta, fieldsOf(fieldsOf(wanted.policy)._meta))) await this.#put(path, wanted, signal);
      return;
    }
    const path = `/_plugins/_ism/policies/${policyName}`;
    const found = await this.#get(path, signal);
    if (found === undefined) return this.#put(path, wanted, signal);
    const { description } = fieldsOf(found.policy);
    const isOurs = typeof description === 'string' && description.startsWith('managed by towline');
    if (!isOurs || description === policyDescription(days)) return;
    const { _seq_no: number, _primary_term: term } = found;
    await this.#put(`${path}?if_seq_no=${number}&if_primary_term=${term}`, wanted, signal);
  }

  /** @returns undefined: there is none */
  async #get(path: string, signal: AbortSignal): Promise<Fields | undefined> {
    const answer = await this.#http.send({ method: 'GET', path, maxAnswerBytes: 1024 * 1024 }, signal);
    if (answer.status === 404 && path !== '/') return undefined;
    this.#check(answer, path);
    return jsonAnswer(answer.body, this.#http.where(path));
  }

  async #put(path: string, document: Document, signal: AbortSignal): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify(document);
    this.#check(await this.#http.send({ method: 'PUT', path, headers, body }, signal), path);
  }

  /** A template that is refused refuses no record: nothing goes to the dead letters for it. */
  #check(answer: HttpAnswer, path: string): void {
    const where = this.#http.where(path);
    if (answer.status === 400 || answer.status === 403) {
      const message = `${where} answered ${answer.status}: ${answer.excerpt} (\`templates: false\` leaves templates to you)`;
      throw new TowlineError('TELEMETRY_RECEIVER_DENIES', message);
    }
    assertTaken(answer, where, this.#now());
  }
}

/** @param found metadata of what stands there; undefined: nothing does */
function isToWrite(found: Fields | undefined, wanted: Fields): boolean {
  return found === undefined || (found.managed_by === wanted.managed_by && found.form !== wanted.form);
}
