/** `notify` of gateway.yaml, checked beyond its schema: who is told, and by what. */
import { createHash } from 'node:crypto';
import { isLoopback } from '../../core/access/certificate/issuer.ts';
import { parseDuration } from '../../core/duration.ts';
import { TowlineError } from '../../core/errors.ts';
import type { Clock } from '../../core/io/clock.ts';
import type { NotifyMail, NotifyReceiver, NotifyWebhook } from '../../schemas/types.generated.ts';
import { checkReceiver } from '../sinks/http/receiver.ts';
import type { Carrier } from './carriers/carrier.ts';
import { Mail } from './carriers/mail.ts';
import { Webhook } from './carriers/webhook.ts';

/** A webhook, or one address of mail: each has an outbox of its own. */
export interface Leg {
  readonly file: NotifyReceiver;
  /** For metrics and the log: `ops`, `ops/2`. */
  readonly name: string;
  /** Of its folder: the same as long as the address is. */
  readonly folder: string;
  readonly carrier: Carrier;
  readonly aliveMs: number | undefined;
}

const leastAliveMs = 60_000;

/** @throws TowlineError GATEWAY_CONFIG_INVALID */
export function notifyLegs(receivers: readonly NotifyReceiver[], clock: Clock): Leg[] {
  const names = new Set<string>();
  return receivers.flatMap(file => {
    const place = `notify.${file.name}`;
    if (names.has(file.name)) throw invalid(place, 'there are two of that name');
    names.add(file.name);
    const { webhook, mail, deadMan } = file;
    const aliveMs = deadMan === undefined ? undefined : parseDuration(deadMan.every);
    if (aliveMs !== undefined && aliveMs < leastAliveMs)
      throw invalid(place, '`deadMan.every` is less than a minute');
    if ((webhook === undefined) === (mail === undefined)) throw invalid(place, 'either `webhook` or `mail`');
    if (webhook !== undefined) {
      checkWebhook(webhook, place);
      return [
        { file, name: file.name, folder: file.name, carrier: new Webhook(webhook, place, clock), aliveMs },
      ];
    }
    return mail === undefined ? [] : mailLegs(file, mail, aliveMs);
  });
}

function mailLegs(file: NotifyReceiver, mail: NotifyMail, aliveMs: number | undefined): Leg[] {
  checkMail(mail, `notify.${file.name}`);
  return mail.to.map((to, index) => ({
    ...{ file, aliveMs, carrier: new Mail(mail, to) },
    name: mail.to.length === 1 ? file.name : `${file.name}/${index + 1}`,
    folder: `${file.name}.${createHash('sha256').update(to).digest('hex').slice(0, 12)}`,
  }));
}

function checkWebhook(webhook: NotifyWebhook, place: string): void {
  const { url, urlFile, format, secretFile } = webhook;
  if ((url === undefined) === (urlFile === undefined)) throw invalid(place, 'either `url` or `urlFile`');
  if (format === 'alertmanager' && secretFile !== undefined)
    throw invalid(place, '`secretFile` is for cloudevents and slack: Alertmanager reads no signature');
  // What the file says is seen when it is read; the rest is checked now.
  checkReceiver({ ...webhook, url: url ?? 'https://localhost' }, place);
}

function checkMail({ smtp }: NotifyMail, place: string): void {
  const { userFile, passwordFile, tls, host } = smtp;
  if ((userFile === undefined) !== (passwordFile === undefined))
    throw invalid(place, '`userFile` and `passwordFile` go together');
  if (tls !== 'none-on-loopback') return;
  if (!isLoopback(host))
    throw invalid(place, `\`tls: none-on-loopback\` is for this machine, and ${host} is another`);
}

function invalid(place: string, message: string): TowlineError {
  return new TowlineError('GATEWAY_CONFIG_INVALID', `${place}: ${message}`);
}
