/** `upstream` of gateway.yaml: where the forge is, how one gets in, and how much is taken from it. */
import { isAbsolute } from 'node:path';
import { parseDuration } from '../../core/duration.ts';
import { TowlineError } from '../../core/errors.ts';
import { parseSize } from '../../core/fleet/size.ts';
import type { GatewayFile } from '../../schemas/types.generated.ts';

const transports = ['https', 'http', 'ssh', 'git', 'file'] as const;
export type UpstreamTransport = (typeof transports)[number];

export interface UpstreamSettings {
  readonly url: string;
  readonly transport: UpstreamTransport;
  /** User in the url, if there is one. */
  readonly user: string | undefined;
  readonly branch: string;
  readonly intervalMs: number;
  /** For one exchange with the forge. */
  readonly timeoutMs: number;
  /** One fetch, on the disk. */
  readonly maxBytes: number;
  readonly sshKeyFile: string | undefined;
  readonly knownHostsFile: string | undefined;
  readonly tokenFile: string | undefined;
  readonly caFile: string | undefined;
  readonly webhookSecretFile: string | undefined;
  readonly pushStatus: boolean;
  /** The audit log goes back, too. */
  readonly pushAudit: boolean;
}

const minIntervalMs = 5_000;
/** These stand in a command that git hands to a shell, and in ssh's own list of files. */
const plainPath = /^[A-Za-z0-9_./@+-]+$/;
/** What git-check-ref-format allows, and a little less. */
const branchName = /^(?!.*(?:\.\.|\/\/|\/\.|\.lock(?:\/|$)))[A-Za-z0-9_][A-Za-z0-9_./+-]{0,199}(?<![./])$/;

/** @throws TowlineError GATEWAY_CONFIG_INVALID */
export function upstreamSettings(file: NonNullable<GatewayFile['upstream']>): UpstreamSettings {
  const { transport, user } = readUrl(file.url);
  const branch = file.branch ?? 'main';
  if (!branchName.test(branch)) throw invalid('branch', 'not the name of a branch');
  if (transport === 'ssh') {
    for (const key of ['sshKeyFile', 'knownHostsFile'] as const) {
      const path = file[key];
      if (path === undefined) throw invalid(key, 'required for ssh');
      if (!isAbsolute(path) || !plainPath.test(path)) {
        throw invalid(key, 'an absolute path of letters, digits and _ . / @ + -');
      }
    }
  }
  for (const key of ['tokenFile', 'caFile'] as const) {
    if (file[key] === undefined) continue;
    if (transport !== 'https') throw invalid(key, 'only for https');
    if (!isAbsolute(file[key])) throw invalid(key, 'an absolute path');
  }
  const intervalMs = parseDuration(file.interval ?? '1m');
  if (intervalMs < minIntervalMs) throw invalid('interval', 'at least 5s');
  return {
    url: file.url,
    transport,
    user,
    branch,
    intervalMs,
    timeoutMs: parseDuration(file.timeout ?? '2m'),
    maxBytes: parseSize(file.maxBytes ?? '256MiB'),
    sshKeyFile: file.sshKeyFile,
    knownHostsFile: file.knownHostsFile,
    tokenFile: file.tokenFile,
    caFile: file.caFile,
    webhookSecretFile: file.webhookSecretFile,
    pushStatus: file.pushStatus ?? false,
    pushAudit: file.pushAudit ?? false,
  };
}

function readUrl(url: string): { transport: UpstreamTransport; user: string | undefined } {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: this is what they are looked for.
  if (/[\x00-\x20\x7f]/.test(url)) throw invalid('url', 'has a blank or a control character');
  if (isAbsolute(url)) return { transport: 'file', user: undefined };
  const match = /^(https?|ssh|git|file):\/\/(?:([^@/:]*)(:[^@/]*)?@)?(?!-)[^/@]*\//.exec(url);
  const transport = transports.find(name => name === match?.[1]);
  if (match !== null && transport !== undefined) {
    if (match[3] !== undefined) throw invalid('url', 'holds a password: use tokenFile');
    return { transport, user: match[2] };
  }
  // git's own short form of ssh. `ext::` and the like are not among what is allowed.
  if (/^(?:[A-Za-z0-9_][\w.-]*@)?[A-Za-z0-9][\w.-]*:(?!:|\/\/)[^-]/.test(url))
    return { transport: 'ssh', user: undefined };
  throw invalid('url', 'https, ssh, git, file, user@host:path or an absolute path');
}

function invalid(key: string, message: string): TowlineError {
  return new TowlineError('GATEWAY_CONFIG_INVALID', `upstream.${key}: ${message}`);
}
