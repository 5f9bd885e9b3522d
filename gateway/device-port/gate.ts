/** Whether the peer of a request may do what it asks for, by the view of now. */
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { Clock } from '../../core/io/clock.ts';
import { type Action, type Admission, admit, type Subject } from '../admission/admission.ts';
import type { Audit } from '../admission/audit.ts';
import type { ViewDevice } from '../fleet/fleet-view.ts';
import type { FleetViewHolder } from '../fleet/fleet-view-holder.ts';
import { PeerKeys } from './peer.ts';

export interface GateOptions {
  readonly view: FleetViewHolder;
  readonly audit: Audit;
  readonly clock: Clock;
  /** The device that waits to be accepted with this key, if one does. */
  readonly waitingDevice: (tlsKey: string) => string | undefined;
  /** Whether this device is retired and has said its last word. */
  readonly hasLeft: (device: ViewDevice) => boolean;
}

export class Gate {
  readonly peers = new PeerKeys();
  readonly #options: GateOptions;

  constructor(options: GateOptions) {
    this.#options = options;
  }

  /** Refusals go to the audit log. */
  admit(request: IncomingMessage, action: Action): Admission {
    const { view, clock, audit } = this.#options;
    const left = this.#departed(request);
    // Nothing is noted: whoever restarts the device makes it ask once more.
    if (left !== undefined) {
      const message = `${left} is retired, and has said its last word`;
      return { allowed: false, who: left, code: 'GATEWAY_DEVICE_RETIRED', message };
    }
    const admission = admit(view.current, this.#subject(request), action, clock.now());
    if (!admission.allowed) {
      audit.write({
        action: action.kind,
        outcome: 'refused',
        code: admission.code,
        message: admission.message,
        ...(admission.who === undefined ? {} : { who: admission.who }),
        ...(request.socket.remoteAddress === undefined ? {} : { from: request.socket.remoteAddress }),
      });
    }
    return admission;
  }

  /** The TLS key that the peer of a request proved, SubjectPublicKeyInfo in base64. */
  keyOf({ socket }: IncomingMessage): string | undefined {
    return socket instanceof TLSSocket ? this.peers.of(socket) : undefined;
  }

  #departed(request: IncomingMessage): string | undefined {
    const key = this.keyOf(request);
    const device = key === undefined ? undefined : this.#options.view.current.deviceByKey(key);
    const isGone = device !== undefined && device.file.revoked !== true && this.#options.hasLeft(device);
    return isGone ? device.id : undefined;
  }

  #subject(request: IncomingMessage): Subject {
    const { view, waitingDevice } = this.#options;
    const tlsKey = this.keyOf(request);
    const isNew = tlsKey !== undefined && view.current.deviceByKey(tlsKey) === undefined;
    const device = isNew ? waitingDevice(tlsKey) : undefined;
    return device === undefined ? { kind: 'device', tlsKey } : { kind: 'waiting-device', device };
  }
}
