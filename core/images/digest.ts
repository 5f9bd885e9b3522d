/** Names of what registries hold: its SHA-256, hexadecimal. */
import { createHash } from 'node:crypto';

export const digestPattern = /^sha256:[0-9a-f]{64}$/;

export const digestOf = (bytes: Uint8Array): string =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** An image, whatever its tag leads to by then. */
export interface PinnedImage {
  /** Reference as the Compose file has it, with or without tag and digest. */
  readonly image: string;
  readonly digest: string;
}
