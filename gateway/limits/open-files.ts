/** Every connection is an open file: whether this process may have as many as its fleet needs. */
import { readFileSync } from 'node:fs';
import type { Logger } from 'pino';
import type { FleetView } from '../fleet/fleet-view.ts';
import type { FleetViewHolder } from '../fleet/fleet-view-holder.ts';

/** For packs, git's sockets and people. */
const others = 512;
/** A hint stream, and a connection for polls, fetches and pushes; a tunnel comes instead of neither. */
const perDevice = 2;

export function openFilesNeeded(devices: number): number {
  return devices * perDevice + others;
}

/** Soft limit of this process (Node raises it to the hard one when it starts); undefined where it cannot be known. */
export function openFilesAllowed(limits = '/proc/self/limits'): number | undefined {
  try {
    const allowed = /^Max open files\s+(\d+|unlimited)/m.exec(readFileSync(limits, 'utf8'))?.[1];
    if (allowed === undefined) return undefined;
    return allowed === 'unlimited' ? Number.POSITIVE_INFINITY : Number(allowed);
  } catch {
    return undefined;
  }
}

/** Says so when the machine lets this process hold fewer connections than the fleet needs, now or once it has grown. */
export function warnOfFewOpenFiles(view: FleetViewHolder, log: Pick<Logger, 'warn'>): void {
  const allowed = openFilesAllowed();
  let said = 0;
  const check = ({ devices }: FleetView) => {
    const needed = openFilesNeeded(devices.size);
    if (allowed === undefined || needed <= allowed || needed <= said) return;
    said = needed * 2;
    log.warn(
      { code: 'GATEWAY_OPEN_FILES_FEW', allowed, needed, devices: devices.size },
      'this process may open fewer files than its fleet needs: raise LimitNOFILE or ulimit -n',
    );
  };
  view.onChange(check);
  check(view.current);
}
