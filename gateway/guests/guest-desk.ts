/**
 * Guests come by a link: `GET /guest` is a page that knows nothing, `POST /guest` with the link in its body is a session as it
 * goes on. The link stands in no address, so that it is in nobody's log; this gateway hands it to the device, which knows a hash.
 */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Client } from 'ssh2';
import { tunnelIsOpen } from '../../core/access/reach.ts';
import { guestUserName } from '../../core/access/user-name.ts';
import { addressGroup } from '../../core/address-group.ts';
import { boundedLines } from '../../core/io/bounded-lines.ts';
import type { Clock } from '../../core/io/clock.ts';
import { peerAddress } from '../../core/io/https/peer-address.ts';
import type { SshConnection } from '../../core/io/ssh/ssh-connection.ts';
import type { Log } from '../../core/log.ts';
import { readCastHeader } from '../../core/recording/asciicast.ts';
import { ShownOutput } from '../../core/terminal/shown-output.ts';
import { openChannel } from '../access/open-channel.ts';
import type { Audit } from '../admission/audit.ts';
import type { FleetViewHolder } from '../fleet/fleet-view-holder.ts';
import { Counts } from '../limits/device-limits.ts';
import { gauge, type Metric } from '../plain-port/metric.ts';
import type { PlainRoute } from '../plain-port/plain-route.ts';
import type { Visitor } from '../tunnel/presence.ts';
import { guestPage, guestPageHeaders } from './guest-page.ts';
import { GuestTries } from './guest-tries.ts';
import { shownLine, shownText } from './shown-lines.ts';

export interface GuestDeskOptions {
  /** At a device, with the gateway's own key. */
  readonly login: {
    enter(
      device: string,
      user: string,
      visitor: Visitor,
      signal: AbortSignal,
    ): Promise<SshConnection<Client>>;
  };
  readonly view: FleetViewHolder;
  readonly audit: Audit;
  readonly log: Pick<Log, 'debug'>;
  readonly clock: Clock;
}

/** Of a device: as many as that lets in. */
const [maxGuests, maxOfDevice] = [32, 16];
/** A device has shown the beginning of a session by then, milliseconds. */
const firstLineMs = 20_000;
const maxBodyBytes = 200;
const maxLineBytes = 1024 * 1024;
const guest: Visitor = { operator: 'a guest', to: 'a link' };

export class GuestDesk {
  readonly #options: GuestDeskOptions;
  readonly #tries: GuestTries;
  readonly #ofDevice = new Counts(maxOfDevice);
  readonly #stop = new AbortController();
  #guests = 0;

  constructor(options: GuestDeskOptions) {
    this.#options = options;
    this.#tries = new GuestTries(options.clock);
  }

  get routes(): readonly PlainRoute[] {
    return [
      {
        method: 'GET',
        path: '/guest',
        handle: (_request, response) => response.writeHead(200, guestPageHeaders).end(guestPage),
      },
      { method: 'POST', path: '/guest', handle: (request, response) => this.#come(request, response) },
    ];
  }

  metrics(): Metric[] {
    return [gauge('towline_gateway_guests', 'Guests who look on at sessions now.', this.#guests)];
  }

  async close(): Promise<void> {
    this.#stop.abort(new Error('the gateway is shutting down'));
  }

  #come(request: IncomingMessage, response: ServerResponse): void {
    this.#serve(request, response).catch((error: unknown) => {
      this.#options.log.debug({ err: error }, 'a guest was not served');
      if (response.headersSent) response.destroy();
      else response.writeHead(404).end('There is no such link, or not any more.\n');
    });
  }

  /** @throws whatever is in the way: a guest is told one thing, whatever it is */
  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const from = peerAddress(request);
    const isRight = this.#guests < maxGuests ? this.#tries.begin(addressGroup(from)) : undefined;
    if (isRight === undefined) {
      response.writeHead(429, { 'retry-after': '60' }).end('Too many tries.\n');
      return;
    }
    const { audit, login, view } = this.#options;
    const [, device, token] = /^([a-z0-9][a-z0-9-]{0,62})\.([\w-]{22})$/.exec(await bodyOf(request)) ?? [];
    if (device === undefined || token === undefined || !this.#isShared(device)) throw new Error('no link');
    if (!this.#ofDevice.enter(device)) throw new Error('as many guests as may be');
    const gone = new AbortController();
    const leave = () => gone.abort(new Error('the guest is gone'));
    response.once('close', leave);
    const unsubscribe = view.onChange(() => {
      if (!this.#isShared(device)) leave();
    });
    const late = setTimeout(leave, firstLineMs);
    const signal = AbortSignal.any([gone.signal, this.#stop.signal]);
    this.#guests += 1;
    let connection: SshConnection<Client> | undefined;
    let over: 'refused' | 'ended' = 'refused';
    // The link is in no line of it.
    const say = (outcome: 'allowed' | 'refused' | 'ended') =>
      audit.write({ action: `guest ${device}`, outcome, from });
    const begins = () => {
      isRight();
      clearTimeout(late);
      over = 'ended';
      say('allowed');
    };
    try {
      connection = await login.enter(device, guestUserName, guest, signal);
      const shown = await this.#show({ connection, token, request, response, signal }, begins);
      if (!shown) throw new Error('no such link');
    } finally {
      say(over);
      clearTimeout(late);
      unsubscribe();
      this.#guests -= 1;
      this.#ofDevice.leave(device);
      connection?.cut('the guest is gone');
    }
  }

  /** By what this gateway follows: the device asks for itself. */
  #isShared(device: string): boolean {
    const { view, clock } = this.#options;
    const on = view.current.access(device);
    return on?.access.share === true && tunnelIsOpen(on.tunnel, clock.now());
  }

  /** @returns false: the device knows no such link */
  async #show(
    { connection, token, request, response, signal }: Showing,
    begins: () => void,
  ): Promise<boolean> {
    signal.addEventListener('abort', () => connection.cut('the guest is gone'), { once: true });
    const channel = await openChannel(connection.ssh, { command: token, terminal: undefined });
    const stream = connection.adopt(channel);
    if (stream === undefined) return false;
    stream.on('error', () => {});
    const isPage = request.headers.accept === 'application/x-ndjson';
    const shown = new ShownOutput();
    let begun = false;
    for await (const line of boundedLines(stream, maxLineBytes)) {
      if (signal.aborted) break;
      if (!begun) {
        if (readCastHeader(line) === undefined) return false;
        begun = true;
        begins();
        response.writeHead(200, {
          ...guestHeaders,
          'content-type': isPage ? 'application/x-ndjson' : 'text/plain; charset=utf-8',
        });
        // A session may say nothing for long: who looks on, and a proxy between, hears that it has begun.
        response.flushHeaders();
      }
      // A device that was taken over sends a guest's terminal no more than another does.
      const text = isPage ? shownLine(line, shown) : shownText(line, shown);
      if (text.length > 0 && !response.write(text))
        await once(response, 'drain', { signal }).catch(() => undefined);
    }
    if (begun) response.end();
    return begun;
  }
}

interface Showing {
  readonly connection: SshConnection<Client>;
  readonly token: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly signal: AbortSignal;
}

const guestHeaders = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  // A proxy in front hands on what comes as it comes (nginx).
  'x-accel-buffering': 'no',
};

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const piece of request) {
    text += String(piece);
    if (text.length > maxBodyBytes) throw new Error('no link');
  }
  return text.trim();
}
