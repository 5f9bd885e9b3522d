/** The whole gateway: the list of its parts. */
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import { TowlineError } from '../core/errors.ts';
import type { Clock } from '../core/io/clock.ts';
import type { Audit } from './admission/audit.ts';
import { type OpenedAudit, openAudit } from './audit/open-audit.ts';
import { openTold, type Told } from './beside/word-of-it.ts';
import { workBeside } from './beside/work-beside.ts';
import { ImportDesk } from './bundles/import-desk.ts';
import { InProcessBus } from './bus/in-process.ts';
import { type DeviceParts, openDeviceParts } from './device-parts.ts';
import { emptyFleetView } from './fleet/fleet-view.ts';
import { FleetViewHolder } from './fleet/fleet-view-holder.ts';
import { FollowedMain } from './fleet/followed-main.ts';
import { GitRunner } from './git/git-runner.ts';
import { makeInternalPort } from './health/internal-port.ts';
import { warnOfFewOpenFiles } from './limits/open-files.ts';
import { type Part, together } from './part.ts';
import { openPeopleParts } from './people/people-parts.ts';
import { processMetrics } from './plain-port/process-metrics.ts';
import type { PortalPart, PortalPartOptions } from './portal/portal-part.ts';
import { type GatewaySettings, needsRestart } from './settings.ts';
import { DeviceReports } from './sinks/device-reports.ts';
import { claimState, readKeys } from './state-directory.ts';
import type { UpstreamService } from './upstream/upstream-service.ts';

export interface GatewayAddresses {
  readonly devices: AddressInfo;
  readonly people: AddressInfo;
  readonly internal: AddressInfo;
  readonly webhooks?: AddressInfo;
  readonly portal?: AddressInfo;
}

export interface GatewayOptions {
  readonly settings: GatewaySettings;
  readonly helperCommand: readonly string[];
  readonly doorCommand: readonly string[];
  readonly log: Logger;
  readonly clock: Clock;
}

/** What most parts are handed. */
interface Services {
  readonly settings: GatewaySettings;
  readonly view: FleetViewHolder;
  readonly runner: GitRunner;
  readonly audit: Audit;
  readonly log: Logger;
  readonly clock: Clock;
}

export class Gateway {
  readonly #options: GatewayOptions;
  readonly #stop = new AbortController();
  readonly #cleanUp = new AsyncDisposableStack();
  #graceMs = 0;
  #audit: OpenedAudit | undefined;
  #devices: DeviceParts | undefined;
  #main: FollowedMain | undefined;
  /** Sinks, and receivers of messages. */
  #told: Told['parts'] = [];
  #portal: PortalPart | undefined;

  constructor(options: GatewayOptions) {
    this.#options = options;
  }

  /**
   * Starts everything. Nothing is left behind when it throws.
   * @throws TowlineError GATEWAY_STATE_UNUSABLE, GATEWAY_STATE_IN_USE, GATEWAY_CONFIG_INVALID, GATEWAY_LISTEN_FAILED
   */
  async start(): Promise<GatewayAddresses> {
    try {
      return await this.#start();
    } catch (error) {
      await this.stop(0);
      throw error;
    }
  }

  async #start(): Promise<GatewayAddresses> {
    const { settings, helperCommand, log, clock } = this.#options;
    this.#cleanUp.use(await claimState(settings));
    const keys = await readKeys(settings);
    const runner = this.#opened(
      new GitRunner({ maxProcesses: settings.limits.gitProcesses, maxQueued: 256, helperCommand }),
    );
    await runner.start();
    const view = new FleetViewHolder(emptyFleetView(settings.anchor));
    const opened = this.#opened(await openAudit({ settings, view, runner, clock, log }));
    this.#audit = opened;
    const bus = new InProcessBus();
    const services: Services = { settings, view, runner, audit: opened.audit, log, clock };
    const tls = { key: keys.tlsKey, certificate: keys.tlsCertificate };
    const devices = await openDeviceParts({ ...services, bus, tls });
    this.#devices = devices;
    const { port, hints, telemetryHints, bundles, agents, recordings, images, telemetryGit } = devices;
    let upstream: UpstreamService | undefined;
    const main = await this.#follow(services, devices, () => upstream?.sight);
    upstream = await this.#openUpstream(services, main);
    const peopleParts = await openPeopleParts({
      ...{ ...services, ...this.#options, bus, port, hints, telemetryHints, hostKeys: [keys.sshKey] },
      ...{ recordings: recordings.store, telemetry: telemetryGit, bundles, agents, look: () => main.look() },
    });
    const { people, behind, routes: guests } = peopleParts;
    this.#opened(await this.#openImports(services, main, devices));
    const said = { stopped: () => this.#main?.stopped, auditHead: () => opened.trail.head };
    const beside = { ...services, reports: new DeviceReports(), store: telemetryGit.store, ...said };
    const portal = await this.#openPortal({ ...beside, devices, main, people: peopleParts });
    const shown: Omit<Part, 'close'>[] = [opened, port, hints, port.handshakes, ...behind, main, runner];
    shown.push(devices.fleetGit, telemetryGit, recordings, agents, telemetryHints, {
      metrics: processMetrics,
    });
    shown.push(...[images, upstream, portal].filter(part => part !== undefined));
    const waiting = () => devices.enrolment.desk.waiting;
    const told = await openTold({ ...beside, main, waiting, trail: opened.trail });
    this.#told = told.parts;
    shown.push(...told.parts);
    const webhooksHere = settings.listen.webhooks === undefined ? (upstream?.routes ?? []) : [];
    const routes = [...webhooksHere, ...told.routes, ...guests];
    const internal = this.#opened(
      makeInternalPort({ view, main: main.watch, git: runner, audit: opened.trail, parts: shown, routes }),
    );
    // They end the other way round: what takes something in before what keeps it.
    const hinting = together(hints, telemetryHints);
    for (const part of [...behind, ...devices.kept, together(people, port), hinting]) this.#opened(part);
    if (portal !== undefined) this.#opened(portal);
    warnOfFewOpenFiles(view, log);
    const working = workBeside(beside, this.#stop.signal);
    shown.push(working);
    this.#cleanUp.defer(() => working.ended);
    for (const part of told.parts) await this.#opened(part).start();
    const webhooks = upstream === undefined ? {} : await this.#followForge(upstream);
    return {
      devices: await port.listen(settings.listen.devices.host, settings.listen.devices.port),
      people: people.address,
      internal: await internal.listen(settings.listen.internal.host, settings.listen.internal.port),
      ...webhooks,
      ...(portal === undefined ? {} : { portal: await portal.listen() }),
    };
  }

  /** From now on it ends with the gateway, before those that were opened before it. */
  #opened<Opened extends Part>(part: Opened): Opened {
    this.#cleanUp.defer(() => part.close(this.#graceMs));
    return part;
  }

  async #follow(
    { settings, ...services }: Services,
    { fleetGit }: DeviceParts,
    forge: () => UpstreamService['sight'] | undefined,
  ): Promise<FollowedMain> {
    const { refs } = fleetGit;
    const followed = { ...settings, ...services, refs, forge, signal: this.#stop.signal };
    const main = this.#opened(new FollowedMain(followed));
    this.#main = main;
    await main.start();
    return main;
  }

  async #openUpstream(
    { settings, ...services }: Services,
    main: FollowedMain,
  ): Promise<UpstreamService | undefined> {
    const { upstream } = settings;
    if (upstream === undefined) return undefined;
    const look = () => main.look();
    const trusted = () => main.trusted;
    // Only here: without a forge nothing of it, nor simple-git, is loaded.
    const { UpstreamService } = await import('./upstream/upstream-service.ts');
    return await UpstreamService.open({ ...settings, ...services, upstream, trusted, look });
  }

  /** Only where gateway.yaml has one: nothing of it is loaded else. */
  async #openPortal(options: Omit<PortalPartOptions, 'portal'>): Promise<PortalPart | undefined> {
    const { portal } = options.settings.listen;
    if (portal === undefined) return undefined;
    const { PortalPart } = await import('./portal/portal-part.ts');
    this.#portal = await PortalPart.open({ ...options, portal });
    return this.#portal;
  }

  async #openImports({ settings, ...services }: Services, main: FollowedMain, devices: DeviceParts) {
    const { images, agents } = devices;
    const followed = { look: () => main.look(), trusted: () => main.trusted };
    return await ImportDesk.open({ ...settings, ...services, ...followed, images, agents });
  }

  /** Begins to follow the forge, and to hear from it where it has a port of its own. */
  async #followForge(upstream: UpstreamService): Promise<{ webhooks?: AddressInfo }> {
    this.#opened(upstream).follow(this.#stop.signal);
    const { webhooks } = this.#options.settings.listen;
    return webhooks === undefined ? {} : await upstream.listen(webhooks);
  }

  /** SIGHUP: keys, audit file and walk anew. */
  async reload(settings: GatewaySettings): Promise<void> {
    const { log } = this.#options;
    const { tlsKey: key, tlsCertificate: certificate } = await readKeys(settings);
    this.#devices?.port.useTls({ key, certificate });
    this.#audit?.reopen();
    for (const part of this.#told) part.reload();
    await this.#portal?.reload();
    log.level = settings.logLevel;
    if (needsRestart(this.#options.settings, settings)) {
      log.warn('what changed in gateway.yaml beyond logLevel takes effect at the next start');
    }
    await this.#main?.look(true);
  }

  /** SIGTERM: no more connections; what is under way has `graceMs`. */
  async stop(graceMs: number): Promise<void> {
    this.#graceMs = graceMs;
    this.#stop.abort(new TowlineError('GATEWAY_DRAINING', 'the gateway is shutting down'));
    await this.#cleanUp.disposeAsync();
  }
}
