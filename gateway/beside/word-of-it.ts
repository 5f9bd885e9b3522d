/** Who hears of transitions: the audit log always, receivers of messages and the bot of rollouts where gateway.yaml names them. */
import type { GatewayFile } from '../../schemas/types.generated.ts';
import type { AuditTrail } from '../audit/audit-trail.ts';
import { headDelivery, headVitals } from '../audit/told-head.ts';
import type { NotifyOptions } from '../notify/notify.ts';
import type { Metric } from '../plain-port/metric.ts';
import type { PlainRoute } from '../plain-port/plain-route.ts';
import type { RolloutBot, RolloutBotOptions } from '../rollout/rollout-bot.ts';
import type { RecordSinks } from '../sinks/records/record-sinks.ts';
import type { LookedAt } from '../transitions/watch/lookers.ts';
import { type BesideOptions, type BesideSettings, openRecordSinks } from './work-beside.ts';

export interface WordOptions extends Omit<BesideOptions, 'settings' | 'stopped'> {
  readonly settings: BesideSettings &
    Pick<LookedAt, 'anchor'> & {
      readonly notify: NonNullable<GatewayFile['notify']>;
      readonly links: NonNullable<GatewayFile['links']>;
    };
  readonly stopped: LookedAt['stopped'];
  readonly waiting: LookedAt['waiting'];
  /** Hears what the receivers of gateway.yaml hear; its head is told to them, and to sinks. */
  readonly trail: AuditTrail;
  /** As it is followed: a bot of rollouts writes to it. */
  readonly main: RolloutBotOptions['main'];
  readonly audit: RolloutBotOptions['audit'];
}

/** A part of the gateway. */
export interface WordOfIt {
  /** Begins to look, and to send. */
  start(): Promise<void>;
  /** SIGHUP. */
  reload(): void;
  metrics(): readonly Metric[];
  state(): object;
  close(): Promise<void>;
}

/** @throws TowlineError GATEWAY_CONFIG_INVALID */
async function openWord(options: WordOptions): Promise<WordOfIt> {
  const { settings, store, trail, ...services } = options;
  const vitals = () => headVitals(trail.head);
  const notify = settings.notify.length === 0 ? undefined : await openNotify(options, vitals);
  const all = [trail, ...(notify?.listeners ?? [])];
  const { Transitions } = await import('../transitions/watch/transitions.ts');
  const refs = () => store.refs;
  const transitions = await Transitions.open({ ...settings, ...services, refs, listeners: all });
  return {
    start: async () => {
      await notify?.start();
      transitions.start();
    },
    reload: () => notify?.reload(),
    metrics: () => [...transitions.metrics(), ...(notify?.metrics() ?? [])],
    state: () => notify?.state() ?? {},
    // What they are told of ends before they do.
    close: async () => {
      await transitions.close();
      await notify?.close();
    },
  };
}

async function openNotify({ settings, ...services }: WordOptions, vitals: NotifyOptions['vitals']) {
  const { Notify } = await import('../notify/notify.ts');
  return await Notify.open({ ...settings, ...services, vitals });
}

/** Only where gateway.yaml has a key for it. */
async function openRollouts({ settings, store, reports, ...services }: WordOptions) {
  const { rollout } = settings;
  if (rollout === undefined) return undefined;
  const { RolloutBot } = await import('../rollout/rollout-bot.ts');
  const read = reports.reader();
  return new RolloutBot({ ...settings, ...services, rollout, read, refs: () => store.refs });
}

/** Sinks, receivers of messages, and what goes on by what devices say. */
export interface Told {
  readonly parts: readonly (RecordSinks | WordOfIt | RolloutBot)[];
  /** At the internal port. */
  readonly routes: readonly PlainRoute[];
}

/** Whoever is told what happens, as gateway.yaml names them. @throws TowlineError GATEWAY_CONFIG_INVALID */
export async function openTold(options: WordOptions): Promise<Told> {
  const sinks = await openRecordSinks(options);
  if (sinks !== undefined)
    options.trail.onHead(head => sinks.tell(headDelivery(options.settings.fleet, head)));
  const word = await openWord(options);
  const rollouts = await openRollouts(options);
  return { parts: [sinks, word, rollouts].filter(part => part !== undefined), routes: sinks?.routes ?? [] };
}
