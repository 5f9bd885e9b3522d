/** gateway.yaml, read, checked, with defaults and units. */
import { resolve } from 'node:path';
import { parseDuration } from '../core/duration.ts';
import { formatProblem, TowlineError } from '../core/errors.ts';
import { type Address, listenAddress } from '../core/fleet/address.ts';
import { readFleetFile } from '../core/fleet/read-file.ts';
import { parseSize } from '../core/fleet/size.ts';
import { readBounded } from '../core/io/file/durable-file.ts';
import type { GatewayFile } from '../schemas/types.generated.ts';
import { type OidcSettings, oidcSettings } from './certificates/oidc-settings.ts';
import { type PortalSettings, portalSettings } from './portal/portal-settings.ts';
import type { RecordingKeep } from './recordings/recording-store.ts';
import { type RegistriesSettings, registriesSettings } from './registry/registry-settings.ts';
import { type UpstreamSettings, upstreamSettings } from './upstream/upstream-settings.ts';

export interface GatewayLimits {
  readonly maxPushBytes: number;
  readonly maxPushObjects: number;
  /** Objects of one push, unpacked. */
  readonly maxUnpackedBytes: number;
  readonly requestsPerMinute: number;
  readonly pushesPerMinute: number;
  readonly packCacheBytes: number;
  /** Packs too large for memory. */
  readonly packDiskBytes: number;
  /** Statements of new devices from one address, in a minute. */
  readonly enrolmentsPerMinute: number;
  readonly gitProcesses: number;
  readonly fetchesPerMinute: number;
  /** Of one device, at once. */
  readonly maxRequests: number;
  readonly maxConnections: number;
  /** TLS handshakes of all devices at once; others wait. */
  readonly maxHandshakes: number;
  /** In which a request must have arrived. */
  readonly requestTimeoutMs: number;
  readonly gitTimeoutMs: number;
}

export interface GatewaySettings {
  readonly fleet: string;
  readonly anchor: string;
  readonly stateDirectory: string;
  readonly fleetGit: string;
  readonly telemetryGit: string;
  readonly listen: {
    readonly devices: Address;
    readonly people: Address;
    readonly internal: Address;
    /** Undefined: webhooks come to `internal`. */
    readonly webhooks: Address | undefined;
    /** Undefined: there is no page. */
    readonly portal: PortalSettings | undefined;
  };
  readonly limits: GatewayLimits;
  /** What becomes of a push to main that devices would not take: the pusher is told, or it is refused. */
  readonly untrustedPushes: 'tell' | 'refuse';
  readonly telemetryKeepMs: number;
  readonly recordings: RecordingKeep;
  /** fleet-status is written at most this often. */
  readonly statusIntervalMs: number;
  /** Name → sink, as its schema allows it. */
  readonly sinks: NonNullable<GatewayFile['sinks']>;
  /** Who is told what happens. */
  readonly notify: NonNullable<GatewayFile['notify']>;
  readonly links: NonNullable<GatewayFile['links']>;
  /** Undefined: devices pull nothing through this gateway. */
  readonly registries: RegistriesSettings | undefined;
  /** The forge that is mirrored, if there is one. */
  readonly upstream: UpstreamSettings | undefined;
  /** The key with which this gateway logs in at devices, for sessions that it ends. */
  readonly accessKeyFile: string | undefined;
  readonly oidc: OidcSettings | undefined;
  /** Whose key opens stages of rollouts, and how often it looks; undefined: nobody here. */
  readonly rollout: { readonly keyFile: string; readonly everyMs: number } | undefined;
  readonly drainMs: number;
  readonly logLevel: NonNullable<GatewayFile['logLevel']>;
}

const maxFileBytes = 64 * 1024;

/** @throws TowlineError GATEWAY_CONFIG_INVALID with every problem of the file. */
export async function readSettings(path: string): Promise<GatewaySettings> {
  const bytes = await readBounded(path, maxFileBytes).catch((cause: unknown) => {
    throw new TowlineError('GATEWAY_CONFIG_INVALID', `${path} cannot be read`, { cause });
  });
  if (bytes === undefined) throw new TowlineError('GATEWAY_CONFIG_INVALID', `there is no ${path}`);
  const { file, problems } = readFleetFile('gateway', path, bytes);
  if (file === undefined || problems.length > 0) {
    throw new TowlineError('GATEWAY_CONFIG_INVALID', problems.map(formatProblem).join('\n'));
  }
  return gatewaySettings(file.value);
}

/** @param file as its schema allows it. */
export function gatewaySettings(file: GatewayFile): GatewaySettings {
  const stateDirectory = resolve(file.stateDirectory ?? '/var/lib/towline-gateway');
  const { limits = {}, listen = {} } = file;
  if (file.upstream !== undefined && file.pushes?.untrusted === 'refuse') throw refusesNothing();
  const maxPushBytes = parseSize(limits.maxPushBytes ?? '8MiB');
  return {
    fleet: file.fleet,
    anchor: file.anchor,
    stateDirectory,
    fleetGit: resolve(stateDirectory, 'fleet.git'),
    telemetryGit: resolve(stateDirectory, 'telemetry.git'),
    listen: {
      devices: listening(listen.devices ?? '0.0.0.0:8443'),
      people: listening(listen.people ?? '0.0.0.0:2222'),
      internal: listening(listen.internal ?? '127.0.0.1:8080'),
      webhooks: listen.webhooks === undefined ? undefined : listening(listen.webhooks),
      portal: listen.portal === undefined ? undefined : portalSettings(listen.portal),
    },
    limits: {
      maxPushBytes,
      maxPushObjects: limits.maxPushObjects ?? 2000,
      // Logs come gzipped and pack no further; 4 is much for what honest devices send.
      maxUnpackedBytes: maxPushBytes * 4,
      requestsPerMinute: limits.requestsPerMinute ?? 1800,
      pushesPerMinute: limits.pushesPerMinute ?? 30,
      packCacheBytes: parseSize(limits.packCacheBytes ?? '64MiB'),
      packDiskBytes: parseSize(limits.packDiskBytes ?? '2GiB'),
      gitProcesses: limits.gitProcesses ?? 4,
      fetchesPerMinute: limits.fetchesPerMinute ?? 30,
      enrolmentsPerMinute: 120,
      maxRequests: limits.requests ?? 8,
      maxConnections: limits.connections ?? 8,
      maxHandshakes: limits.handshakes ?? 256,
      requestTimeoutMs: parseDuration(limits.requestTimeout ?? '60s'),
      gitTimeoutMs: 300_000,
    },
    untrustedPushes: file.pushes?.untrusted ?? 'tell',
    telemetryKeepMs: parseDuration(file.telemetry?.keep ?? '7d'),
    recordings: {
      keepMs: parseDuration(file.recordings?.keep ?? '90d'),
      maxBytes: parseSize(file.recordings?.maxBytes ?? '20GiB'),
      maxBytesPerDevice: parseSize(file.recordings?.maxBytesPerDevice ?? '512MiB'),
    },
    statusIntervalMs: parseDuration(file.telemetry?.statusInterval ?? '30s'),
    sinks: file.sinks ?? {},
    notify: file.notify ?? [],
    links: file.links ?? {},
    registries: registriesSettings(file),
    upstream: file.upstream === undefined ? undefined : upstreamSettings(file.upstream),
    accessKeyFile: file.access?.keyFile,
    oidc: file.oidc === undefined ? undefined : oidcSettings(file.oidc),
    rollout: rolloutSettings(file),
    drainMs: parseDuration(file.drain ?? '10s'),
    logLevel: file.logLevel ?? 'info',
  };
}

/** Whether more has changed than what a running gateway takes up. */
export function needsRestart(before: GatewaySettings, after: GatewaySettings): boolean {
  const [old, now] = [before, after].map(({ logLevel: _level, ...rest }) => JSON.stringify(rest));
  return old !== now;
}

function refusesNothing(): TowlineError {
  const message =
    '`pushes.untrusted: refuse` has nothing to refuse beside `upstream`: main comes from the forge';
  return new TowlineError(
    'GATEWAY_CONFIG_INVALID',
    `${message}, whose required check is \`towline trust check\``,
  );
}

function rolloutSettings({ rollout, upstream }: GatewayFile): GatewaySettings['rollout'] {
  if (rollout === undefined) return undefined;
  if (upstream === undefined)
    return { keyFile: resolve(rollout.keyFile), everyMs: parseDuration(rollout.every ?? '1m') };
  const message = '`rollout` writes to main, which comes from the forge beside `upstream`';
  throw new TowlineError('GATEWAY_CONFIG_INVALID', `${message}: run \`towline rollout step --pr\` outside`);
}

function listening(text: string): Address {
  const address = listenAddress(text);
  if (address !== undefined) return address;
  throw new TowlineError('GATEWAY_CONFIG_INVALID', `not an address to listen on: ${text}`);
}
