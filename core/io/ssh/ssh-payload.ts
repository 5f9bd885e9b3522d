/**
 * The form of SSH messages. ssh2 reads a string that is longer than its packet as undefined, goes on behind its length,
 * and hands over the rest as if all were there; fields that are missing at the end are undefined as well. What does not
 * have the form of its message gets no further than here. Sources: RFC 4252 to 4254.
 */

type Field = 'string' | 'uint32' | 'boolean';
type Shape = readonly Field[];

const channel: Shape = ['uint32'];
const address: Shape = ['string', 'uint32'];

/** Message number → its fields, as far as they are the same for all of its kinds. */
const shapes: Readonly<Record<number, Shape>> = {
  1: ['uint32', 'string', 'string'],
  2: ['string'],
  3: ['uint32'],
  4: ['boolean', 'string', 'string'],
  5: ['string'],
  6: ['string'],
  7: ['uint32'],
  50: ['string', 'string', 'string'],
  51: ['string', 'boolean'],
  52: [],
  53: ['string', 'string'],
  80: ['string', 'boolean'],
  81: [],
  82: [],
  90: ['string', 'uint32', 'uint32', 'uint32'],
  91: ['uint32', 'uint32', 'uint32', 'uint32'],
  92: ['uint32', 'uint32', 'string', 'string'],
  93: ['uint32', 'uint32'],
  94: ['uint32', 'string'],
  95: ['uint32', 'uint32', 'string'],
  96: channel,
  97: channel,
  98: ['uint32', 'string', 'boolean'],
  99: channel,
  100: channel,
};

/** What follows for the kinds that are served, or that ssh2 takes apart. A kind that is not here has no fields of use. */
const kinds: Readonly<Record<number, ReadonlyMap<string, Shape>>> = {
  50: new Map<string, Shape>([['publickey', ['boolean', 'string', 'string']]]),
  80: new Map([
    ['tcpip-forward', address],
    ['cancel-tcpip-forward', address],
  ]),
  90: new Map<string, Shape>([
    ['direct-tcpip', [...address, ...address]],
    ['forwarded-tcpip', [...address, ...address]],
    ['direct-streamlocal@openssh.com', ['string']],
    ['forwarded-streamlocal@openssh.com', ['string']],
    ['x11', address],
  ]),
  98: new Map<string, Shape>([
    ['env', ['string', 'string']],
    ['exec', ['string']],
    ['subsystem', ['string']],
    ['signal', ['string']],
    ['pty-req', ['string', 'uint32', 'uint32', 'uint32', 'uint32', 'string']],
    ['window-change', ['uint32', 'uint32', 'uint32', 'uint32']],
    ['exit-status', ['uint32']],
  ]),
};

/** Nothing but data may be long: names and commands are read into memory and into log lines. */
const longestTextBytes = 32 * 1024;

/** @returns what is wrong with a payload (message number and fields), or undefined; messages that nobody serves are well-formed */
export function malformedPayload(payload: Uint8Array): string | undefined {
  const message = payload[0] ?? 0;
  const shape = shapes[message];
  if (shape === undefined) return undefined;
  const reader = new FieldReader(
    payload,
    message === 94 || message === 95 ? payload.length : longestTextBytes,
  );
  const names = shape.map(field => reader.take(field));
  const kind = kinds[message]?.get(names.findLast(name => name !== undefined) ?? '');
  for (const field of kind ?? []) reader.take(field);
  return reader.isWhole ? undefined : `message ${message} is not whole`;
}

class FieldReader {
  readonly #bytes: Buffer;
  readonly #longest: number;
  #at = 1;
  #whole = true;

  constructor(payload: Uint8Array, longest: number) {
    this.#bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.length);
    this.#longest = longest;
  }

  get isWhole(): boolean {
    return this.#whole;
  }

  /** @returns the text of a string that could be a name */
  take(field: Field): string | undefined {
    if (field === 'boolean') return this.#skip(1);
    const start = this.#at;
    this.#skip(4);
    if (field === 'uint32' || !this.#whole) return undefined;
    const length = this.#bytes.readUInt32BE(start);
    if (length > this.#longest) this.#whole = false;
    this.#skip(length);
    return this.#whole && length < 64 ? this.#bytes.toString('latin1', start + 4, this.#at) : undefined;
  }

  #skip(bytes: number): undefined {
    this.#at += bytes;
    if (this.#at > this.#bytes.length) this.#whole = false;
  }
}
