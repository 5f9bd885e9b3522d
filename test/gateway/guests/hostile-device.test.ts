/** A device that the gateway logs in at for a guest, or for a person, and that answers as it likes: it holds nobody up, and no memory. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import ssh2, { type Client, type ServerChannel } from 'ssh2';
import { makeSshPrivateKey } from '../../../core/io/openssh-key.ts';
import { SshConnection } from '../../../core/io/ssh/ssh-connection.ts';
import { createSystemClock } from '../../../core/io/system-clock.ts';
import { EndedSession } from '../../../gateway/access/ended-session.ts';
import { FleetViewHolder } from '../../../gateway/fleet/fleet-view-holder.ts';
import { GuestDesk } from '../../../gateway/guests/guest-desk.ts';
import { nothingHere } from '../../../gateway/plain-port/internal-routes.ts';
import { PlainPort } from '../../../gateway/plain-port/plain-port.ts';
import { eventually } from '../../../lab/rig/eventually.ts';
import { sharingView } from '../../rig/guest-rig.ts';
import { quietLog } from '../../rig/recorded-device.ts';
import { testDevice } from '../rig/gateway.ts';

type Serve = (accept: () => ServerChannel, reject: () => void) => void;

describe('a device that is somebody else’s', { timeout: 60_000 }, () => {
  const hostKey = makeSshPrivateKey('device');
  const sockets = new Set<Socket>();
  const server = createServer(socket => {
    sockets.add(socket.on('error', () => {}));
    socket.once('close', () => sockets.delete(socket));
    device.injectSocket(socket);
  });
  let serve: Serve = () => {};
  const device = new ssh2.Server({ hostKeys: [hostKey] }, connection => {
    connection.on('error', () => {}).on('authentication', context => context.accept());
    connection.on('session', accept => {
      accept().on('exec', (yes, no) => serve(yes, no));
    });
  });
  const desk = new GuestDesk({
    login: { enter },
    view: new FleetViewHolder(sharingView([testDevice('pump').view])),
    audit: { write: () => {} },
    log: quietLog,
    clock: createSystemClock(),
  });
  const port = new PlainPort(desk.routes, nothingHere);
  let url: string;

  before(async () => {
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(await port.listen('127.0.0.1', 0)).port}/guest`;
  });
  after(async () => {
    await desk.close();
    await port.close();
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  /** As the gateway does it, but for who proves what. */
  async function enter(): Promise<SshConnection<Client>> {
    const sock = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const client = new ssh2.Client();
    const connection = new SshConnection(client, sock, () => {});
    client.on('error', () => {}).connect({ sock, username: 'guest+link', hostVerifier: () => true });
    await once(client, 'ready');
    return connection;
  }

  const ask = (signal?: AbortSignal) => {
    const body = `pump.${'A'.repeat(22)}`;
    return fetch(url, { method: 'POST', body, ...(signal === undefined ? {} : { signal }) });
  };
  const guests = () => desk.metrics()[0]?.value;

  test('that never answers lets a guest go who goes', async () => {
    let asked = 0;
    serve = () => {
      asked += 1;
    };
    const gone = new AbortController();
    const answer = ask(gone.signal);
    await eventually(() => asked === 1);
    gone.abort();
    await assert.rejects(answer);
    await eventually(() => sockets.size === 0 && guests() === 0);
  });

  test('that sends a line without an end is heard no longer', async () => {
    let sent = 0;
    serve = accept => {
      const channel = accept().on('error', () => {});
      const piece = Buffer.alloc(64 * 1024, 'x');
      // Behind the end of a channel each write fails at once: that is not sent.
      const more = (error?: Error | null): void => {
        if (error || channel.destroyed || sent > 256 * 1024 * 1024) return;
        sent += piece.length;
        channel.write(piece, more);
      };
      channel.write('{"version":2,"width":80,"height":24}\n', more);
    };
    const answer = await ask();
    assert.equal(await answer.text(), '');
    await eventually(() => sockets.size === 0);
    assert.ok(sent < 16 * 1024 * 1024, `${sent} bytes`);
  });

  test('that opens no session for a person, or never says so, keeps nothing of the connection', async () => {
    const asked = { command: 'true', terminal: undefined };
    serve = (_accept, reject) => reject();
    await assert.rejects(EndedSession.open(await enter(), asked, new AbortController().signal));
    await eventually(() => sockets.size === 0);
    let heard = false;
    serve = () => {
      heard = true;
    };
    const person = new AbortController();
    const opening = EndedSession.open(await enter(), asked, person.signal);
    opening.catch(() => {});
    await eventually(() => heard);
    person.abort();
    await assert.rejects(opening);
    await eventually(() => sockets.size === 0);
  });
});
