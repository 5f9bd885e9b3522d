/** What is written down of a peer that was cut because its input could not be dealt with. */
import type { Socket } from 'node:net';
import { isTowlineError } from '../../core/errors.ts';
import { PeerWork } from '../../core/io/peer-work.ts';
import type { Log } from '../../core/log.ts';
import type { Audit } from '../admission/audit.ts';

export interface PeerName {
  /** Operator or device, where it is known. */
  readonly who?: string | undefined;
  /** Address. */
  readonly from?: string | undefined;
}

export interface FailureLogs {
  readonly audit: Audit;
  readonly log: Pick<Log, 'debug' | 'error'>;
}

/** Where all ends that comes over this connection. */
export function workOn(socket: Socket, logs: FailureLogs): PeerWork {
  const failed = failedPeer(logs, () => ({ from: socket.remoteAddress }));
  return new PeerWork({ cut: () => socket.destroy(), failed });
}

export function failedPeer({ audit, log }: FailureLogs, peer: () => PeerName): (error: unknown) => void {
  return error => {
    const { who, from } = peer();
    const known = isTowlineError(error);
    const message = known ? `${error.code} ${error.message}` : 'something went wrong here';
    // `refused`: a peer that comes again at once is written down once a minute.
    audit.write({
      action: 'connection',
      outcome: 'refused',
      code: 'GATEWAY_PEER_FAILED',
      message,
      ...(who === undefined ? {} : { who }),
      ...(from === undefined ? {} : { from }),
    });
    log[known ? 'debug' : 'error']({ err: error, who, from }, 'a peer was cut');
  };
}
