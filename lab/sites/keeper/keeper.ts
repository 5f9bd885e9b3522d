/**
 * The keeper of a lab: the process that holds its programs while nobody looks, and the timers of its uplinks. The kernel
 * ends all of the lab with it.
 */
import { createServer, type Socket } from 'node:net';
import { messageOf } from '../../../core/errors/cause.ts';
import { inside } from '../lab-places.ts';
import { type KeeperOrder, type KeeperState, readOrder } from './keeper-order.ts';
import { KeptPart } from './kept-part.ts';
import { KeptWire } from './kept-wire.ts';

const maxOrderBytes = 1024 * 1024;
const tickMs = 500;
/** Of ticks: once a minute. */
const ticksOfALog = 120;

export class Keeper {
  readonly #parts = new Map<string, KeptPart>();
  readonly #wires = new Map<string, KeptWire>();
  #ticks = 0;

  /** Listens on the lab's own socket, until the process ends. */
  listen(): void {
    const server = createServer({ allowHalfOpen: true }, socket => this.#serve(socket));
    server.listen(inside.keeper);
    setInterval(() => this.#tick(), tickMs);
  }

  #tick(): void {
    const nowMs = Date.now();
    for (const wire of this.#wires.values()) wire.tell(nowMs);
    if (++this.#ticks % ticksOfALog === 0) for (const part of this.#parts.values()) part.boundLog();
  }

  #serve(socket: Socket): void {
    let line = '';
    socket.setEncoding('utf8');
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk: string) => {
      line += chunk;
      if (line.length > maxOrderBytes) socket.destroy();
    });
    socket.once('end', () => {
      this.#answer(line).then(
        value => socket.end(`${JSON.stringify({ ok: true, value })}\n`),
        (error: unknown) => socket.end(`${JSON.stringify({ ok: false, error: messageOf(error) })}\n`),
      );
    });
  }

  async #answer(line: string): Promise<KeeperState> {
    const order = readOrder(line);
    if (order === undefined) throw new Error('the keeper knows no such order');
    await this.#carryOut(order);
    this.#tick();
    const nowMs = Date.now();
    return {
      parts: [...this.#parts.values()].map(({ state }) => state),
      wires: [...this.#wires.values()].map(wire => wire.state(nowMs)),
    };
  }

  async #carryOut(order: KeeperOrder): Promise<void> {
    switch (order.verb) {
      case 'status':
        return;
      case 'run':
        return this.#run(order.part.name, new KeptPart(order.part));
      case 'start':
        return this.#part(order.name).start();
      case 'stop':
        return this.#part(order.name).stop();
      case 'kill':
        return this.#part(order.name).kill();
      case 'wire': {
        const wire = new KeptWire(order.wire);
        this.#wires.set(order.wire.site, wire);
        return this.#run(wire.part.order.name, wire.part);
      }
      case 'quality':
        return this.#wire(order.site).set(order.quality);
      case 'cut':
        return this.#wire(order.site).cut(order.untilMs);
      case 'mend':
        return this.#wire(order.site).mend();
    }
  }

  async #run(name: string, part: KeptPart): Promise<void> {
    await this.#parts.get(name)?.stop();
    this.#parts.set(name, part);
    part.start();
  }

  #part(name: string): KeptPart {
    const part = this.#parts.get(name);
    if (part === undefined) throw new Error(`the lab has no program ${name}`);
    return part;
  }

  #wire(site: string): KeptWire {
    const wire = this.#wires.get(site);
    if (wire === undefined) throw new Error(`the lab has no site ${site}`);
    return wire;
  }
}
