/** SSH messages that no honest program sends: fields cut, overlong, missing; written encrypted on a real connection. */
import fc from 'fast-check';
import type { Client, Connection } from 'ssh2';

/** The fields of ssh2 1.17 by which a payload goes out as it is. */
interface RawProtocol {
  readonly _cipher: { encrypt(packet: Uint8Array): void };
  readonly _packetRW: {
    readonly write: {
      readonly allocStart: number;
      alloc(bytes: number): Buffer;
      finalize(packet: Buffer): Buffer;
    };
  };
}

/** Encrypts and sends a payload (message number and fields) that nobody has checked. */
export function sendPayload(ssh: Client | Connection, payload: Uint8Array): void {
  const protocol = (ssh as unknown as { readonly _protocol: RawProtocol })._protocol;
  const { write } = protocol._packetRW;
  const packet = write.alloc(payload.length);
  packet.set(payload, write.allocStart);
  protocol._cipher.encrypt(write.finalize(packet));
}

export type Field = string | number | boolean | Buffer;

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}

/** Text as a string with its length, a number as uint32, a boolean as a byte, bytes as they are. */
export function fieldBytes(field: Field): Buffer {
  if (typeof field === 'number') return uint32(field);
  if (typeof field === 'boolean') return Buffer.of(field ? 1 : 0);
  if (typeof field === 'string') return Buffer.concat([uint32(Buffer.byteLength(field)), Buffer.from(field)]);
  return field;
}

export function payload(message: number, ...fields: readonly Field[]): Buffer {
  return Buffer.concat([Buffer.of(message), ...fields.map(fieldBytes)]);
}

const channelNumber = fc.oneof(
  fc.nat(6),
  fc.constantFrom(0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff),
);
const amount = fc.oneof(
  fc.constantFrom(0, 1, 1024, 32_768, 2_097_152, 0x7fff_ffff, 0xffff_ffff),
  fc.nat(70_000),
);
const word = fc.oneof(
  fc.constantFrom(
    '',
    'pump-17',
    'pump-17.fleet',
    'ssh',
    '127.0.0.1',
    "git-upload-pack 'fleet.git'",
    'GIT_PROTOCOL',
  ),
  fc.constantFrom(
    'version=2',
    'xterm',
    'TERM',
    'sftp',
    '\u0000',
    '__proto__',
    'constructor',
    'x'.repeat(70_000),
  ),
  fc.string({ maxLength: 20 }),
);
const blob = fc.uint8Array({ maxLength: 200 }).map(bytes => Buffer.from(bytes));
const field: fc.Arbitrary<Field> = fc.oneof(word, amount, fc.boolean(), blob);

const channelTypes = [
  'session',
  'direct-tcpip',
  'forwarded-tcpip',
  'x11',
  'auth-agent@openssh.com',
  'tun@openssh.com',
];
const streamlocal = ['direct-streamlocal@openssh.com', 'forwarded-streamlocal@openssh.com'];
const channelRequests = [
  'exec',
  'shell',
  'env',
  'pty-req',
  'signal',
  'window-change',
  'subsystem',
  'x11-req',
  'break',
];
const moreRequests = [
  'exit-status',
  'exit-signal',
  'xon-xoff',
  'auth-agent-req@openssh.com',
  'eow@openssh.com',
];
const globalRequests = [
  'tcpip-forward',
  'cancel-tcpip-forward',
  'no-more-sessions@openssh.com',
  'keepalive@openssh.com',
];
const moreGlobal = [
  'hostkeys-00@openssh.com',
  'hostkeys-prove-00@openssh.com',
  'streamlocal-forward@openssh.com',
];

type Message = readonly Field[];
const of = (message: number, ...fields: readonly fc.Arbitrary<Field>[]): fc.Arbitrary<Message> =>
  fc.tuple(...fields).map(values => [Buffer.of(message), ...values]);
const anyOf = (names: readonly string[]): fc.Arbitrary<Field> => fc.constantFrom(...names);

/** Well-formed messages of every type that a logged-in peer may send (RFC 4250, 4.1.2). */
const messages = (port: number): fc.Arbitrary<Message> =>
  fc.oneof(
    {
      weight: 4,
      arbitrary: of(
        90,
        anyOf([...channelTypes, ...streamlocal]),
        channelNumber,
        amount,
        amount,
        word,
        amount,
        word,
        amount,
      ),
    },
    {
      weight: 3,
      arbitrary: of(
        90,
        anyOf(['direct-tcpip']),
        channelNumber,
        amount,
        fc.constant(32_768),
        anyOf(['pump-17']),
        anyPort(port),
        word,
        amount,
      ),
    },
    {
      weight: 3,
      arbitrary: of(
        90,
        anyOf(['forwarded-tcpip']),
        channelNumber,
        amount,
        fc.constant(32_768),
        anyOf(['ssh']),
        anyPort(port),
        word,
        amount,
      ),
    },
    {
      weight: 2,
      arbitrary: of(90, anyOf(['session']), channelNumber, fc.constant(2_097_152), fc.constant(32_768)),
    },
    of(91, channelNumber, channelNumber, amount, amount),
    of(92, channelNumber, amount, word, word),
    of(93, channelNumber, amount),
    { weight: 2, arbitrary: of(94, channelNumber, word) },
    { weight: 2, arbitrary: of(95, channelNumber, fc.constantFrom<number>(0, 1, 2), word) },
    { weight: 2, arbitrary: of(96, channelNumber) },
    of(97, channelNumber),
    {
      weight: 4,
      arbitrary: of(
        98,
        channelNumber,
        anyOf([...channelRequests, ...moreRequests]),
        fc.boolean(),
        field,
        field,
        field,
        field,
        field,
      ),
    },
    of(99, channelNumber),
    of(100, channelNumber),
    { weight: 3, arbitrary: of(80, anyOf([...globalRequests, ...moreGlobal]), fc.boolean(), word, amount) },
    of(81, field),
    of(82),
    of(1, amount, word, word),
    of(2, word),
    of(3, amount),
    of(4, fc.boolean(), word, word),
    of(5, anyOf(['ssh-userauth', 'ssh-connection'])),
    of(6, anyOf(['ssh-userauth'])),
    of(7, amount, word, word),
    of(20, blob, word, word, word, word, word, word, word, word, word, word, fc.boolean(), amount),
    of(21),
    of(30, word),
    of(31, word, word, word),
    of(
      50,
      word,
      anyOf(['ssh-connection']),
      anyOf(['none', 'password', 'publickey', 'hostbased', 'keyboard-interactive']),
      fc.boolean(),
      word,
      word,
      word,
    ),
    of(51, word, fc.boolean()),
    of(52),
    of(53, word, word),
    of(60, field, field, field, field),
    of(61, amount, field),
  );

function anyPort(port: number): fc.Arbitrary<Field> {
  return fc.oneof({ weight: 4, arbitrary: fc.constant(port) }, { weight: 1, arbitrary: amount });
}

type Damage =
  | { readonly kind: 'none' }
  | { readonly kind: 'cut'; readonly at: number }
  | { readonly kind: 'length'; readonly field: number; readonly value: number }
  | { readonly kind: 'drop'; readonly field: number }
  | { readonly kind: 'byte'; readonly at: number; readonly value: number }
  | { readonly kind: 'tail'; readonly bytes: Buffer };

const lengths = fc.constantFrom(0, 1, 0xff, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_fff8, 0xffff_ffff);
const damage: fc.Arbitrary<Damage> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ kind: 'none' as const }) },
  fc.record({ kind: fc.constant('cut' as const), at: fc.nat(120) }),
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('length' as const), field: fc.nat(8), value: lengths }),
  },
  fc.record({ kind: fc.constant('drop' as const), field: fc.nat(8) }),
  fc.record({ kind: fc.constant('byte' as const), at: fc.nat(200), value: fc.nat(255) }),
  fc.record({ kind: fc.constant('tail' as const), bytes: blob }),
);

function damaged(message: Message, harm: Damage): Buffer {
  const fields = message.map(fieldBytes);
  if (harm.kind === 'drop') fields.splice(1 + (harm.field % Math.max(1, fields.length - 1)), 1);
  if (harm.kind === 'length') {
    const strings = message.flatMap((value, index) => (typeof value === 'string' ? [index] : []));
    const index = strings[harm.field % Math.max(1, strings.length)];
    if (index !== undefined) fields[index]?.writeUInt32BE(harm.value);
  }
  const bytes = Buffer.concat(fields);
  if (harm.kind === 'cut') return bytes.subarray(0, 1 + (harm.at % bytes.length));
  if (harm.kind === 'byte') bytes[harm.at % bytes.length] = harm.value;
  return harm.kind === 'tail' ? Buffer.concat([bytes, harm.bytes]) : bytes;
}

/** Payloads of a hostile peer that has logged in. @param port of a target that is offered */
export const hostilePayloads = (port: number): fc.Arbitrary<Buffer[]> =>
  fc.array(
    fc.oneof(
      {
        weight: 12,
        arbitrary: fc.tuple(messages(port), damage).map(([message, harm]) => damaged(message, harm)),
      },
      {
        weight: 1,
        arbitrary: fc.uint8Array({ minLength: 1, maxLength: 100 }).map(bytes => Buffer.from(bytes)),
      },
    ),
    { minLength: 1, maxLength: 8 },
  );
