/**
 * `npm run bench -- tunnel [ROW …]`: people at devices, through gateway and agent, beside OpenSSH alone in the same run.
 * Without a row all of them; each runs by itself.
 */
import { benchOfRows } from './rows.ts';

export const bench = benchOfRows({
  bytes: async () => (await import('./tunnel/bytes.ts')).bench,
  handshake: async () => (await import('./tunnel/handshake.ts')).bench,
  crowd: async () => (await import('./tunnel/crowd.ts')).bench,
  opened: async () => (await import('./tunnel/opened.ts')).bench,
  agent: async () => (await import('./tunnel/agent-memory.ts')).bench,
});
