/** Cuts what is between people and the soaked device, at random times and in random ways. */
import type { ChildProcess } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import type { SoakedDevice } from './soak-device.ts';

const longestPauseMs = 6_000;
const takenBackMs = 500;

export class Cutter implements Disposable {
  readonly cuts = new Map<string, number>();
  readonly #device: SoakedDevice;
  readonly #clients = new Set<ChildProcess>();
  readonly #stop = new AbortController();

  constructor(device: SoakedDevice) {
    this.#device = device;
    this.#run().catch(error => console.error('WRONG: the cutter ended', error));
  }

  know(child: ChildProcess): void {
    this.#clients.add(child);
    child.once('close', () => this.#clients.delete(child));
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    const ways = Object.entries(this.#ways);
    for (;;) {
      try {
        await wait(Math.random() * longestPauseMs, undefined, { signal });
      } catch {
        return;
      }
      const [name, cut] = ways[Math.floor(Math.random() * ways.length)] ?? [];
      if (name === undefined || cut === undefined) continue;
      this.cuts.set(name, (this.cuts.get(name) ?? 0) + 1);
      await cut();
    }
  }

  readonly #ways: Readonly<Record<string, () => void | Promise<void>>> = {
    'a client is killed': () => void this.#someone()?.kill('SIGKILL'),
    'a client stands still for a while': async () => {
      const someone = this.#someone();
      someone?.kill('SIGSTOP');
      await wait(2000);
      someone?.kill('SIGCONT');
    },
    'the device’s connection breaks': () => this.#device.break(),
    'the gateway closes the tunnel': async () => {
      await this.#device.takeBack('gateway');
      await wait(takenBackMs);
      await this.#device.grant();
    },
    'the device lets nobody in': async () => {
      await this.#device.takeBack('device');
      await wait(takenBackMs);
      await this.#device.grant();
    },
  };

  #someone(): ChildProcess | undefined {
    const all = [...this.#clients];
    return all[Math.floor(Math.random() * all.length)];
  }

  [Symbol.dispose](): void {
    this.#stop.abort();
  }
}
