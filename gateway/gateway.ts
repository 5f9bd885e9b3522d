/** The whole gateway, wired: repositories, the walk, the ports. */

import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { messageOf } from '../core/errors/cause.ts';
import { TowlineError } from '../core/errors.ts';
import type { Clock } from '../core/io/clock.ts';
import { type DeviceKeys, readDeviceKeys } from '../core/io/device-keys.ts';
import { lockFolder } from '../core/io/file/state-lock.ts';
import { GitCatFileSource } from '../core/io/git/git-object-source.ts';
import { type Audit, AuditFile, QuietAudit } from './admission/audit.ts';
import { DeviceService } from './device-service.ts';
import { FleetFollower } from './fleet/fleet-follower.ts';
import { FleetLoader } from './fleet/fleet-loader.ts';
import { emptyFleetView } from './fleet/fleet-view.ts';
import { FleetViewHolder } from './fleet/fleet-view-holder.ts';
import { trustedFileIn } from './fleet/trusted-file.ts';
import { TunnelStarts } from './fleet/tunnel-starts.ts';
import { FleetStatus } from './fleet-status/fleet-status.ts';
import { StatusBranch } from './fleet-status/status-branch.ts';
import { gatewayMetrics } from './gateway-metrics.ts';
import { GitRunner } from './git/git-runner.ts';
import { Maintenance } from './git/maintenance.ts';
import { ReceivedTips } from './git/received-tips.ts';
import { warnOfFewOpenFiles } from './limits/open-files.ts';
import { SpawnedPeopleGit } from './people/people-git.ts';
import { createPeopleServer, type PeopleServer } from './people/people-port.ts';
import { GatewayHealth } from './plain-port/gateway-health.ts';
import { internalRequests } from './plain-port/internal-requests.ts';
import { PlainPort } from './plain-port/plain-port.ts';
import type { GatewaySettings } from './settings.ts';
import { TunnelRegistry } from './tunnel/tunnel-registry.ts';
import { writeFleetHook } from './upstream/fleet-hook.ts';
import type { UpstreamService } from './upstream/upstream-service.ts';

export interface GatewayAddresses {
  readonly devices: AddressInfo;
  readonly people: AddressInfo;
  readonly internal: AddressInfo;
  readonly webhooks?: AddressInfo;
}

export interface GatewayOptions {
  readonly settings: GatewaySettings;
  readonly helperCommand: readonly string[];
  readonly doorCommand: readonly string[];
  readonly log: Logger;
  readonly clock: Clock;
}

/** How often the refs are read from the disk, for what came in by another way than a push to this gateway. */
const refsIntervalMs = 1000;

export class Gateway {
  readonly #options: GatewayOptions;
  readonly #stop = new AbortController();
  readonly #cleanUp = new AsyncDisposableStack();
  #audit: AuditFile | undefined;
  #devices: DeviceService | undefined;
  #follower: FleetFollower | undefined;

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
    const { settings, helperCommand, doorCommand, log, clock } = this.#options;
    await assertRepositories(settings);
    this.#cleanUp.use(
      await lockFolder(settings.stateDirectory, {
        who: 'gateway',
        inUse: 'GATEWAY_STATE_IN_USE',
        unusable: 'GATEWAY_STATE_UNUSABLE',
      }),
    );
    const keys = await readKeys(settings);
    const auditFile = this.#cleanUp.use(
      new AuditFile(join(settings.stateDirectory, 'audit.log'), clock, (event, error) =>
        log.error({ audit: event, error: String(error) }, 'an audit line could not be written'),
      ),
    );
    this.#audit = auditFile;
    const audit = new QuietAudit(auditFile, clock);
    const runner = this.#cleanUp.use(
      new GitRunner({ maxProcesses: settings.limits.gitProcesses, maxQueued: 256, helperCommand }),
    );
    await runner.start();
    const view = new FleetViewHolder(emptyFleetView(settings.anchor));
    const tls = { key: keys.tlsKey, certificate: keys.tlsCertificate };
    const devices = await DeviceService.create({ settings, view, runner, tls, audit, log, clock });
    this.#devices = devices;
    const follower = await this.#follow(devices, view);
    const hostKeys = [keys.sshKey];
    const tunnels = new TunnelRegistry({ view, hostKeys, audit, log, clock });
    devices.port.upgrade('/v1/tunnel', {
      protocol: 'towline-ssh',
      action: { kind: 'attach-tunnel' },
      handler: (stream, device) => tunnels.accept(stream, device),
    });
    const upstream = await this.#openUpstream(runner, follower, audit);
    const git = new SpawnedPeopleGit({
      runner,
      clock,
      ...settings,
      fleetHook: await writeFleetHook(settings, doorCommand),
      afterPush: () => this.look(),
    });
    const people = await createPeopleServer({
      ...{ view, hostKeys, git, tunnels, audit, log, clock },
      listen: settings.listen.people,
    });
    const health = new GatewayHealth({ devices, runner, view, follower, upstream, clock });
    health.run(this.#stop.signal);
    const requests = internalRequests({
      live: () => health.live,
      health: () => health.state,
      metrics: () => [
        ...gatewayMetrics({ devices, runner, view, follower, tunnels, main: health.main, audit: auditFile }),
        ...(upstream?.metrics() ?? []),
      ],
      other: (request, response) =>
        settings.listen.webhooks === undefined && upstream?.desk?.handle(request, response) === true,
    });
    const internal = new PlainPort(requests);
    this.#cleanUp.defer(() => internal.close());
    this.#closeTogether(devices, people, tunnels);
    warnOfFewOpenFiles(view, log);
    this.#maintain(runner);
    this.#foldStatus(runner, devices, view);
    const webhooks = await this.#listenToForge(upstream);
    return {
      devices: await devices.listen(settings.listen.devices.host, settings.listen.devices.port),
      people: people.address,
      internal: await internal.listen(settings.listen.internal.host, settings.listen.internal.port),
      ...webhooks,
    };
  }

  async #openUpstream(
    runner: GitRunner,
    follower: FleetFollower,
    audit: Audit,
  ): Promise<UpstreamService | undefined> {
    const { settings, log, clock } = this.#options;
    const { upstream } = settings;
    if (upstream === undefined) return undefined;
    const look = () => this.look();
    const trusted = () => follower.trusted;
    // Only here: without a forge nothing of it, nor simple-git, is loaded.
    const { UpstreamService } = await import('./upstream/upstream-service.ts');
    return await UpstreamService.open({ ...settings, upstream, runner, trusted, look, audit, log, clock });
  }

  #foldStatus(runner: GitRunner, devices: DeviceService, view: FleetViewHolder): void {
    const { settings, log, clock } = this.#options;
    const { telemetryGit, statusIntervalMs: intervalMs } = settings;
    const source = this.#cleanUp.use(new GitCatFileSource(telemetryGit));
    const branch = new StatusBranch({ runner, telemetryGit });
    const refs = () => devices.telemetry.refs;
    const ended = new FleetStatus({ view, refs, source, branch, intervalMs, clock, log }).run(
      this.#stop.signal,
    );
    this.#cleanUp.defer(() => ended);
  }

  /** Begins to follow the forge, and to hear from it where it has a port of its own. */
  async #listenToForge(upstream: UpstreamService | undefined): Promise<{ webhooks?: AddressInfo }> {
    if (upstream === undefined) return {};
    const ended = upstream.mirror.run(this.#stop.signal);
    this.#cleanUp.defer(() => ended);
    const { webhooks } = this.#options.settings.listen;
    const { desk } = upstream;
    if (desk === undefined || webhooks === undefined) return {};
    const port = new PlainPort(desk.listener);
    this.#cleanUp.defer(() => port.close());
    return { webhooks: await port.listen(webhooks.host, webhooks.port) };
  }

  async #follow(devices: DeviceService, view: FleetViewHolder): Promise<FleetFollower> {
    const { settings, log, clock } = this.#options;
    const source = this.#cleanUp.use(new GitCatFileSource(settings.fleetGit));
    const starts = new TunnelStarts(join(settings.stateDirectory, 'tunnels.json'), clock);
    const follower = new FleetFollower({
      source,
      loader: new FleetLoader(source, starts),
      view,
      fleet: settings.fleet,
      anchor: settings.anchor,
      trustedFile: trustedFileIn(settings.stateDirectory),
      head: () => devices.refs.main,
      log,
      signal: this.#stop.signal,
    });
    this.#follower = follower;
    await follower.start();
    const timer = setInterval(() => {
      this.look().catch(error => log.error({ err: error }, 'main cannot be followed'));
    }, refsIntervalMs);
    this.#stop.signal.addEventListener('abort', () => clearInterval(timer));
    return follower;
  }

  #maintain(runner: GitRunner): void {
    const { settings, log, clock } = this.#options;
    const { signal } = this.#stop;
    const maintenance = new Maintenance({
      runner,
      ...settings,
      keepMs: settings.telemetryKeepMs,
      received: new ReceivedTips(join(settings.stateDirectory, 'received')),
      clock,
      log,
      signal,
    });
    const ended = maintenance.run();
    this.#cleanUp.defer(() => ended);
  }

  /** Reads the refs, and walks if main moved. */
  async look(): Promise<void> {
    await this.#devices?.refs.refresh();
    await this.#follower?.look();
  }

  /** SIGHUP: keys, audit file and walk anew. */
  async reload(settings: GatewaySettings): Promise<void> {
    const { log } = this.#options;
    const keys = await readKeys(settings);
    this.#devices?.port.useTls({ key: keys.tlsKey, certificate: keys.tlsCertificate });
    this.#audit?.reopen();
    log.level = settings.logLevel;
    if (JSON.stringify(restartOnly(settings)) !== JSON.stringify(restartOnly(this.#options.settings))) {
      log.warn('what changed in gateway.yaml beyond logLevel takes effect at the next start');
    }
    await this.#devices?.refs.refresh();
    await this.#follower?.look(true);
  }

  /** SIGTERM: no more connections; what is under way has `graceMs`. */
  async stop(graceMs: number): Promise<void> {
    this.#graceMs = graceMs;
    this.#stop.abort(new TowlineError('GATEWAY_DRAINING', 'the gateway is shutting down'));
    await this.#cleanUp.disposeAsync();
  }

  #graceMs = 0;

  #closeTogether(devices: DeviceService, people: PeopleServer, tunnels: TunnelRegistry): void {
    this.#cleanUp.defer(async () => {
      await Promise.all([people.close(this.#graceMs), devices.close(this.#graceMs)]);
      await tunnels.close();
    });
  }
}

function restartOnly({ logLevel: _level, ...rest }: GatewaySettings): object {
  return rest;
}

async function assertRepositories({ fleetGit, telemetryGit }: GatewaySettings): Promise<void> {
  for (const folder of [fleetGit, telemetryGit]) {
    await readFile(join(folder, 'HEAD')).catch((cause: unknown) => {
      throw new TowlineError('GATEWAY_STATE_UNUSABLE', `${folder} is no git repository`, { cause });
    });
  }
}

async function readKeys({ stateDirectory }: GatewaySettings): Promise<DeviceKeys> {
  const folder = join(stateDirectory, 'keys');
  return await readDeviceKeys(folder).catch((cause: unknown) => {
    const message = messageOf(cause);
    throw new TowlineError('GATEWAY_STATE_UNUSABLE', `the gateway's keys: ${message}`, { cause });
  });
}
