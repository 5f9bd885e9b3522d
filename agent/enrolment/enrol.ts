/**
 * `towline agent enroll TOKEN`: makes the device's keys where they stay, states their public halves under the
 * token's one-time key, and waits until a person has accepted them.
 */
import { chmod } from 'node:fs/promises';
import path from 'node:path';
import { parseDocument, stringify } from 'yaml';
import { type SignedStatement, signStatement, statementFingerprint } from '../../core/enrolment/statement.ts';
import { type EnrolmentToken, tokenKey, tokenPublicKey } from '../../core/enrolment/token.ts';
import { TowlineError } from '../../core/errors.ts';
import type { Clock } from '../../core/io/clock.ts';
import {
  type DeviceKeys,
  makeDeviceKeys,
  readDeviceKeys,
  sshPublicKey,
  tlsPublicKey,
  writeDeviceKeys,
} from '../../core/io/device-keys.ts';
import { readBounded, writeDurably } from '../../core/io/file/durable-file.ts';
import type { Dialler } from '../../core/io/https/dialler.ts';
import { ensureOpenpgpKey } from '../../core/io/openpgp-key.ts';
import type { TrustedState } from '../../core/trust/line/trusted-state.ts';
import type { AgentFile } from '../../schemas/types.generated.ts';
import { giveToOwnerOf } from './key-owner.ts';
import { type EnrolmentState, submitStatement, waitUntilAccepted } from './state-keys.ts';

const maxConfigBytes = 256 * 1024;
/** Before this, the clock was never set: 2025-01-01. */
const plausibleClockMs = Date.UTC(2025, 0, 1);

export interface EnrolOptions {
  readonly token: EnrolmentToken;
  /** Where agent.yaml is written. */
  readonly configFile: string;
  /** Settings of agent.yaml that are not the token's. */
  readonly settings: Pick<
    AgentFile,
    'stateDirectory' | 'runtimeDirectory' | 'engineSocket' | 'projectPrefix' | 'proxy'
  > & {
    readonly stateDirectory: string;
  };
  readonly dial: (keys: DeviceKeys) => Dialler;
  readonly clock: Clock;
  /** A line for the person at the device. */
  readonly say: (line: string) => void;
  /** The same for a script: once when the keys are stated, and again when they are accepted. */
  readonly onState?: (state: EnrolmentState, fingerprint: string) => void;
  /** Writes down where the walk begins, for a device that had no configuration before. */
  readonly begin?: (trusted: TrustedState) => Promise<void>;
  /** Who is told to start the agent does it here. */
  readonly starts?: boolean;
  /** False: return once the statement is at the gateway. */
  readonly wait: boolean;
}

/**
 * Asking again with the same token is harmless: the keys that are there are used.
 * @returns the fingerprint, and whether a person has accepted it.
 * @throws TowlineError ENROLMENT_…, AGENT_GATEWAY_…, AGENT_CONFIG when agent.yaml belongs to another device
 */
export async function enrol(
  options: EnrolOptions,
  signal: AbortSignal,
): Promise<{ fingerprint: string; state: EnrolmentState }> {
  const { token, clock, say, settings } = options;
  const next = options.starts === true ? ': the agent starts.' : ': start the agent.';
  const config = await configToWrite(options);
  sayTime(token, clock.now(), say);
  const folder = path.join(settings.stateDirectory, 'keys');
  const keys = await ensureDeviceKeys(folder, token.device);
  const signed = state(token, keys, await ensureOpenpgpKey(folder, token.device));
  await giveToOwnerOf(settings.stateDirectory, folder);
  const fingerprint = statementFingerprint(signed.statement);
  const dialler = options.dial(keys);
  try {
    const answer = await submitStatement(dialler, signed, signal);
    if (config.isNew && token.trusted !== undefined) await options.begin?.(token.trusted);
    await writeDurably(options.configFile, config.text, { mode: 0o644 });
    // The agent's user reads it, whatever root's shell keeps from others.
    if (config.isNew) await chmod(options.configFile, 0o644);
    options.onState?.(answer, fingerprint);
    if (answer === 'accepted') {
      say(`These keys are accepted already${next}`);
      return { fingerprint, state: answer };
    }
    say(`fingerprint  ${fingerprint}`);
    say(`Read it to the person who accepts this device: towline device accept ${token.device}`);
    if (!options.wait) return { fingerprint, state: answer };
    await waitUntilAccepted({ dialler, signed, clock }, signal);
    options.onState?.('accepted', fingerprint);
    say(`Accepted${next}`);
    return { fingerprint, state: 'accepted' };
  } finally {
    await dialler.close();
  }
}

function sayTime(token: EnrolmentToken, nowMs: number, say: (line: string) => void): void {
  if (nowMs < plausibleClockMs) {
    say(
      `The clock says ${new Date(nowMs).toISOString()}: it was not set yet. Enrolment goes on; tunnels stay closed until it is.`,
    );
  } else if (nowMs >= token.expiresMs) {
    say(
      `By this device's clock the token expired at ${new Date(token.expiresMs).toISOString()}. The gateway decides.`,
    );
  }
}

async function ensureDeviceKeys(folder: string, device: string): Promise<DeviceKeys> {
  // The SSH key is written last: where it is missing, an attempt before this one was cut off.
  if ((await readBounded(path.join(folder, 'ssh'), maxConfigBytes)) !== undefined)
    return readDeviceKeys(folder);
  const keys = makeDeviceKeys(device);
  await writeDeviceKeys(folder, keys);
  return keys;
}

function state(token: EnrolmentToken, keys: DeviceKeys, openpgp: string): SignedStatement {
  const { fleet, device } = token;
  const publicKeys = {
    tls: tlsPublicKey(keys),
    ssh: sshPublicKey(keys).split(' ').slice(0, 2).join(' '),
    openpgp,
  };
  const statement = { fleet, device, oneTimeKey: tokenPublicKey(token), keys: publicKeys };
  return signStatement(statement, tokenKey(token));
}

function configText({ token, settings }: EnrolOptions): string {
  const { fleet, device, gateways, anchor } = token;
  return stringify({ apiVersion: 'towline/v1', fleet, device, anchor, gateways, ...settings });
}

/**
 * An agent.yaml of another device is not overwritten. In one of this device, from a token before, the anchor and the
 * settings stay: a walk begins elsewhere by `re-anchor` only. The gateways are the newer token's.
 */
async function configToWrite(options: EnrolOptions): Promise<{ text: string; isNew: boolean }> {
  const { token, configFile } = options;
  const present = await readBounded(configFile, maxConfigBytes);
  if (present === undefined) return { text: configText(options), isNew: true };
  const document = parseDocument(present.toString('utf8'));
  const isOurs = document.get('fleet') === token.fleet && document.get('device') === token.device;
  if (!isOurs) {
    throw new TowlineError('AGENT_CONFIG', `${configFile} is there, of another device; move it away first`);
  }
  document.set('gateways', document.createNode(token.gateways));
  return { text: document.toString({ lineWidth: 0 }), isNew: false };
}
