/** One visit of a person to the soaked device: bytes go there and come back, and are held against each other. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { finish } from '../../lab/rig/finished.ts';
import { deviceHost } from '../../lab/rig/tunnel-fleet.ts';
import type { SoakedDevice } from './soak-device.ts';

export const kinds = ['echo', 'container', 'up', 'container-up', 'down', 'target', 'shell'] as const;
export type Kind = (typeof kinds)[number];

/** `whole`: it ended well, with every byte once. */
export type Visit = 'whole' | 'cut' | 'lost' | 'doubled' | 'hangs';

/** Nothing takes longer that has not been forgotten. */
const patienceMs = 180_000;
const most = 4 * 1024 * 1024;

const pool = randomBytes(most);
const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

interface Asked {
  readonly words: readonly string[];
  readonly input: Uint8Array;
  /** What must have come. */
  readonly expected: Uint8Array;
}

export async function visit(
  device: SoakedDevice,
  kind: Kind,
  know: (child: ChildProcess) => void,
): Promise<Visit> {
  const { words, input, expected } = ask(device, kind);
  const child = spawn('ssh', ['-F', device.config, ...words], { stdio: 'pipe' });
  know(child);
  const forgotten = setTimeout(() => child.kill('SIGKILL'), patienceMs);
  const began = performance.now();
  const { code, stdout, stderr } = await finish(child, input);
  clearTimeout(forgotten);
  if (performance.now() - began >= patienceMs) return 'hangs';
  // Cut between the exit code and the last bytes of its own output, ssh ends with that code, and says this.
  if (code !== 0 || /closed by remote host/.test(stderr)) return 'cut';
  if (
    kind === 'shell' ? /^(?:a line\r?\n)?ready\na line\n$/.test(stdout.toString()) : stdout.equals(expected)
  )
    return 'whole';
  // ssh -W has no exit code of the far end: a connection that is cut looks as one that has ended.
  if (kind === 'target' && stdout.length < expected.length) return 'cut';
  const what = stdout.length > expected.length ? 'doubled' : 'lost';
  const differs = stdout.findIndex((byte, at) => byte !== expected[at]);
  console.error(
    `${what}: ${kind}, ${stdout.length} bytes of ${expected.length}, the first that differs ${differs}, ${stderr.slice(0, 200)}`,
  );
  return what;
}

function ask(device: SoakedDevice, kind: Kind): Asked {
  const size = Math.ceil(Math.random() ** 3 * most);
  const bytes = pool.subarray(most - size);
  const none = Buffer.alloc(0);
  const sum = Buffer.from(`${hashOf(bytes)}  -\n`);
  switch (kind) {
    case 'echo':
      return { words: [deviceHost, 'cat'], input: bytes, expected: bytes };
    case 'container':
      return { words: ['web@pump-17', 'cat'], input: bytes, expected: bytes };
    case 'up':
      return { words: [deviceHost, 'sha256sum'], input: bytes, expected: sum };
    case 'container-up':
      return { words: ['web@pump-17', 'sha256sum'], input: bytes, expected: sum };
    case 'down':
      return {
        words: ['web@pump-17', `head -c ${size} /dev/zero`],
        input: none,
        expected: Buffer.alloc(size),
      };
    case 'target':
      return { words: ['-W', `pump-17:${device.echoPort}`, 'gw'], input: bytes, expected: bytes };
    case 'shell':
      return {
        // What comes before the terminal is told not to echo, it echoes.
        words: ['-tt', 'web@pump-17', 'stty -echo -onlcr; echo ready; read line; echo "$line"'],
        input: Buffer.from('a line\n'),
        expected: Buffer.from('ready\na line\n'),
      };
  }
}
