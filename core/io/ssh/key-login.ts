import ssh2, { type AuthContext, type ParsedKey } from 'ssh2';

/** Key types that ssh2 can verify. */
const acceptedTypes = new Set([
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'ssh-rsa',
]);

export type KeyAttempt =
  /** The client asks whether it is worth signing: proves nothing. */
  | { readonly kind: 'offer'; readonly key: string }
  /** The client signed this very session: only this is a login. */
  | { readonly kind: 'proof'; readonly key: string }
  | { readonly kind: 'none' };

/**
 * Reads one authentication attempt. The key (its wire form in base64) is bound to the attempt that is signed and
 * to no other: an offer is not a login (CVE-2024-45337), and ssh2 does not verify signatures by itself.
 */
export function readKeyAttempt(context: AuthContext): KeyAttempt {
  if (context.method !== 'publickey') return { kind: 'none' };
  const blob = context.key.data;
  const parsed = parseBlob(blob);
  if (parsed === undefined || parsed.type !== context.key.algo) return { kind: 'none' };
  const key = blob.toString('base64');
  if (context.signature === undefined || context.blob === undefined) return { kind: 'offer', key };
  // RSA with SHA-1 comes without a hash algorithm.
  if (parsed.type === 'ssh-rsa' && context.hashAlgo === undefined) return { kind: 'none' };
  return parsed.verify(context.blob, context.signature, context.hashAlgo) === true
    ? { kind: 'proof', key }
    : { kind: 'none' };
}

/** The type comes from the key's own bytes, not from what the request calls it. */
function parseBlob(blob: Buffer): ParsedKey | undefined {
  if (blob.length < 4 || blob.readUInt32BE(0) > blob.length - 4) return undefined;
  const type = blob.toString('latin1', 4, 4 + blob.readUInt32BE(0));
  if (!acceptedTypes.has(type)) return undefined;
  const parsed = ssh2.utils.parseKey(`${type} ${blob.toString('base64')}`);
  return parsed instanceof Error ? undefined : parsed;
}
