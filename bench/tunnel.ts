/**
 * `npm run bench -- tunnel [ROW …]`: people at devices, through gateway and agent, beside OpenSSH alone in the same run.
 * Without a row all of them; each runs by itself.
 */
import type { Bench } from './figure.ts';

const rows: Readonly<Record<string, () => Promise<{ readonly bench: Bench }>>> = {
  bytes: () => import('./tunnel/bytes.ts'),
  handshake: () => import('./tunnel/handshake.ts'),
  crowd: () => import('./tunnel/crowd.ts'),
  opened: () => import('./tunnel/opened.ts'),
  agent: () => import('./tunnel/agent-memory.ts'),
};

export const bench: Bench = async function* (signal, wanted) {
  const unknown = wanted.filter(name => rows[name] === undefined);
  if (unknown.length > 0)
    throw new RangeError(`no row ${unknown.join(', ')}: there are ${Object.keys(rows).join(', ')}`);
  for (const [name, load] of Object.entries(rows)) {
    if (wanted.length === 0 || wanted.includes(name)) yield* (await load()).bench(signal, []);
  }
};
