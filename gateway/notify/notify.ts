/** Who is told what happens, as a part of the gateway: each receiver by itself. */
import { join } from 'node:path';
import type { Logger } from 'pino';
import { TowlineError } from '../../core/errors.ts';
import type { Clock } from '../../core/io/clock.ts';
import type { GatewayFile } from '../../schemas/types.generated.ts';
import type { FleetViewHolder } from '../fleet/fleet-view-holder.ts';
import type { ControlSocket } from '../plain-port/control-socket.ts';
import type { Metric } from '../plain-port/metric.ts';
import type { TransitionListener } from '../transitions/transition.ts';
import type { Message } from './messages/message.ts';
import { notifyControl, type Tested } from './notify-control.ts';
import { notifyLegs } from './notify-settings.ts';
import { Receiver } from './receiver.ts';
import { ReceiverFilter } from './receiver-filter.ts';

export interface NotifyOptions {
  readonly notify: NonNullable<GatewayFile['notify']>;
  readonly links: NonNullable<GatewayFile['links']>;
  readonly fleet: string;
  readonly stateDirectory: string;
  readonly view: FleetViewHolder;
  readonly clock: Clock;
  readonly log: Logger;
  /** For each sign of life. */
  readonly vitals: () => Message['data'];
}

export class Notify {
  readonly #folder: string;
  readonly #receivers: readonly Receiver[];
  readonly #stop = new AbortController();
  #control: ControlSocket | undefined;
  #ended: Promise<unknown> = Promise.resolve();

  /** @throws TowlineError GATEWAY_CONFIG_INVALID where a receiver's keys do not go together */
  static async open(options: NotifyOptions): Promise<Notify> {
    const { notify, links, stateDirectory, log, clock, ...services } = options;
    const folder = join(stateDirectory, 'notify');
    const linkOf = (commit: string) => links.commit?.replaceAll('{commit}', commit);
    const receivers: Receiver[] = [];
    for (const { file, name, folder: own, carrier, aliveMs } of notifyLegs(notify, clock)) {
      const filter = new ReceiverFilter(file);
      const what = { name, carrier, aliveMs, filter, folder: join(folder, own) };
      const given = { ...services, clock, linkOf, log: log.child({ receiver: name }) };
      receivers.push(await Receiver.open({ ...what, ...given }));
    }
    return new Notify(folder, receivers);
  }

  private constructor(folder: string, receivers: readonly Receiver[]) {
    this.#folder = folder;
    this.#receivers = receivers;
  }

  get listeners(): readonly TransitionListener[] {
    return this.#receivers;
  }

  /** Begins to send. */
  async start(): Promise<void> {
    this.#control = await notifyControl(this.#folder, this);
    this.#ended = Promise.all(this.#receivers.map(each => each.run(this.#stop.signal)));
  }

  /** One message to a receiver of gateway.yaml: to each address where it is mail. @throws TowlineError NOTIFY_UNKNOWN */
  async test(name: string): Promise<Tested[]> {
    const meant = this.#receivers.filter(each => each.name === name || each.name.startsWith(`${name}/`));
    if (meant.length === 0) {
      const known = new Set(this.#receivers.map(each => each.name.replace(/\/.*/, '')));
      throw new TowlineError(
        'NOTIFY_UNKNOWN',
        `there is no receiver ${name}; there are ${[...known].join(', ')}`,
      );
    }
    return await Promise.all(meant.map(each => this.#tested(each)));
  }

  async #tested(receiver: Receiver): Promise<Tested> {
    const { name, where } = receiver;
    try {
      return { name, where, taken: true, answer: await receiver.test(this.#stop.signal) };
    } catch (error) {
      const answer = error instanceof TowlineError ? `${error.code} ${error.message}` : String(error);
      return { name, where, taken: false, answer };
    }
  }

  /** SIGHUP. */
  reload(): void {
    for (const receiver of this.#receivers) receiver.reload();
  }

  metrics(): readonly Metric[] {
    return this.#receivers.flatMap(receiver => receiver.metrics());
  }

  state(): object {
    return { notify: Object.fromEntries(this.#receivers.map(({ name, error }) => [name, error ?? 'ok'])) };
  }

  async close(): Promise<void> {
    this.#stop.abort(new TowlineError('GATEWAY_DRAINING', 'the gateway is shutting down'));
    await this.#control?.close();
    await this.#ended;
    for (const receiver of this.#receivers) await receiver.close();
  }
}
