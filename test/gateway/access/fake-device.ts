/** A device with the right key and a mind of its own: it offers what it likes in its tunnel, and answers as it likes. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import ssh2, { type Client } from 'ssh2';
import { sshAlgorithms } from '../../../core/io/ssh/ssh-algorithms.ts';
import { device } from '../../../lab/rig/tunnel-fleet.ts';
import type { Rig } from '../../../lab/rig/tunnel-rig.ts';

export class FakeDevice implements Disposable {
  readonly client: Client;

  private constructor(client: Client) {
    this.client = client;
  }

  /** @param serve is given each connection that the gateway opens to it */
  static async connect(
    rig: Rig,
    serve: (stream: Duplex) => void,
    offered: readonly (readonly [name: string, port: number])[] = [['towline', 22]],
  ): Promise<FakeDevice> {
    const socket = connect(rig.devicePort, '127.0.0.1');
    const client = new ssh2.Client();
    client.on('error', () => {});
    const ready = once(client, 'ready');
    client.on('tcp connection', (_details, accept) => serve(accept()));
    client.connect({
      sock: socket,
      username: device,
      privateKey: await readFile(join(rig.folder, 'device'), 'utf8'),
      algorithms: sshAlgorithms,
      hostVerifier: () => true,
    });
    await ready;
    for (const [name, port] of offered) {
      await new Promise<void>((resolve, reject) => {
        client.forwardIn(name, port, error => (error ? reject(error) : resolve()));
      });
    }
    return new FakeDevice(client);
  }

  [Symbol.dispose](): void {
    this.client.destroy();
  }
}
