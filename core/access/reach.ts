/** Who may reach which device, whether its tunnel is open, whose telemetry one may read, and for whom one may carry. */
import type { Selector } from '../../schemas/types.generated.ts';
import { matches } from '../fleet/selector.ts';
import { type SeenTunnel, tunnelEndMs } from './tunnel-end.ts';

export interface ReachedDevice {
  readonly id: string;
  readonly groups: readonly string[];
  /** Merged: groups, then the device. */
  readonly labels: Readonly<Record<string, string>>;
  readonly file: { readonly revoked?: boolean };
}

export interface ReachingOperator {
  readonly name: string;
  readonly file: { readonly tunnels?: readonly Selector[] };
}

export type ReachedTunnel = Omit<SeenTunnel, 'targets' | 'reason'>;

export interface ReachQuestion {
  /** Undefined: the fleet has no such device. */
  readonly device: ReachedDevice | undefined;
  readonly operator: ReachingOperator;
  readonly tunnel: ReachedTunnel | undefined;
  /** Wall clock, milliseconds since the epoch: tunnels have an end. */
  readonly nowMs: number;
}

/** `unreachable`: there is no such device, or none for this person. Who asks is not told which. */
export type Reach = 'allowed' | 'unreachable' | 'revoked' | 'closed';

export function mayReach({ device, operator, tunnel, nowMs }: ReachQuestion): Reach {
  if (device === undefined || !(operator.file.tunnels ?? []).some(selector => selects(selector, device))) {
    return 'unreachable';
  }
  if (device.file.revoked === true) return 'revoked';
  if (!tunnelIsOpen(tunnel, nowMs)) return 'closed';
  const allow = tunnel?.allow;
  return allow === undefined || allow.includes(operator.name) ? 'allowed' : 'unreachable';
}

/** One without an end is closed: whoever asks has to know when it was first seen open. */
export function tunnelIsOpen(tunnel: ReachedTunnel | undefined, nowMs: number): boolean {
  return tunnel?.state === 'open' && nowMs < (tunnelEndMs(tunnel) ?? nowMs);
}

export interface ReadingOperator {
  readonly file: {
    readonly git?: { readonly telemetry?: 'none' | 'read' };
    readonly reads?: readonly Selector[];
  };
}

/** @param device undefined: the fleet has no such device */
export function mayRead(device: ReachedDevice | undefined, operator: ReadingOperator): boolean {
  if (device === undefined) return false;
  return readsAll(operator) || (operator.file.reads ?? []).some(selector => selects(selector, device));
}

/** Of every branch there is, also of devices that the fleet has no more. */
export function readsAll({ file }: ReadingOperator): boolean {
  return file.git?.telemetry === 'read';
}

/** Whether it may be that there is one. */
export function readsSome({ file }: ReadingOperator): boolean {
  return (file.reads ?? []).length > 0;
}

export interface CarryingOperator {
  readonly file: { readonly bundles?: readonly Selector[] };
}

/** A bundle there, and back what the device has exported. @param device undefined: the fleet has no such device */
export function mayCarry(device: ReachedDevice | undefined, { file }: CarryingOperator): boolean {
  return device !== undefined && (file.bundles ?? []).some(selector => selects(selector, device));
}

/** Whether it may be that there is one. */
export function carriesSome({ file }: CarryingOperator): boolean {
  return (file.bundles ?? []).length > 0;
}

export function selects(selector: Selector, { id, groups, labels }: ReachedDevice): boolean {
  return matches(selector, { id, groups, labels: new Map(Object.entries(labels)) });
}
