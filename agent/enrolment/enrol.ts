/**
 * `towline agent enroll TOKEN`: makes the device's keys where they stay, states their public halves under the
 * token's one-time key, and waits until a person has accepted them.
 */
import path from 'node:path';
import { stringify } from 'yaml';
import {
  formatSignedStatement,
  type SignedStatement,
  signStatement,
  statementFingerprint,
} from '../../core/enrolment/statement.ts';
import { type EnrolmentToken, tokenKey, tokenPublicKey } from '../../core/enrolment/token.ts';
import { type ErrorCode, errorRegistry, TowlineError } from '../../core/errors.ts';
import type { Clock } from '../../core/io/clock.ts';
import {
  type DeviceKeys,
  makeDeviceKeys,
  readDeviceKeys,
  sshPublicKey,
  tlsPublicKey,
  writeDeviceKeys,
} from '../../core/io/device-keys.ts';
import type { Dialler } from '../../core/io/dialler.ts';
import { readBounded, writeDurably } from '../../core/io/durable-file.ts';
import type { AgentFile } from '../../schemas/types.generated.ts';
import { ensureOpenpgpKey } from './openpgp-key.ts';

/** How often the gateway is asked whether the device was accepted, milliseconds. */
const askEveryMs = 5_000;
const requestTimeoutMs = 30_000;
const maxAnswerBytes = 16 * 1024;
const maxConfigBytes = 256 * 1024;
/** Before this, the clock was never set: 2025-01-01. */
const plausibleClockMs = Date.UTC(2025, 0, 1);

export interface EnrolOptions {
  readonly token: EnrolmentToken;
  /** Where agent.yaml is written. */
  readonly configFile: string;
  /** Settings of agent.yaml that are not the token's. */
  readonly settings: Pick<AgentFile, 'stateDirectory' | 'engineSocket' | 'projectPrefix' | 'proxy'> & {
    readonly stateDirectory: string;
  };
  readonly dial: (keys: DeviceKeys) => Dialler;
  readonly clock: Clock;
  /** A line for the person at the device. */
  readonly say: (line: string) => void;
  /** False: return once the statement is at the gateway. */
  readonly wait: boolean;
}

/**
 * Asking again with the same token is harmless: the keys that are there are used.
 * @returns the fingerprint, and whether a person has accepted it.
 * @throws ENROLMENT_…, AGENT_CONFIG when agent.yaml belongs to another device, AGENT_GATEWAY_…
 */
export async function enrol(
  options: EnrolOptions,
  signal: AbortSignal,
): Promise<{ fingerprint: string; state: 'waiting' | 'accepted' }> {
  const { token, clock, say, settings } = options;
  await assertConfigIsOurs(options);
  sayTime(token, clock.now(), say);
  const folder = path.join(settings.stateDirectory, 'keys');
  const keys = await ensureDeviceKeys(folder, token.device);
  const signed = state(token, keys, await ensureOpenpgpKey(folder, token.device));
  const fingerprint = statementFingerprint(signed.statement);
  const dialler = options.dial(keys);
  try {
    let answer = await submit(dialler, signed, signal);
    await writeConfig(options);
    say(`fingerprint  ${fingerprint}`);
    say(`Read it to the person who accepts this device: towline device accept ${token.device}`);
    while (answer === 'waiting' && options.wait) {
      await clock.sleep(askEveryMs, signal);
      answer = await submit(dialler, signed, signal);
    }
    return { fingerprint, state: answer };
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

async function submit(
  dialler: Dialler,
  signed: SignedStatement,
  signal: AbortSignal,
): Promise<'waiting' | 'accepted'> {
  const response = await dialler.request(
    {
      method: 'POST',
      path: '/v1/enrolment',
      headers: { 'content-type': 'text/plain' },
      body: Buffer.from(formatSignedStatement(signed)),
      timeoutMs: requestTimeoutMs,
      maxBytes: maxAnswerBytes,
    },
    signal,
  );
  const chunks: Uint8Array[] = [];
  for await (const chunk of response.body) chunks.push(chunk);
  const answer = parseAnswer(Buffer.concat(chunks).toString('utf8'));
  if (response.status === 200 && (answer.state === 'waiting' || answer.state === 'accepted'))
    return answer.state;
  const code =
    typeof answer.code === 'string' && answer.code in errorRegistry
      ? (answer.code as ErrorCode)
      : 'AGENT_REFUSED';
  throw new TowlineError(
    code,
    `the gateway answers ${response.status}: ${String(answer.message ?? 'no reason given')}`,
  );
}

function parseAnswer(text: string): Record<string, unknown> {
  try {
    return (JSON.parse(text) ?? {}) as Record<string, unknown>;
  } catch {
    return {};
  }
}

function configText({ token, settings }: EnrolOptions): string {
  const { fleet, device, gateways, anchor } = token;
  return stringify({ apiVersion: 'towline/v1', fleet, device, anchor, gateways, ...settings });
}

/** An agent.yaml of another device, or from another anchor, is not overwritten: that is `re-anchor`, or a new device. */
async function assertConfigIsOurs(options: EnrolOptions): Promise<void> {
  const present = await readBounded(options.configFile, maxConfigBytes);
  if (present !== undefined && present.toString('utf8') !== configText(options)) {
    throw new TowlineError(
      'AGENT_CONFIG',
      `${options.configFile} is there and says something else; move it away first`,
    );
  }
}

async function writeConfig(options: EnrolOptions): Promise<void> {
  await writeDurably(options.configFile, configText(options), { mode: 0o644 });
}
