/** What the types of ssh2 ask for, and ssh2 does not. */
import type { Duplex } from 'node:stream';

declare module 'ssh2' {
  interface Server {
    injectSocket(stream: Duplex): void;
  }
}
