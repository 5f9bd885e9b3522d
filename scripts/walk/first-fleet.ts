/** README.md, "A first fleet in ten minutes", on one machine. */
import { Page } from './page.ts';
import type { Seat } from './seat.ts';

const readme = new Page('README.md');
/** Every one is typed: a new block is a new step of the walk. */
const blocks = readme.blocks('A first fleet in ten minutes');
const makeKey = readme.line('ssh-keygen -t ed25519');
/** ssh asks once whether it knows the gateway. */
export const knowsHost = [/continue connecting/, 'yes'] as const;

/** What a device says of itself, read by git alone. */
export const saysOf = (device: string, url: string) =>
  `git fetch --quiet ${url} telemetry/${device} && git show FETCH_HEAD:status.yaml`;

export const healthy = (release: string) =>
  new RegExp(`(?=[\\s\\S]*release: "?${release.replaceAll('.', '\\.')})(?=[\\s\\S]*state: healthy)`);

export async function aKey(person: Seat): Promise<void> {
  await person.does(makeKey, {
    answers: [
      [/in which to save/, ''],
      [/Enter passphrase|passphrase for/, ''],
      [/same passphrase/, ''],
    ],
  });
}

/** What `towline gateway init` shows. */
export const fingerprintOn = (screen: string): string =>
  /Fingerprint of its keys: (\S+)/.exec(screen)?.[1] ?? '';

export async function firstFleet(alice: Seat): Promise<void> {
  const look = blocks.findIndex(({ text }) => text.includes('docker ps'));
  await alice.does('cd /root/towline');
  let fingerprint = '';
  for (const block of blocks.slice(0, look)) {
    // Whoever types does not begin the next block in the same second.
    if (block.text.includes('gateway accept')) await alice.until('cat ../gateway.log', /gateway is up/);
    const screen = await alice.does(block, { answers: [knowsHost, [/[Ff]ingerprint that/, fingerprint]] });
    if (block.text.includes('gateway init')) fingerprint = fingerprintOn(screen);
  }
  await alice.until(saysOf('pump-3', 'ssh://git@127.0.0.1:2222/telemetry.git'), healthy('1.0.0'));
  await alice.until('docker ps --filter label=io.towline.device=pump-3', /web[\s\S]*worker|worker[\s\S]*web/);
  for (const block of blocks.slice(look)) await alice.does(block);
  await alice.until('docker ps --all --quiet', /^\s*$/);
}
