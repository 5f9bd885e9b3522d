/** A session at the agent's server, and a gateway's desk of guests before it, over HTTP on loopback. */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { join } from 'node:path';
import { LiveSession } from '../../agent/access/sessions/live-session.ts';
import { Sessions } from '../../agent/access/sessions/sessions.ts';
import { noAccess } from '../../core/access/settings.ts';
import { makeDeviceKeys, tlsPublicKey } from '../../core/io/device-keys.ts';
import { createSystemClock } from '../../core/io/system-clock.ts';
import type { Log } from '../../core/log.ts';
import { DeviceLogin } from '../../gateway/access/device-login.ts';
import type { AuditEvent } from '../../gateway/admission/audit.ts';
import { FleetView, type ViewDevice } from '../../gateway/fleet/fleet-view.ts';
import { FleetViewHolder } from '../../gateway/fleet/fleet-view-holder.ts';
import { GuestDesk } from '../../gateway/guests/guest-desk.ts';
import { nothingHere } from '../../gateway/plain-port/internal-routes.ts';
import { PlainPort } from '../../gateway/plain-port/plain-port.ts';
import { keyLine } from '../../lab/rig/access-change.ts';
import { AccessRig } from '../../lab/rig/access-rig.ts';
import { openTunnel } from '../../lab/rig/tunnel-fleet.ts';
import { quietLog, sessionStart } from './recorded-device.ts';

const always = Number.POSITIVE_INFINITY;

/** What a gateway follows: devices whose tunnels are open, and that let people show guests what they do. */
export function sharingView(devices: readonly ViewDevice[], share = true): FleetView {
  return new FleetView({
    ...{ commit: '0'.repeat(40), fleet: undefined, devices, operators: [] },
    desiredTunnel: () => openTunnel({}, { openedMs: 0, untilMs: always, maxDurationMs: always }),
    accessOf: () => ({ ...noAccess, share }),
  });
}

export class GuestRig implements AsyncDisposable {
  readonly rig: AccessRig;
  readonly keeper: Sessions;
  /** Alice's; `typed` into it, `said` to her. */
  readonly live: LiveSession;
  readonly typed: Uint8Array[] = [];
  readonly said: string[] = [];
  readonly audits: AuditEvent[] = [];
  readonly logged: string[];
  #url = '';
  readonly #cleanUp = new AsyncDisposableStack();

  static async start(): Promise<GuestRig> {
    const logged: string[] = [];
    const log = {
      ...quietLog,
      info: (fields: object, words: string) => logged.push(JSON.stringify(fields) + words),
    };
    let sessions: Sessions | undefined;
    const rig = await AccessRig.start({
      engine: 'none',
      keeper: access => {
        const recordings = async () => assert.fail('nothing is recorded');
        sessions = new Sessions({ access, device: 'pump', nowMs: () => Date.now(), recordings, log });
        return sessions;
      },
    });
    const made = new GuestRig(rig, sessions ?? assert.fail(), logged);
    await made.trust(true);
    await made.keeper.begin(made.live);
    await made.#open(log);
    return made;
  }

  private constructor(rig: AccessRig, keeper: Sessions, logged: string[]) {
    this.rig = rig;
    this.keeper = keeper;
    this.logged = logged;
    this.#cleanUp.use(rig);
    this.live = new LiveSession(sessionStart({ operator: 'alice', command: 'secret-command' }), {
      say: line => this.said.push(line),
      type: bytes => this.typed.push(bytes),
    });
  }

  async #open(log: Log): Promise<void> {
    const tls = tlsPublicKey(makeDeviceKeys('pump'));
    const file = {
      apiVersion: 'towline/v1' as const,
      keys: { tls, ssh: await keyLine(this.rig.folder, 'device') },
    };
    const view = new FleetViewHolder(sharingView([{ id: 'pump', file, groups: [], labels: {} }]));
    const login = await DeviceLogin.open({
      view,
      tunnels: {
        open: async device =>
          device === 'pump' ? connect(this.rig.port, '127.0.0.1') : assert.fail('no tunnel'),
      },
      keyFile: join(this.rig.folder, 'gateway'),
      log,
    });
    const audit = { write: (event: AuditEvent) => void this.audits.push(event) };
    const desk = new GuestDesk({ login, view, audit, log, clock: createSystemClock() });
    const port = new PlainPort(desk.routes, nothingHere);
    this.#cleanUp.defer(() => port.close());
    this.#cleanUp.defer(() => desk.close());
    this.#url = `http://127.0.0.1:${(await port.listen('127.0.0.1', 0)).port}`;
  }

  get url(): string {
    return this.#url;
  }

  trust(share: boolean, gatewayKeys = ['gateway']): Promise<void> {
    return this.rig.use({ access: { share }, gatewayKeys });
  }

  /** The token of a new link. */
  link(forMs = 60_000): string {
    const { id, operator } = this.live.start;
    const words = this.keeper.share({ id, operator, forMs });
    return /#pump\.([\w-]{22})/.exec(words)?.[1] ?? assert.fail(words);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#cleanUp.disposeAsync();
  }
}
