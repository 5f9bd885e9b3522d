/** `towline gateway init`: seeds what a gateway needs from a local repository. */

import { X509Certificate } from 'node:crypto';
import { access, rename, rm } from 'node:fs/promises';
import { isIP } from 'node:net';
import path from 'node:path';
import { stringify } from 'yaml';
import { gatewayFingerprint } from '../../core/enrolment/gateway-fingerprint.ts';
import { openAuditKey } from '../../core/io/audit-key.ts';
import {
  type DeviceKeys,
  makeDeviceKeys,
  readDeviceKeys,
  sshPublicKey,
  tlsPublicKey,
  writeDeviceKeys,
} from '../../core/io/device-keys.ts';
import { writeDurably } from '../../core/io/file/durable-file.ts';
import { GitCatFileSource } from '../../core/io/git/git-object-source.ts';
import { parseAddress } from '../../core/io/https/pinned-connection.ts';
import { selfSignedCertificate } from '../../core/io/https/self-signed-certificate.ts';
import { tlsPin } from '../../core/io/https/tls-pins.ts';
import { ObjectReader } from '../../core/trust/git/object-reader.ts';
import { openAnchor } from '../../core/trust/walk.ts';
import type { Gateway, GatewayFile } from '../../schemas/types.generated.ts';
import { makeFolder } from '../desk/folder.ts';
import { git } from '../desk/git.ts';
import { openRepository, resolveCommit } from '../desk/repository.ts';
import { assertDateHasCome } from '../trust/anchor-date.ts';

export interface GatewayInitOptions {
  readonly repo: string;
  readonly branch: string;
  readonly anchor?: string;
  readonly stateDirectory: string;
  readonly config: string;
  readonly address: string;
  readonly listenDevices?: string;
  readonly listenPeople?: string;
  readonly listenInternal?: string;
}

export interface GatewayInitResult {
  readonly config: string;
  readonly anchor: string;
  readonly fleet: string;
  /** For `gateways` in fleet.yaml. */
  readonly gateway: Gateway;
  /** Signs its audit log: for `audit.keys` in fleet.yaml. */
  readonly auditKey: string;
  /** Of its keys: to be typed at the desk. */
  readonly fingerprint: string;
  readonly stateDirectory: string;
  /** What was there already and was left as it is. */
  readonly kept: readonly string[];
}

/**
 * What is there already stays: running it again shows the pins and changes nothing.
 * @throws TowlineError CLI_NOT_A_REPOSITORY, CLI_NO_SUCH_COMMIT, CLI_FOLDER, CLI_GIT; of the walk, when the anchor cannot be one.
 */
export async function initGateway(
  options: GatewayInitOptions,
  signal: AbortSignal,
): Promise<GatewayInitResult> {
  const repository = await openRepository(options.repo);
  const head = await resolveCommit(repository, `refs/heads/${options.branch}`);
  const anchor = options.anchor === undefined ? head : await resolveCommit(repository, options.anchor);
  const fleet = await fleetOfAnchor(repository.gitDirectory, anchor, signal);
  const state = path.resolve(options.stateDirectory);
  const config = path.resolve(options.config);
  const kept: string[] = [];
  await makeFolder(state);
  await makeFolder(path.dirname(config));
  const fleetGit = path.join(state, 'fleet.git');
  if (await exists(fleetGit)) kept.push(fleetGit);
  else {
    // Whole or not at all: what is there is kept by the next run.
    const unfinished = `${fleetGit}.new`;
    await rm(unfinished, { recursive: true, force: true });
    await makeBare(unfinished, 'main', kept, signal);
    const refspec = `refs/heads/${options.branch}:refs/heads/main`;
    const fetch = [
      '-c',
      'fetch.fsckObjects=true',
      'fetch',
      '--quiet',
      '--no-tags',
      repository.gitDirectory,
      refspec,
    ];
    await git(fetch, { directory: unfinished, signal });
    await rename(unfinished, fleetGit);
  }
  // What a clone checks out: the page of the fleet.
  await makeBare(path.join(state, 'telemetry.git'), 'fleet-status', kept, signal);
  const keys = await keysOf(path.join(state, 'keys'), parseAddress(options.address).host, kept);
  const { key: auditKey } = await openAuditKey(path.join(state, 'keys'));
  if (await exists(config)) kept.push(config);
  else await writeDurably(config, configurationText(fleet, anchor, state, options), { mode: 0o644 });
  const gateway = gatewayEntry(keys, options.address);
  const [tlsPin = ''] = gateway.tlsPins;
  const [sshHostKey = ''] = gateway.sshHostKeys ?? [];
  const fingerprint = gatewayFingerprint({ tlsPin, sshHostKey });
  return {
    ...{ config, anchor, fleet, gateway, auditKey: auditKey.publicLine, fingerprint },
    ...{ stateDirectory: state, kept },
  };
}

/** The anchor must satisfy its own policy, and be of a date that has come, before anything is built on it. */
async function fleetOfAnchor(gitDirectory: string, anchor: string, signal: AbortSignal): Promise<string> {
  await using source = new GitCatFileSource(gitDirectory);
  await assertDateHasCome(new ObjectReader(source), anchor, signal);
  return (await openAnchor(new ObjectReader(source), anchor)).fleet;
}

async function makeBare(folder: string, branch: string, kept: string[], signal: AbortSignal): Promise<void> {
  if (await exists(folder)) {
    kept.push(folder);
    return;
  }
  const init = [
    'init',
    '--quiet',
    '--bare',
    `--initial-branch=${branch}`,
    '--object-format=sha1',
    '--template=',
    folder,
  ];
  await git(init, { directory: path.dirname(folder), signal });
}

/** What is known of it is the key: its certificate is made anew where the host is not in it yet, for engines. */
async function keysOf(folder: string, host: string, kept: string[]): Promise<DeviceKeys> {
  if (await exists(path.join(folder, 'tls.key'))) {
    kept.push(folder);
    const present = await readDeviceKeys(folder);
    const certificate = new X509Certificate(present.tlsCertificate);
    if (isIP(host) === 0 ? certificate.checkHost(host) : certificate.checkIP(host)) return present;
    const hosts = [...hostsOf(certificate), host];
    const tlsCertificate = selfSignedCertificate(present.tlsKey, 'towline-gateway', hosts);
    await writeDurably(path.join(folder, 'tls.crt'), tlsCertificate);
    return { ...present, tlsCertificate };
  }
  const keys = makeDeviceKeys('towline-gateway', [host]);
  await writeDeviceKeys(folder, keys);
  return keys;
}

function hostsOf({ subjectAltName = '' }: X509Certificate): string[] {
  return [...subjectAltName.matchAll(/(?:DNS|IP Address):([^,\s]+)/g)].map(([, host = '']) => host);
}

function gatewayEntry(keys: DeviceKeys, address: string): Gateway {
  return {
    address,
    tlsPins: [tlsPin(Buffer.from(tlsPublicKey(keys), 'base64'))],
    sshHostKeys: [sshPublicKey(keys).split(' ').slice(0, 2).join(' ')],
  };
}

function configurationText(
  fleet: string,
  anchor: string,
  state: string,
  options: GatewayInitOptions,
): string {
  const listen = {
    ...(options.listenDevices === undefined ? {} : { devices: options.listenDevices }),
    ...(options.listenPeople === undefined ? {} : { people: options.listenPeople }),
    ...(options.listenInternal === undefined ? {} : { internal: options.listenInternal }),
  };
  const file: GatewayFile = {
    apiVersion: 'towline/v1',
    fleet,
    anchor,
    stateDirectory: state,
    ...(Object.keys(listen).length === 0 ? {} : { listen }),
  };
  return stringify(file, { lineWidth: 0 });
}

/** The blocks for fleet.yaml. */
export function gatewaysText({ gateway, auditKey }: Pick<GatewayInitResult, 'gateway' | 'auditKey'>): string {
  return stringify({ gateways: [gateway], audit: { keys: [auditKey] } }, { lineWidth: 0 });
}

async function exists(file: string): Promise<boolean> {
  return await access(file).then(
    () => true,
    () => false,
  );
}
