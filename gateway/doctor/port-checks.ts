/** Whether a gateway runs here, what its ports show, and what it says of itself. */
import { once } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';
import { messageOf } from '../../core/errors/cause.ts';
import type { Address } from '../../core/fleet/address.ts';
import type { Check, Finding } from '../../core/io/doctor/finding.ts';
import { peerPin } from '../../core/io/https/tls-pins.ts';
import { isFields, readFields } from '../../core/json.ts';
import { version } from '../../core/version.ts';
import type { DoctorSettings } from './doctor-settings.ts';

const timeoutMs = 10_000;
const maxHealthBytes = 1024 * 1024;
const notUp =
  'systemctl start towline-gateway; where it does not stay, journalctl -u towline-gateway says why.';

/** What listens everywhere is asked on loopback. */
const near = ({ host, port }: Address) => ({
  host: host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host,
  port,
});

/** @param ownPin of the key in the state directory; undefined: it cannot be read */
export function portChecks({ listen }: Pick<DoctorSettings, 'listen'>, ownPin: string | undefined): Check[] {
  return [
    { id: 'port.devices', look: signal => devicePort(listen.devices, ownPin, signal) },
    { id: 'port.people', look: signal => peoplePort(listen.people, signal) },
    { id: 'gateway.health', look: signal => health(listen.internal, signal) },
  ];
}

async function devicePort(
  address: Address,
  ownPin: string | undefined,
  signal: AbortSignal,
): Promise<Finding[]> {
  const id = 'port.devices';
  const shown = `${address.host}:${address.port}`;
  const socket = tls.connect({ ...near(address), minVersion: 'TLSv1.3', rejectUnauthorized: false });
  socket.setTimeout(timeoutMs, () => socket.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)));
  try {
    await once(socket, 'secureConnect', { signal });
    const pin = peerPin(socket);
    if (pin === ownPin)
      return [
        { id, level: 'ok', message: `devices are served at ${shown}, by the key of the state directory` },
      ];
    const message = `${shown} shows ${pin ?? 'no key'}, the state directory has ${ownPin ?? 'none'}`;
    return [
      {
        id,
        level: 'fail',
        message,
        remedy: 'Another program, or a gateway with another state directory, listens there.',
      },
    ];
  } catch (error) {
    signal.throwIfAborted();
    return [
      { id, level: 'fail', message: `no device is served at ${shown}: ${messageOf(error)}`, remedy: notUp },
    ];
  } finally {
    socket.on('error', () => undefined).destroy();
  }
}

async function peoplePort(address: Address, signal: AbortSignal): Promise<Finding[]> {
  const id = 'port.people';
  const shown = `${address.host}:${address.port}`;
  const socket = net.connect(near(address));
  socket.setTimeout(timeoutMs, () => socket.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)));
  try {
    const [greeting]: unknown[] = await once(socket, 'data', { signal });
    const isSsh = greeting instanceof Buffer && greeting.subarray(0, 8).toString('latin1') === 'SSH-2.0-';
    if (isSsh) return [{ id, level: 'ok', message: `people are served at ${shown}` }];
    return [
      {
        id,
        level: 'fail',
        message: `${shown} speaks no SSH`,
        remedy: 'Another program listens there: see `listen.people` of gateway.yaml.',
      },
    ];
  } catch (error) {
    signal.throwIfAborted();
    return [
      { id, level: 'fail', message: `nobody is served at ${shown}: ${messageOf(error)}`, remedy: notUp },
    ];
  } finally {
    socket.on('error', () => undefined).destroy();
  }
}

async function health(address: Address, signal: AbortSignal): Promise<Finding[]> {
  const { host, port } = near(address);
  const url = `http://${net.isIPv6(host) ? `[${host}]` : host}:${port}/healthz`;
  let state: unknown;
  try {
    const answer = await fetch(url, { signal, redirect: 'error' });
    const text = await answer.text();
    state = text.length > maxHealthBytes ? undefined : readFields(text);
  } catch (error) {
    signal.throwIfAborted();
    return [{ id: 'gateway.health', level: 'fail', message: `${url}: ${messageOf(error)}`, remedy: notUp }];
  }
  return isFields(state) ? healthFindings(state) : [];
}

/** @param state of `/healthz` */
export function healthFindings(state: Readonly<Record<string, unknown>>): Finding[] {
  const { ok, stopped, commit, version: running } = state;
  const findings: Finding[] = [
    ok === true
      ? { id: 'gateway.health', level: 'ok', message: 'the gateway says that it is well' }
      : {
          ...{ id: 'gateway.health', level: 'fail', message: 'the gateway says that it is not well' },
          remedy:
            'GET /healthz at its internal port says what is late; journalctl -u towline-gateway says why.',
        },
  ];
  const isSame = running === version;
  findings.push({
    ...{ id: 'version.gateway', level: isSame ? 'ok' : 'warn' },
    message: `the gateway that runs is ${typeof running === 'string' ? running : 'older'}, what is installed is ${version}`,
    ...(isSame ? {} : { remedy: 'systemctl restart towline-gateway' }),
  });
  if (isFields(stopped)) {
    const message = `its own walk stops: ${String(stopped.code)} ${String(stopped.message ?? '')}`;
    const remedy = 'At a desk: towline trust explain COMMIT, then towline trust mend.';
    findings.push({ id: 'policy.walk', level: 'fail', message, remedy });
  } else {
    const at = typeof commit === 'string' ? `: ${commit}` : '';
    findings.push({ id: 'policy.walk', level: 'ok', message: `its own walk reaches the head of main${at}` });
  }
  return findings;
}
