/** Whether the gateways that agent.yaml names can be reached, show the key that is pinned, and let this device in. */
import net from 'node:net';
import type { DeviceKeys } from '../../core/io/device-keys.ts';
import type { Check, Finding } from '../../core/io/doctor/finding.ts';
import { nameCheck, skewFinding } from '../../core/io/doctor/machine-checks.ts';
import { parseAddress } from '../../core/io/https/pinned-connection.ts';
import { fieldsIn } from '../../core/json.ts';
import type { AgentConfig } from '../program/config.ts';
import { deviceDialler } from '../program/device-dialler.ts';

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** An advertisement is longer: what comes first says enough. */
const maxBytes = 64 * 1024 * 1024;

const maxRefusalBytes = 64 * 1024;

/** Each by itself: the agent needs one of them. */
export function gatewayChecks(config: AgentConfig, keys: DeviceKeys): Check[] {
  return config.gateways.flatMap(gateway => {
    const { host } = parseAddress(gateway.address);
    // Through a proxy the proxy looks names up.
    const name = config.proxy === undefined && net.isIP(host) === 0 ? [nameCheck(host)] : [];
    const only = { ...config, gateways: [gateway] };
    return [...name, { id: 'gateway.reached', look: signal => reached(only, keys, signal) }];
  });
}

async function reached(config: AgentConfig, keys: DeviceKeys, signal: AbortSignal): Promise<Finding[]> {
  const address = config.gateways[0]?.address ?? '';
  const dialler = deviceDialler(config, keys, silent);
  try {
    const path = '/fleet.git/info/refs?service=git-upload-pack';
    const answer = await dialler.request({ method: 'GET', path, timeoutMs: 15_000, maxBytes }, signal);
    const { status, headers, body } = answer;
    const pin: Finding = { id: 'gateway.pin', level: 'ok', message: `${address} shows a key that is pinned` };
    const code = status === 200 ? undefined : fieldsIn(await first(body)).code;
    return [pin, admitted(address, status, code), ...skewFinding(headers.date, 'the gateway')];
  } finally {
    await dialler.close();
  }
}

function admitted(address: string, status: number, code: unknown): Finding {
  const id = 'gateway.admits';
  if (status === 200) return { id, level: 'ok', message: `${address} lets this device in` };
  const said = typeof code === 'string' && /^[A-Z_]{1,64}$/.test(code) ? code : `status ${status}`;
  const remedy =
    said === 'GATEWAY_KEY_UNKNOWN'
      ? 'At a desk: towline device accept, commit and push; a device that was accepted may have lost its keys.'
      : said === 'GATEWAY_DEVICE_REVOKED'
        ? 'Its keys are revoked for good: enrol it anew by a token.'
        : 'docs/reference/errors.md has the code and its remedy.';
  return { id, level: 'fail', message: `${address} does not let this device in: ${said}`, remedy };
}

/** Of what is no advertisement: short. */
async function first(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of body) {
    pieces.push(piece);
    length += piece.length;
    // Longer is no refusal of a gateway, and nothing is read of it.
    if (length > maxRefusalBytes) break;
  }
  return Buffer.concat(pieces);
}
