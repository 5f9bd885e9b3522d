import type { Algorithms } from 'ssh2';

/**
 * All that an SSH connection of Towline may negotiate. ssh2's defaults are wider: zlib before authentication and
 * 8192-bit Diffie-Hellman are in them. ssh2 adds strict key exchange (`kex-strict-*-v00@openssh.com`) by itself.
 */
export const sshAlgorithms: Readonly<Required<Algorithms>> = Object.freeze({
  kex: ['curve25519-sha256', 'curve25519-sha256@libssh.org', 'ecdh-sha2-nistp256'],
  serverHostKey: ['ssh-ed25519'],
  cipher: ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', 'chacha20-poly1305@openssh.com'],
  // Never used with the ciphers above, which authenticate by themselves; the list may not be empty.
  hmac: ['hmac-sha2-256-etm@openssh.com'],
  compress: ['none'],
});
