/** One receiver, by itself: what it is told of, when, and how far that is. */
import { join } from 'node:path';
import { messageOf as wordsOf } from '../../core/errors/cause.ts';
import type { Clock } from '../../core/io/clock.ts';
import type { Log } from '../../core/log.ts';
import { supportWords } from '../../core/support-words.ts';
import type { FleetViewHolder } from '../fleet/fleet-view-holder.ts';
import { counter, gauge, type Metric } from '../plain-port/metric.ts';
import { DeadLetters } from '../sinks/follow/dead-letters.ts';
import type { NumberedTransition, StillOpen, TransitionListener } from '../transitions/transition.ts';
import type { Carrier } from './carriers/carrier.ts';
import { Courier } from './courier.ts';
import { type Message, messageId } from './messages/message.ts';
import { Comings } from './outbox/comings.ts';
import type { MessageFacts } from './outbox/folding.ts';
import { dueStep, type Intake, overStep, stepOf } from './outbox/intake.ts';
import { Outbox } from './outbox/outbox.ts';
import type { ReceiverFilter } from './receiver-filter.ts';

export interface ReceiverServices {
  readonly fleet: string;
  readonly view: FleetViewHolder;
  readonly clock: Clock;
  readonly log: Log;
  readonly linkOf: (commit: string) => string | undefined;
  /** What stands in each sign of life, such as the head of the audit. */
  readonly vitals: () => Message['data'];
}

export interface ReceiverOptions extends ReceiverServices {
  /** As metrics name it. */
  readonly name: string;
  /** Of its own. */
  readonly folder: string;
  readonly carrier: Carrier;
  readonly filter: ReceiverFilter;
  /** A sign of life so often, milliseconds; undefined: none. */
  readonly aliveMs: number | undefined;
}

/** How often it looks what is due. */
const lookMs = 1000;

export class Receiver implements TransitionListener {
  readonly #options: ReceiverOptions;
  readonly #outbox: Outbox;
  readonly #courier: Courier;
  readonly #comings = new Comings();
  /** Taking and making of messages, one after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  static async open(options: ReceiverOptions): Promise<Receiver> {
    return new Receiver(options, await Outbox.open(join(options.folder, 'outbox')));
  }

  private constructor(options: ReceiverOptions, outbox: Outbox) {
    const { carrier, clock, log, folder } = options;
    this.#options = options;
    this.#outbox = outbox;
    const deadLetters = new DeadLetters(join(folder, 'dead-letters.ndjson'));
    this.#courier = new Courier({ outbox, carrier, deadLetters, clock, log, random: Math.random });
  }

  get name(): string {
    return this.#options.name;
  }

  get through(): number | undefined {
    return this.#outbox.through;
  }

  get error(): string | undefined {
    return this.#courier.error;
  }

  get where(): string {
    return this.#options.carrier.where;
  }

  begin(number: number): Promise<void> {
    return this.#outbox.take({ through: number });
  }

  /** It was taken out of gateway.yaml for a while, or the ledger is lost. */
  async caughtUp(isStillOpen: StillOpen): Promise<void> {
    const step = overStep(this.#intake(), key => isStillOpen(key, this.#outbox.through ?? 0));
    if (step !== undefined) await this.#outbox.take(step);
  }

  took(batch: readonly NumberedTransition[]): Promise<void> {
    const fresh = batch.filter(({ number }) => number > (this.#outbox.through ?? 0));
    return this.#inTurn(() => this.#outbox.take(stepOf(fresh, this.#intake())));
  }

  /** Runs until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#options;
    while (!signal.aborted) {
      try {
        await this.look(signal);
        await clock.sleep(lookMs, signal);
      } catch (error) {
        if (signal.aborted) return;
        log.error({ error: wordsOf(error) }, 'messages cannot be kept');
        await clock.sleep(10 * lookMs, signal).catch(() => undefined);
      }
    }
  }

  /** What is due is made, and what waits is sent, once. @throws what the disk throws */
  async look(signal: AbortSignal): Promise<void> {
    try {
      await this.#inTurn(async () => {
        const step = dueStep(this.#intake());
        if (step !== undefined) await this.#outbox.take(step);
      });
    } finally {
      // That the disk is full is what may be waiting.
      await this.#courier.deliver(signal);
    }
    await this.#showLife(signal);
  }

  /** At once, beside what waits. @returns what the receiver answered @throws TowlineError as `Carrier.send` */
  async test(signal: AbortSignal): Promise<string> {
    return await this.#options.carrier.send([this.#own('gateway.test', { receiver: this.name })], signal);
  }

  /** SIGHUP. */
  reload(): void {
    this.#options.carrier.forget();
    this.#courier.hurry();
  }

  metrics(): Metric[] {
    const { sent, dead, errors } = this.#courier.counts;
    const labelled = (metric: Metric): Metric => ({ ...metric, labels: { receiver: this.name } });
    const up = this.error === undefined ? 1 : 0;
    return [
      gauge('towline_gateway_notify_up', 'Whether the receiver took what it was sent last.', up),
      gauge('towline_gateway_notify_queued', 'Messages that wait to be sent.', this.#outbox.queued),
      gauge('towline_gateway_notify_open', 'Conditions that it was told are open.', this.#outbox.open.size),
      counter('towline_gateway_notify_sent_total', 'Messages that were taken.', sent),
      counter('towline_gateway_notify_dead_letters_total', 'Messages that were given up.', dead),
      counter('towline_gateway_notify_errors_total', 'Tries that failed.', errors),
    ].map(labelled);
  }

  async close(): Promise<void> {
    await this.#turn;
    this.#options.carrier.close();
    await this.#outbox.close();
  }

  /** One that is not taken is not tried again: its absence is what it says. */
  async #showLife(signal: AbortSignal): Promise<void> {
    const { aliveMs, clock, carrier, vitals, log } = this.#options;
    const nowMs = clock.now();
    const { alive } = this.#outbox;
    // A clock that was set back would say nothing for as long.
    const isDue = alive === undefined || nowMs - alive >= (aliveMs ?? 0) || alive > nowMs;
    if (aliveMs === undefined || !isDue) return;
    await this.#outbox.take({ alive: nowMs });
    try {
      await carrier.send([this.#own('gateway.alive', vitals())], signal);
    } catch (error) {
      if (!signal.aborted) log.warn({ error: wordsOf(error) }, 'a sign of life is not taken');
    }
  }

  #own(type: 'gateway.alive' | 'gateway.test', data: Message['data'] = {}): Message {
    const { fleet, clock } = this.#options;
    const nowMs = clock.now();
    const id = messageId(this.name, type, nowMs);
    return { id, type, state: 'happened', severity: 'info', fleet, at: nowMs, queuedAt: nowMs, data };
  }

  #intake(): Intake {
    const { view, filter, carrier } = this.#options;
    const { current } = view;
    return {
      open: this.#outbox.open,
      held: this.#outbox.held,
      comings: this.#comings,
      facts: this.#facts(),
      takes: transition => filter.takes(transition, current),
      folds: carrier.folds,
      audience: transition => filter.audience(transition, current),
    };
  }

  #facts(): MessageFacts {
    const { name: receiver, view, clock, linkOf } = this.#options;
    const support = view.current.fleet?.support;
    const words = support === undefined ? undefined : supportWords(support);
    return { receiver, nowMs: clock.now(), support: words, linkOf };
  }

  #inTurn<Result>(task: () => Promise<Result>): Promise<Result> {
    const turn = this.#turn.then(task);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}
