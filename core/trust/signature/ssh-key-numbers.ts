import { ByteCursor } from '../git/byte-cursor.ts';
import { curveIds, ed25519Numbers, type KeyNumbers, minimal } from './key-material.ts';

const curves: Readonly<Record<string, { readonly id: string; readonly bytes: number }>> = {
  nistp256: { id: curveIds['P-256'], bytes: 32 },
  nistp384: { id: curveIds['P-384'], bytes: 48 },
  nistp521: { id: curveIds['P-521'], bytes: 66 },
};

/**
 * The numbers in one line of an OpenSSH public key file, in its one spelling: canonical base64, minimal numbers
 * (RFC 4251, section 5), nothing behind them.
 * @throws Error that says what is there.
 */
export function sshKeyNumbers(line: string): KeyNumbers {
  const [type = '', base64 = ''] = line.split(' ');
  const wire = Buffer.from(base64, 'base64');
  if (wire.toString('base64') !== base64) throw new Error('base64 of another spelling');
  const numbers = sshWireNumbers(wire);
  if (new ByteCursor(wire).sshText() !== type) throw new Error('a type that is not that of the key');
  return numbers;
}

/** @throws Error that says what is there. */
export function sshWireNumbers(wire: Uint8Array): KeyNumbers {
  const cursor = new ByteCursor(wire);
  const type = cursor.sshText();
  const numbers = readNumbers(type, cursor);
  if (type.startsWith('sk-')) cursor.sshString();
  cursor.end();
  return numbers;
}

function readNumbers(type: string, cursor: ByteCursor): KeyNumbers {
  switch (type) {
    case 'ssh-ed25519':
    case 'sk-ssh-ed25519@openssh.com':
      return ed25519Numbers(cursor.sshString());
    case 'ssh-rsa': {
      const e = readNumber(cursor);
      return { kind: 'rsa', n: readNumber(cursor), e };
    }
    case 'sk-ecdsa-sha2-nistp256@openssh.com':
      return readPoint('nistp256', cursor);
    default:
      return readPoint(type.replace(/^ecdsa-sha2-/, ''), cursor);
  }
}

/** An `mpint` that is positive and has no byte too many. */
function readNumber(cursor: ByteCursor): Uint8Array {
  const bytes = cursor.sshString();
  const [first = 0, second = 0] = bytes;
  const isMinimal = first === 0 ? second >= 0x80 : first < 0x80;
  if (!isMinimal) throw new Error('a number with a needless zero, or without the zero for its sign');
  return minimal(bytes);
}

function readPoint(name: string, cursor: ByteCursor): KeyNumbers {
  const curve = curves[name];
  if (curve === undefined || cursor.sshText() !== name)
    throw new Error(`a key on the curve ${JSON.stringify(name)}`);
  const point = cursor.sshString();
  if (point[0] !== 4 || point.length !== 1 + 2 * curve.bytes) throw new Error('an ECDSA key of wrong form');
  const y = point.subarray(1 + curve.bytes);
  return { kind: 'ec', curve: curve.id, x: point.subarray(1, 1 + curve.bytes), y };
}
