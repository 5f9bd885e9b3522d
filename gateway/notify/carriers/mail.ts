/** Mail to one address, by SMTP. */
import { isIP } from 'node:net';
import { parseDuration } from '../../../core/duration.ts';
import { messageOf } from '../../../core/errors/cause.ts';
import { TowlineError } from '../../../core/errors.ts';
import { TimeLimit } from '../../../core/io/time-limit.ts';
import { fieldsOf } from '../../../core/json.ts';
import { redacted } from '../../../core/redaction/redacted-lines.ts';
import type { NotifyMail } from '../../../schemas/types.generated.ts';
import { readPemFile, readSecretFile } from '../../sinks/settings/secret-file.ts';
import { mailText } from '../formats/mail-text.ts';
import type { Message } from '../messages/message.ts';
import type { Carrier } from './carrier.ts';

type Smtp = NotifyMail['smtp'];

/** What a mail server says of a message; more is not read. */
const maxResponseSize = 16 * 1024;
const longestExcerpt = 300;
/**
 * So many times the time for a connection a letter may take in all: a server that looks through the text says yes late (RFC 5321,
 * 4.5.3.2.6), and whoever does not wait for that sends it again.
 */
const readingTimes = 10;

export class Mail implements Carrier {
  readonly maxBatch = 1;
  readonly folds = true;
  readonly #file: NotifyMail;
  readonly #to: string;

  /** @param to one of its addresses */
  constructor(file: NotifyMail, to: string) {
    this.#file = file;
    this.#to = to;
  }

  get where(): string {
    const { host, port = defaultPort(this.#file.smtp) } = this.#file.smtp;
    return `${this.#to} by ${host}:${port}`;
  }

  async send([message]: readonly Message[], signal: AbortSignal): Promise<string> {
    if (message === undefined) return '';
    const { smtp, from } = this.#file;
    const secrets: string[] = [];
    const options = await optionsOf(smtp, secrets);
    // Where no mail is sent nothing of it is loaded.
    const { createTransport } = await import('nodemailer');
    const transport = createTransport(options);
    // One that says a byte now and then is never silent.
    using late = new TimeLimit(options.socketTimeout);
    const joined = AbortSignal.any([signal, late.signal]);
    const ended = Promise.withResolvers<never>();
    const end = () => {
      transport.close();
      ended.reject(joined.reason);
    };
    joined.addEventListener('abort', end, { once: true });
    try {
      signal.throwIfAborted();
      const { subject, text } = mailText(message);
      const sent = transport.sendMail({
        ...{ from, to: this.#to, subject, text, messageId: `<${message.id}@${domainOf(from)}>` },
        date: new Date(message.queuedAt),
        // Nobody's absence is to answer it (RFC 3834).
        headers: { 'Auto-Submitted': 'auto-generated', 'X-Towline-Type': message.type },
        ...{ disableFileAccess: true, disableUrlAccess: true },
      });
      const { response } = await Promise.race([sent, ended.promise]);
      return shown(response, secrets);
    } catch (error) {
      signal.throwIfAborted();
      const words = late.signal.aborted ? `no end within ${options.socketTimeout} ms` : messageOf(error);
      throw refusalOf(error, shown(words, secrets), this.where);
    } finally {
      joined.removeEventListener('abort', end);
      transport.close();
    }
  }

  /** Files are read for each message. */
  forget(): void {}

  close(): void {}
}

const defaultPort = ({ tls }: Smtp): number => (tls === 'implicit' ? 465 : 587);
const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1);

async function optionsOf(smtp: Smtp, secrets: string[]) {
  const { host, port = defaultPort(smtp), tls = 'starttls', userFile, passwordFile, caFile } = smtp;
  const timeoutMs = Math.max(1000, parseDuration(smtp.timeout ?? '30s'));
  const ca = caFile === undefined ? {} : { ca: await readPemFile(caFile) };
  const login = userFile !== undefined && passwordFile !== undefined;
  const auth = login
    ? { user: await readSecretFile(userFile), pass: await readSecretFile(passwordFile) }
    : undefined;
  if (auth !== undefined)
    secrets.push(auth.pass, Buffer.from(`\0${auth.user}\0${auth.pass}`).toString('base64'));
  return {
    ...{ host, port, secure: tls === 'implicit', requireTLS: tls === 'starttls' },
    ignoreTLS: tls === 'none-on-loopback',
    tls: { ...ca, ...(isIP(host) === 0 ? { servername: host } : {}) },
    ...(auth === undefined ? {} : { auth }),
    ...{ connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, dnsTimeout: timeoutMs },
    ...{ socketTimeout: readingTimes * timeoutMs, maxResponseSize },
  };
}

/** What the server says to the addresses or to the text is said of this message; all else, such as of a login, is not. */
const ofMessage: ReadonlySet<unknown> = new Set(['EENVELOPE', 'EMESSAGE']);

/** RFC 5321, 4.2.1: 5yz is for good. */
function refusalOf(error: unknown, words: string, where: string): TowlineError {
  const { responseCode, code } = fieldsOf(error instanceof Error ? { ...error } : {});
  const message = `${where}: ${words}`;
  const cause = { cause: error };
  if (typeof responseCode !== 'number')
    return new TowlineError('TELEMETRY_RECEIVER_UNREACHABLE', message, cause);
  const isForGood = ofMessage.has(code) && responseCode >= 500 && responseCode < 600;
  return new TowlineError(isForGood ? 'TELEMETRY_BATCH_REFUSED' : 'TELEMETRY_RECEIVER_BUSY', message, cause);
}

function shown(text: string, secrets: readonly string[]): string {
  const line = text.slice(0, 4 * longestExcerpt).replace(/\s+/g, ' ');
  return (redacted([line], secrets)[0] ?? '').slice(0, longestExcerpt);
}
