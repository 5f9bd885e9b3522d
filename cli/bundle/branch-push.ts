/** A push to the branch of a device, over the person's own ssh: git's own protocol, of a pack that is there. */
import { once } from 'node:events';
import { isErrorCode, TowlineError } from '../../core/errors.ts';
import { parseAdvertisement } from '../../core/io/git/advertisement.ts';
import { encodePacket, flushPacket, readPacket } from '../../core/io/git/pkt-line.ts';
import { pushRefusal } from '../../core/io/git/report-status.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import { type SshAddress, spawnSession } from '../desk/gateway-session.ts';

const none = '0'.repeat(40);
/** Of a fleet of many thousands of devices. */
const maxAnswerBytes = 16 * 1024 * 1024;

export interface PushedBranch {
  readonly address: SshAddress;
  /** Of `sshCommand`. */
  readonly command: string;
  readonly ref: string;
}

export interface BranchPush {
  readonly head: ObjectId;
  readonly pack: Buffer;
}

/**
 * @param decide told where the branch is; undefined: nothing is to be pushed
 * @returns where it was
 * @throws TowlineError CLI_GATEWAY_REFUSED, CLI_GATEWAY_UNREACHABLE; what the gateway refuses it with
 */
export async function pushBranch(
  { address, command, ref }: PushedBranch,
  decide: (tip: ObjectId | undefined) => Promise<BranchPush | undefined>,
  signal: AbortSignal,
): Promise<ObjectId | undefined> {
  const child = spawnSession({ address, command, run: "git-receive-pack 'telemetry.git'" }, 'pipe', signal);
  const { stdin, stdout, stderr } = child;
  if (stdin === null || stdout === null || stderr === null) throw unreachable(address, 'ssh does not start');
  let complaint = '';
  stderr.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString('utf8')).slice(-1000);
  });
  stdin.on('error', () => undefined);
  child.on('error', () => undefined);
  const closed = once(child, 'close').catch(() => undefined);
  try {
    const answer = new Answer(stdout);
    const advert = await answer.section();
    if (advert === undefined) {
      await closed;
      throw refusal(address, complaint);
    }
    const tip = tipIn(advert, ref);
    const push = await decide(tip);
    if (push === undefined) {
      stdin.end(flushPacket);
      await closed;
      return tip;
    }
    const words = `${tip ?? none} ${push.head} ${ref}\0report-status object-format=sha1 agent=towline`;
    stdin.end(Buffer.concat([encodePacket(words), flushPacket, push.pack]));
    const report = await answer.section();
    await closed;
    if (report === undefined) throw refusal(address, complaint);
    const refused = pushRefusal(report);
    if (refused !== undefined) throw refusal(address, refused);
    return tip;
  } finally {
    child.kill();
  }
}

function tipIn(advert: Buffer, ref: string): ObjectId | undefined {
  // As over HTTP, where the service is named first.
  const service = 'git-receive-pack';
  const named = Buffer.concat([encodePacket(`# service=${service}\n`), flushPacket, advert]);
  return parseAdvertisement(named, service).refs.get(ref);
}

/** pkt-lines up to a flush. */
class Answer {
  readonly #pieces: AsyncIterator<Buffer>;
  #waiting: Buffer = Buffer.alloc(0);

  constructor(stream: NodeJS.ReadableStream) {
    const pieces: AsyncIterable<Buffer | string> = stream;
    this.#pieces = buffers(pieces);
  }

  /** @returns undefined: it ended before */
  async section(): Promise<Buffer | undefined> {
    const malformed = () => new TowlineError('CLI_GATEWAY_REFUSED', 'what answers there does not speak git');
    for (let at = 0; ; ) {
      const found = readPacket(this.#waiting, at, malformed);
      if (found === undefined) {
        const next = await this.#pieces.next();
        if (next.done === true) return undefined;
        this.#waiting = Buffer.concat([this.#waiting, next.value]);
        if (this.#waiting.length > maxAnswerBytes) throw malformed();
        continue;
      }
      at = found.next;
      if (found.packet.kind !== 'flush') continue;
      const section = this.#waiting.subarray(0, at);
      this.#waiting = this.#waiting.subarray(at);
      return section;
    }
  }
}

async function* buffers(pieces: AsyncIterable<Buffer | string>): AsyncGenerator<Buffer> {
  for await (const piece of pieces) yield Buffer.from(piece);
}

/** By the gateway's code where it gives one. */
function refusal(address: SshAddress, said: string): TowlineError {
  const code = /\b[A-Z]+(?:_[A-Z]+)+\b/.exec(said)?.[0];
  const message = `${address.host}: ${said.trim() || 'the connection ended'}`;
  if (isErrorCode(code)) return new TowlineError(code, message);
  const isRefused = /towline: |Permission denied|Host key verification failed/.test(said);
  return isRefused ? new TowlineError('CLI_GATEWAY_REFUSED', message) : unreachable(address, said);
}

function unreachable({ host }: SshAddress, why: string): TowlineError {
  return new TowlineError('CLI_GATEWAY_UNREACHABLE', `${host}: ${why.trim() || 'the connection ended'}`);
}
