import { timingSafeEqual } from 'node:crypto';

/**
 * Judges the host key that a peer shows: a gateway inside the tunnel, a device’s own server.
 * @param lines pinned keys, each a line of an OpenSSH public key file
 * @param shown wire form of the key that was shown and with which the key exchange was signed
 */
export function isPinnedHostKey(lines: readonly string[], shown: Uint8Array): boolean {
  return lines.some(line => {
    const pinned = Buffer.from(line.trim().split(/\s+/)[1] ?? '', 'base64');
    return pinned.length > 0 && pinned.length === shown.length && timingSafeEqual(pinned, shown);
  });
}
