/** What a client wants to have forwarded: declared targets, and nothing else. */
import type { Socket } from 'node:net';
import type { Channel, TcpipRequestInfo } from 'ssh2';
import type { TunnelTarget } from '../../../core/fleet/tunnel.ts';
import { dialTarget } from '../../../core/io/dial-target.ts';
import { relay } from '../../../core/io/ssh/relay.ts';
import type { ConnectionRecords } from '../people/connection-records.ts';
import type { Person } from '../people/person.ts';
import { refusalWords } from '../people/refusal-words.ts';

export function serveForwards(person: Person, records: ConnectionRecords): void {
  const { connection } = person;
  const { ssh, work } = connection;
  let connecting = 0;
  const onTarget = async (accept: () => Channel, reject: () => void, asked: TcpipRequestInfo) => {
    const refuse = (words: string) => connection.refuse(reject, words);
    if (connection.channelCount + connecting >= connection.limits.maxChannels) {
      return refuse('TUNNEL_TOO_MANY_CHANNELS too many channels');
    }
    const target = targetOf(person, asked);
    if (target === undefined) {
      return refuse(
        `TUNNEL_UNKNOWN_TARGET nothing declared leads to ${asked.destIP.slice(0, 100)}:${asked.destPort}`,
      );
    }
    const wanted = { kind: 'target', name: target.name } as const;
    const verdict = person.judge(wanted);
    if (!verdict.allowed) return refuse(refusalWords(verdict.why));
    connecting += 1;
    const socket = await dialTarget(target).finally(() => {
      connecting -= 1;
    });
    if (!(socket instanceof Error)) return await join(person, records, { target, socket, accept, reject });
    refuse(`TUNNEL_TARGET_REFUSED ${target.name}: ${socket.message}`);
  };
  ssh.on('tcpip', work.listener(onTarget));
  ssh.on(
    'openssh.streamlocal',
    work.listener((_accept: unknown, reject: () => void) =>
      connection.refuse(reject, 'sockets of the device are not forwarded here'),
    ),
  );
  const onRequest = work.listener((_yes: unknown, no: (() => void) | undefined, name: string) => {
    if (/forward/.test(name)) person.note('nothing is forwarded from the device to you (-R) here');
    no?.();
  });
  ssh.on('request', onRequest);
}

/** By its name, by host and port as they are declared, or by the device's own name and the port, as at the gateway. */
function targetOf(person: Person, { destIP, destPort }: TcpipRequestInfo): TunnelTarget | undefined {
  const { tunnel, device } = person.view.current ?? {};
  const host = destIP === 'localhost' ? '127.0.0.1' : destIP;
  const isDevice = destIP.replace(/\.fleet$/, '') === device?.id;
  return tunnel?.targets.find(
    target => target.port === destPort && (isDevice || target.name === destIP || target.host === host),
  );
}

interface Joined {
  readonly target: TunnelTarget;
  readonly socket: Socket;
  readonly accept: () => Channel;
  readonly reject: () => void;
}

async function join(
  person: Person,
  records: ConnectionRecords,
  { target, socket, accept, reject }: Joined,
): Promise<void> {
  const { connection } = person;
  const wanted = { kind: 'target', name: target.name } as const;
  // What is trusted may have changed while the target was dialled.
  const verdict = person.judge(wanted);
  if (!verdict.allowed || connection.lost) {
    socket.destroy();
    if (!verdict.allowed && !connection.lost) connection.refuse(reject, refusalWords(verdict.why));
    return;
  }
  const near = connection.adopt(accept());
  if (near === undefined) {
    socket.destroy();
    return;
  }
  const life = new AbortController();
  const record = records.begin(person, {
    ...{ wanted, what: `target ${target.name}` },
    cut: reason => life.abort(new Error(reason)),
  });
  const bytes = await relay(near, socket, AbortSignal.any([life.signal, person.signal]));
  record({ bytesIn: bytes.leftToRight, bytesOut: bytes.rightToLeft, signal: life.signal });
}
