/** Terminals of the desk's page: the person's own ssh to the device's own server, end to end, with the keys of both from the repository. */
import { finished } from 'node:stream/promises';
import { messageOf } from '../../core/errors/cause.ts';
import { TowlineError } from '../../core/errors.ts';
import { type Fleet, layersOf } from '../../core/fleet/fleet.ts';
import { desiredTunnel } from '../../core/fleet/tunnel.ts';
import type { Clock } from '../../core/io/clock.ts';
import {
  type PageEnd,
  pageTerminal,
  type SessionViewer,
  type TerminalEnd,
  type TerminalHome,
  type TerminalPlace,
} from '../../portal/terminal/terminal-home.ts';
import { menuUser } from '../ssh/client-files.ts';
import { clientDevice } from '../ssh/fleet-clients.ts';
import { MuxSession } from '../ssh/mux-session.ts';
import type { PersonSettings } from '../ssh/person-settings.ts';
import { SharedClient } from '../ssh/shared-client.ts';

export interface SessionTerminalsOptions {
  /** The newest trusted main; undefined: none was read yet. */
  readonly fleet: () => Fleet | undefined;
  /** How this person's ssh comes to the gateway. */
  readonly person: (signal: AbortSignal) => Promise<PersonSettings>;
  readonly clock: Pick<Clock, 'now'>;
}

/** No window of another is larger: what they see is seen whole. */
const wholeScreen = { columns: 1000, rows: 1000 };

export class SessionTerminals implements TerminalHome {
  readonly #options: SessionTerminalsOptions;

  constructor(options: SessionTerminalsOptions) {
    this.#options = options;
  }

  /** Whether they may is for gateway and device to say. */
  async judge(_viewer: SessionViewer, place: TerminalPlace): Promise<void> {
    this.#clientFleet(place);
  }

  async enter(
    _viewer: SessionViewer,
    place: TerminalPlace,
    { end, opened }: { readonly end: PageEnd; readonly opened: () => void },
    signal: AbortSignal,
  ): Promise<TerminalEnd> {
    await using client = await this.#client(place, signal);
    const session = await MuxSession.open(client.socket, { term: pageTerminal, ...end.size }, signal);
    opened();
    end.onResize(({ columns, rows }) => session.resize(columns, rows));
    const gone = () => session.destroy();
    signal.addEventListener('abort', gone, { once: true });
    end.once('close', gone);
    end.pipe(session);
    session.pipe(end, { end: false });
    try {
      await finished(session, { writable: false, error: false }).catch(() => undefined);
      signal.throwIfAborted();
      return { exitCode: session.exitCode };
    } finally {
      end.unpipe(session);
      signal.removeEventListener('abort', gone);
      end.off('close', gone);
      session.destroy();
    }
  }

  /** Why there is nothing to enter; undefined: it may be tried. */
  closed(device: string): string | undefined {
    try {
      this.#clientFleet({ device, name: undefined });
      return undefined;
    } catch (error) {
      return messageOf(error);
    }
  }

  /** What a place shows to who types nothing. Ends with it, or with the signal. @throws TowlineError as `enter` */
  async output(place: TerminalPlace, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    const client = await this.#client(place, signal);
    const stack = new AsyncDisposableStack();
    stack.use(client);
    try {
      const session = await MuxSession.open(client.socket, { term: pageTerminal, ...wholeScreen }, signal);
      const gone = () => session.destroy();
      signal.addEventListener('abort', gone, { once: true });
      return outputOf(session, stack);
    } catch (error) {
      await stack.disposeAsync();
      throw error;
    }
  }

  async #client(place: TerminalPlace, signal: AbortSignal): Promise<SharedClient> {
    const known = this.#clientFleet(place);
    const fleet = { ...known, person: await this.#options.person(signal) };
    return await SharedClient.open({ fleet, host: place.device, user: place.name ?? menuUser }, signal);
  }

  /** @throws TowlineError PORTAL_NOT_FOUND, GATEWAY_TUNNEL_CLOSED, CLI_SSH */
  #clientFleet({ device }: TerminalPlace) {
    const { fleet: current, clock } = this.#options;
    const fleet = current();
    const layers = fleet === undefined ? undefined : layersOf(fleet, device);
    if (fleet === undefined || layers === undefined)
      throw new TowlineError('PORTAL_NOT_FOUND', 'there is no such device');
    const { state, untilMs } = desiredTunnel(layers);
    if (state !== 'open' || (untilMs !== undefined && untilMs <= clock.now()))
      throw new TowlineError('GATEWAY_TUNNEL_CLOSED', `the tunnel of ${device} is closed`);
    const client = clientDevice(device, layers.device.value);
    if (client.key === undefined)
      throw new TowlineError('CLI_SSH', `${layers.device.path} has no keys.ssh: the device is not known`);
    return { fleet: fleet.name, gateways: fleet.file.value.gateways, devices: [client] };
  }
}

async function* outputOf(session: MuxSession, stack: AsyncDisposableStack): AsyncGenerator<Uint8Array> {
  await using _after = stack;
  const pieces: AsyncIterable<Buffer> = session;
  yield* pieces;
}
