import crypto from 'ssh2/lib/protocol/crypto.js';

/**
 * True when ssh2 found its native cipher addon (`sshcrypto.node`). Without it tunnels work at about 0.6 of the
 * throughput, so each program that carries tunnels says so at its start. In a bundle the addon lies beside the
 * program; this asks ssh2 itself, so it says what is really used.
 */
export function nativeCiphersLoaded(): boolean {
  return crypto.bindingAvailable;
}
