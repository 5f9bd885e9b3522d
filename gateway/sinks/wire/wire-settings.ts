/** What sinks over sockets have in common in gateway.yaml, and the ways that follow from it. */

import { parseDuration } from '../../../core/duration.ts';
import { TowlineError } from '../../../core/errors.ts';
import type { SinkTls } from '../../../schemas/types.generated.ts';
import type { SinkServices } from '../open-sink.ts';
import { TlsFiles } from '../settings/tls-files.ts';
import { Datagrams } from './datagrams.ts';
import { ResendingStream } from './resending-stream.ts';
import { wireAddress } from './wire-address.ts';
import { WireSocket, type WireTimes, wireTimes } from './wire-socket.ts';

export interface WireReceiver {
  readonly address: string;
  readonly protocol?: 'tcp' | 'udp';
  readonly timeout?: string;
  readonly tls?: SinkTls;
}

/** @throws TowlineError GATEWAY_CONFIG_INVALID where its keys do not go together */
export function checkWire({ address, protocol, tls }: WireReceiver, name: string): void {
  const { port } = wireAddress(address);
  if (port < 1 || port > 65_535) throw invalid(name, `\`address\` has no port from 1 to 65535: ${address}`);
  if (protocol === 'udp' && tls !== undefined) throw invalid(name, '`tls` is for `protocol: tcp`');
  if ((tls?.certificate === undefined) !== (tls?.key === undefined))
    throw invalid(name, '`tls.certificate` and `tls.key` go together');
}

export function invalid(name: string, message: string): TowlineError {
  return new TowlineError('GATEWAY_CONFIG_INVALID', `sinks.${name}: ${message}`);
}

export function timesOf(timeoutMs: number): WireTimes {
  return { ...wireTimes, connectMs: Math.min(wireTimes.connectMs, timeoutMs), writeMs: timeoutMs };
}

/** Without an acknowledgement: syslog, GELF. */
export function openWay(receiver: WireReceiver, { clock, log }: SinkServices): ResendingStream | Datagrams {
  const address = wireAddress(receiver.address);
  if (receiver.protocol === 'udp') return new Datagrams(address, clock);
  const files = receiver.tls === undefined ? undefined : new TlsFiles(receiver.tls);
  const times = timesOf(Math.max(100, parseDuration(receiver.timeout ?? '30s')));
  return new ResendingStream({
    connect: async signal => WireSocket.connect({ address, times, tls: await files?.material() }, signal),
    renewed: () => files?.forget(),
    clock,
    log,
  });
}
