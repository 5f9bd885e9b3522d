/** What the security token of `security-token.c` does: makes keys and signs. Its key handles are the keys themselves. */
import {
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto';

/** SSH_SK_ECDSA and SSH_SK_ED25519. */
const ecdsa = '0';

const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();
const fromHex = (text = ''): Buffer => Buffer.from(text.replace(/^0x/, ''), 'hex');

/** Bytes that a token signs, PROTOCOL.u2f. */
export function tokenMessage(
  application: string,
  flags: number,
  counter: number,
  message: Uint8Array,
): Buffer {
  const rest = Buffer.alloc(5);
  rest.writeUInt8(flags);
  rest.writeUInt32BE(counter, 1);
  return Buffer.concat([sha256(Buffer.from(application)), rest, sha256(message)]);
}

function enrol(algorithm: string): Buffer[] {
  const pair =
    algorithm === ecdsa ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519');
  const { x = '', y = '' } = pair.publicKey.export({ format: 'jwk' });
  const [one, other] = [Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')];
  const point = algorithm === ecdsa ? Buffer.concat([Buffer.of(4), one, other]) : one;
  return [point, pair.privateKey.export({ format: 'der', type: 'pkcs8' }), Buffer.of(0)];
}

function signNumbers(key: KeyObject, message: Buffer): [r: Buffer, s: Buffer] {
  if (key.asymmetricKeyType === 'ed25519') return [sign(null, message, key), Buffer.alloc(0)];
  const numbers = sign('sha256', message, { key, dsaEncoding: 'ieee-p1363' });
  return [numbers.subarray(0, 32), numbers.subarray(32)];
}

if (import.meta.main) {
  const [what, algorithm = '', flags, application, data, handle] = process.argv.slice(2);
  const lines =
    what === 'enrol'
      ? enrol(algorithm)
      : (() => {
          const key = createPrivateKey({ key: fromHex(handle), format: 'der', type: 'pkcs8' });
          const counter = randomBytes(4);
          const message = tokenMessage(
            fromHex(application).toString(),
            Number(flags),
            counter.readUInt32BE(),
            fromHex(data),
          );
          return [counter, ...signNumbers(key, message)];
        })();
  process.stdout.write(lines.map(line => `${line.toString('hex')}\n`).join(''));
}
