import { createHash } from 'node:crypto';

export const fingerprintOf = (payload: Uint8Array): string =>
  createHash('sha256').update(payload).digest('hex').slice(0, 20);
