/** Posts messages to an address, in the format that it reads. */
import type { Clock } from '../../../core/io/clock.ts';
import type { NotifyWebhook } from '../../../schemas/types.generated.ts';
import { assertTaken } from '../../sinks/http/answer.ts';
import type { HttpReceiver } from '../../sinks/http/receiver.ts';
import { SinkHttp } from '../../sinks/http/sink-http.ts';
import { readSecretFile } from '../../sinks/settings/secret-file.ts';
import type { NumberedTransition } from '../../transitions/transition.ts';
import { alertsText, openMessage } from '../formats/alerts.ts';
import { cloudEvent, cloudEventType } from '../formats/cloud-event.ts';
import { slackText } from '../formats/slack-text.ts';
import type { Message } from '../messages/message.ts';
import type { Carrier } from './carrier.ts';
import { readHookSecret, webhookHeaders } from './webhook-signature.ts';

interface Format {
  readonly contentType: string;
  /** Below the address. */
  readonly path?: string;
  readonly maxBatch: number;
  readonly folds: boolean;
  readonly resendMs?: number;
  readonly body: (messages: readonly Message[], nowMs: number) => string;
}

const json = 'application/json; charset=utf-8';
const each = (text: (message: Message) => string) => (messages: readonly Message[]) =>
  messages.map(text).join('\n');

const formats: Readonly<Record<NotifyWebhook['format'], Format>> = {
  cloudevents: { contentType: cloudEventType, maxBatch: 1, folds: true, body: each(cloudEvent) },
  slack: { contentType: json, maxBatch: 1, folds: true, body: each(slackText) },
  alertmanager: {
    ...{ contentType: json, path: '/api/v2/alerts', maxBatch: 200, folds: false, resendMs: 60_000 },
    body: alertsText,
  },
};

export class Webhook implements Carrier {
  readonly #file: NotifyWebhook;
  readonly #place: string;
  readonly #clock: Clock;
  readonly #format: Format;
  #http: Promise<SinkHttp> | undefined;

  /** @param place in gateway.yaml, for a person */
  constructor(file: NotifyWebhook, place: string, clock: Clock) {
    this.#file = file;
    this.#place = place;
    this.#clock = clock;
    this.#format = formats[file.format];
  }

  get maxBatch(): number {
    return this.#format.maxBatch;
  }

  get folds(): boolean {
    return this.#format.folds;
  }

  get resendMs(): number | undefined {
    return this.#format.resendMs;
  }

  /** No more than the host: the path of some addresses is what lets one in. */
  get where(): string {
    const { url } = this.#file;
    return url === undefined ? `the address in ${this.#file.urlFile}` : new URL(url).origin;
  }

  async send(messages: readonly Message[], signal: AbortSignal): Promise<string> {
    const { secretFile } = this.#file;
    const { contentType, path, body: bodyOf } = this.#format;
    const http = await this.#opened();
    const secret = secretFile === undefined ? undefined : await readHookSecret(secretFile);
    const nowMs = this.#clock.now();
    const body = bodyOf(messages, nowMs);
    const signed = webhookHeaders({ id: messages[0]?.id ?? '', nowMs, body }, secret);
    const headers = { 'content-type': contentType, ...signed };
    const answer = await http.send(
      { body, headers, statusSuffices: true, ...(path === undefined ? {} : { path }) },
      signal,
    );
    assertTaken(answer, http.where(path), nowMs);
    return `${answer.status}${answer.excerpt === '' ? '' : ` ${answer.excerpt}`}`;
  }

  async resend(open: readonly NumberedTransition[], signal: AbortSignal): Promise<void> {
    for (let at = 0; at < open.length; at += this.maxBatch)
      await this.send(open.slice(at, at + this.maxBatch).map(openMessage), signal);
  }

  forget(): void {
    this.close();
  }

  close(): void {
    this.#http?.then(http => http.close()).catch(() => undefined);
    this.#http = undefined;
  }

  #opened(): Promise<SinkHttp> {
    this.#http ??= this.#open().catch((error: unknown) => {
      this.#http = undefined;
      throw error;
    });
    return this.#http;
  }

  async #open(): Promise<SinkHttp> {
    const { urlFile, format: _format, secretFile: _secret, ...file } = this.#file;
    const url = file.url ?? (urlFile === undefined ? '' : await readSecretFile(urlFile));
    const receiver: HttpReceiver = { ...file, url };
    return new SinkHttp(receiver, this.#place, 'origin');
  }
}
