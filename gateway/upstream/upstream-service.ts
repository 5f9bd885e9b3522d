/** The mirror with everything that it needs, wired; and what it has to say for health and metrics. */
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Address } from '../../core/fleet/address.ts';
import type { Clock } from '../../core/io/clock.ts';
import type { TrustedState } from '../../core/trust/walk.ts';
import type { Audit } from '../admission/audit.ts';
import type { MainSight } from '../fleet/main-watch.ts';
import type { GitRunner } from '../git/git-runner.ts';
import type { Metric } from '../plain-port/metric.ts';
import { PlainPort } from '../plain-port/plain-port.ts';
import type { PlainRoute } from '../plain-port/plain-route.ts';
import { FleetIntake } from './fleet-intake.ts';
import { Forge } from './forge.ts';
import type { MirrorState } from './mirror-state.ts';
import { StatusSender } from './status-sender.ts';
import { TimestampIntake } from './timestamp-intake.ts';
import { UpstreamMirror } from './upstream-mirror.ts';
import type { UpstreamSettings } from './upstream-settings.ts';
import { noWebhook, WebhookDesk } from './webhook-desk.ts';

export interface UpstreamServiceOptions {
  readonly upstream: UpstreamSettings;
  readonly fleetGit: string;
  readonly telemetryGit: string;
  /** First commit of the fleet. */
  readonly anchor: string;
  readonly stateDirectory: string;
  readonly runner: GitRunner;
  readonly trusted: () => TrustedState | undefined;
  /** fleet.git changed: reads the refs again, walks and publishes. */
  readonly look: () => Promise<void>;
  readonly audit: Audit;
  readonly log: Logger;
  readonly clock: Clock;
}

export class UpstreamService {
  readonly mirror: UpstreamMirror;
  /** Undefined where no secret is set. */
  readonly #desk: WebhookDesk | undefined;
  readonly #everyMs: number;
  #port: PlainPort | undefined;
  #ended: Promise<void> = Promise.resolve();

  /** @throws TowlineError GATEWAY_CONFIG_INVALID when the secret of the webhooks is not usable. */
  static async open(options: UpstreamServiceOptions): Promise<UpstreamService> {
    const mirror = makeMirror(options);
    const { webhookSecretFile: secretFile } = options.upstream;
    const wake = () => mirror.wake();
    const desk =
      secretFile === undefined ? undefined : await WebhookDesk.open({ ...options, secretFile, wake });
    const { intervalMs, timeoutMs } = options.upstream;
    // Three answers of the forge make a look, each within its time.
    return new UpstreamService(mirror, desk, intervalMs * 1.1 + timeoutMs * 3);
  }

  private constructor(mirror: UpstreamMirror, desk: WebhookDesk | undefined, everyMs: number) {
    this.#everyMs = everyMs;
    this.mirror = mirror;
    this.#desk = desk;
  }

  /** For webhooks; none where no secret is set. */
  get routes(): readonly PlainRoute[] {
    return this.#desk?.routes ?? [];
  }

  /**
   * Webhooks come to a port of their own; none where no secret is set.
   * @throws TowlineError GATEWAY_LISTEN_FAILED
   */
  async listen({ host, port }: Address): Promise<{ webhooks?: AddressInfo }> {
    if (this.#desk === undefined) return {};
    this.#port = new PlainPort(this.#desk.routes, noWebhook);
    return { webhooks: await this.#port.listen(host, port) };
  }

  /** Until the signal is aborted. */
  follow(signal: AbortSignal): void {
    this.#ended = this.mirror.run(signal);
  }

  state(): { readonly upstream: MirrorState } {
    return { upstream: this.mirror.state };
  }

  /** What is seen of it from outside. */
  get sight(): NonNullable<MainSight['forge']> {
    const { seen, trouble, looks, failures } = this.mirror.state;
    return { seen, trouble: trouble?.code, looks, failures, everyMs: this.#everyMs };
  }

  metrics(): Metric[] {
    const { state } = this.mirror;
    const metric = (type: Metric['type'], name: string, help: string, value: number): Metric => ({
      name: `towline_gateway_upstream_${name}`,
      help,
      type,
      value,
    });
    return [
      metric('gauge', 'followed', '1 while main follows the forge.', state.trouble === undefined ? 1 : 0),
      metric(
        'gauge',
        'pushed',
        '0 while the forge does not take fleet-status, or the audit log.',
        state.pushTrouble === undefined ? 1 : 0,
      ),
      metric(
        'gauge',
        'success_timestamp_seconds',
        'When the forge last answered well.',
        (state.succeededAt ?? 0) / 1000,
      ),
      metric('counter', 'looks_total', 'Looks at the forge.', state.looks),
      metric('counter', 'failures_total', 'Looks that failed.', state.failures),
      metric('counter', 'refusals_total', 'Rewinds and garbage that were not taken.', state.refusals),
      metric('counter', 'moves_total', 'Times that main followed the forge.', state.moves),
      metric('counter', 'webhooks_total', 'Webhooks with a good signature.', this.#desk?.taken ?? 0),
      metric('counter', 'webhooks_refused_total', 'Webhooks without one.', this.#desk?.refused ?? 0),
    ];
  }

  async close(): Promise<void> {
    await this.#port?.close();
    await this.#ended;
  }
}

function makeMirror(options: UpstreamServiceOptions): UpstreamMirror {
  const { upstream, fleetGit, telemetryGit, anchor, stateDirectory } = options;
  const { runner, look, trusted, log, clock } = options;
  const forge = new Forge(upstream, join(stateDirectory, 'upstream'));
  const intake = new FleetIntake({ runner, fleetGit, anchor, trusted, clock });
  const shared = { forge, intake, fleetGit, log };
  const sender = (what: 'fleet-status' | 'audit') =>
    new StatusSender({ what, ...shared, telemetryGit, clock });
  return new UpstreamMirror({
    ...options,
    ...shared,
    settings: upstream,
    timestamps: new TimestampIntake({ ...shared, trusted, taken: look, clock }),
    senders: [
      ...(upstream.pushStatus ? [sender('fleet-status')] : []),
      ...(upstream.pushAudit ? [sender('audit')] : []),
    ],
    moved: look,
    random: Math.random,
  });
}
