/** A device that records, with its keys, an auditor, and a gateway that takes its recordings over the device port. */
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateKey } from 'openpgp';
import type { Recorder } from '../../agent/access/recording/recorder.ts';
import { type RecordingLimits, Recordings } from '../../agent/access/recording/recordings.ts';
import type { SessionStart } from '../../agent/access/sessions/live-session.ts';
import { isTowlineError } from '../../core/errors.ts';
import { sshKeyOf, sshPublicKey } from '../../core/io/device-keys.ts';
import type { Dialler, DialRequest } from '../../core/io/https/dialler.ts';
import { createSystemClock } from '../../core/io/system-clock.ts';
import { DeviceSeals } from '../../core/recording/device-seals.ts';
import type { RecordingStore } from '../../gateway/recordings/recording-store.ts';
import type { TestDevice } from '../gateway/rig/gateway.ts';
import { TestClient } from '../gateway/rig/request.ts';

export const quietLog = { debug() {}, info() {}, warn() {}, error() {} };

/** Armored: curve25519, made in a blink. */
export async function makeAuditor(name = 'auditor'): Promise<{ publicKey: string; privateKey: string }> {
  return await generateKey({
    type: 'ecc',
    curve: 'curve25519Legacy',
    userIDs: [{ name }],
    date: new Date('2020-01-01'),
    format: 'armored',
  });
}

/** The device's way to a gateway that listens on this port. */
export function dialling(
  port: () => number | undefined,
  device: TestDevice,
): Pick<Dialler, 'request'> & Disposable {
  const clients = new Map<number, TestClient>();
  return {
    request: async ({ method, path, headers = {}, body }: DialRequest) => {
      const now = port();
      if (now === undefined) throw new Error('the gateway is away');
      const client = clients.get(now) ?? new TestClient(now, device);
      clients.set(now, client);
      if (body !== undefined && !(body instanceof Uint8Array)) throw new Error('a stream');
      const answer = await client.ask(path, { method, headers, ...(body === undefined ? {} : { body }) });
      return { status: answer.status, headers: {}, body: bodyOf(answer.body) };
    },
    [Symbol.dispose]: () => {
      for (const client of clients.values()) client[Symbol.dispose]();
    },
  };
}

/** Without a port: what a device sends is put into the store of a gateway. */
export function storing(store: RecordingStore, device: string): Pick<Dialler, 'request'> {
  return {
    request: async ({ path, body, method }: DialRequest) => {
      const bytes = body instanceof Uint8Array ? Buffer.from(body) : Buffer.alloc(0);
      const [, recording = '', at = '0'] = /^\/v1\/recordings\/([^?]+)(?:\?at=(\d+))?$/.exec(path) ?? [];
      const lines = bytes.toString('utf8').split('\n').slice(0, -1);
      const told = async () => {
        if (recording !== 'ledger')
          return { bytes: await store.append(device, recording, { from: Number(at), bytes }) };
        return method === 'GET' ? await store.ledgerHead(device) : await store.addEntries(device, lines);
      };
      const answer = await told().catch((error: unknown) => {
        if (isTowlineError(error, 'GATEWAY_RECORDING_CONFLICT')) return undefined;
        throw error;
      });
      const status = answer === undefined ? 409 : 200;
      return { status, headers: {}, body: bodyOf(Buffer.from(JSON.stringify(answer ?? {}))) };
    },
  };
}

async function* bodyOf(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** Waits until something is so. @param found what is there instead, for who reads why it never came */
export async function comes(isSo: () => Promise<boolean>, found: () => string = () => ''): Promise<void> {
  const lateMs = performance.now() + 30_000;
  while (!(await isSo())) {
    if (performance.now() > lateMs) throw new Error(`not within 30 s: ${isSo} ${found()}`);
    await new Promise(resolve => setTimeout(resolve, 5));
  }
}

let sessions = 0;

export function sessionStart(change: Partial<SessionStart> = {}): SessionStart {
  sessions += 1;
  return {
    id: `s${String(sessions).padStart(7, '0')}`,
    operator: 'alice',
    by: 'key',
    app: 'web',
    service: 'api',
    terminal: { columns: 80, rows: 24, term: 'xterm' },
    startedMs: Date.now(),
    commit: '0'.repeat(40),
    ...change,
  };
}

export class RecordedDevice implements AsyncDisposable {
  readonly device: TestDevice;
  stateDirectory: string;
  readonly auditor: { readonly publicKey: string; readonly privateKey: string };
  /** Undefined: the gateway is away. */
  port: number | undefined;
  fleet = 'test';
  /** Absent: over the device port. */
  dialler: Pick<Dialler, 'request'> | undefined;
  readonly #cleanUp = new AsyncDisposableStack();
  #recordings: Recordings | undefined;
  #life = new AbortController();

  static async make(
    device: TestDevice,
    port: number | undefined,
    limits?: RecordingLimits,
    more: {
      readonly fleet?: string;
      readonly dialler?: Pick<Dialler, 'request'>;
      readonly auditor?: string;
    } = {},
  ): Promise<RecordedDevice> {
    const { fleet = 'test', dialler, auditor: publicKey } = more;
    const auditor = publicKey === undefined ? await makeAuditor() : { publicKey, privateKey: '' };
    const made = new RecordedDevice(device, await mkdtemp(join(tmpdir(), 'tl-rec-')), auditor);
    made.port = port;
    made.fleet = fleet;
    made.dialler = dialler;
    await made.open(limits);
    return made;
  }

  private constructor(
    device: TestDevice,
    stateDirectory: string,
    auditor: { readonly publicKey: string; readonly privateKey: string },
  ) {
    this.device = device;
    this.stateDirectory = stateDirectory;
    this.auditor = auditor;
  }

  get folder(): string {
    return join(this.stateDirectory, 'recordings');
  }

  get seals(): DeviceSeals {
    return new DeviceSeals(this.device.id, { keys: [sshPublicKey(this.device.keys)], placeAt: () => 0 });
  }

  /** As the agent does when it begins. */
  async open(limits?: RecordingLimits): Promise<void> {
    const life = this.#life.signal;
    const way = this.dialler ?? this.#cleanUp.use(dialling(() => this.port, this.device));
    const dialler: Pick<Dialler, 'request'> = {
      request: async (request, signal) => {
        life.throwIfAborted();
        return await way.request(request, signal);
      },
    };
    this.#recordings = await Recordings.open({
      folder: this.folder,
      fleet: this.fleet,
      device: this.device.id,
      signer: sshKeyOf(this.device.keys),
      dialler,
      clock: createSystemClock(),
      log: quietLog,
      onLedger: () => {},
      paceMs: 5,
      ...(limits === undefined ? {} : { limits }),
    });
  }

  /** What was on the disk when it was killed is what another run of it finds; `before` changes that. */
  async killed(before: () => void = () => {}): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), 'tl-rec-'));
    const old = this.recordings;
    // What was killed sends nothing more.
    this.#life.abort(new Error('killed'));
    this.#life = new AbortController();
    await cp(this.folder, join(folder, 'recordings'), { recursive: true });
    const left = this.stateDirectory;
    this.#cleanUp.defer(async () => {
      await old[Symbol.asyncDispose]();
      await rm(left, { recursive: true, force: true });
    });
    this.stateDirectory = folder;
    before();
    await this.open();
  }

  async begin(change: Partial<SessionStart> = {}, required = true): Promise<Recorder> {
    return await this.recordings.begin({
      start: sessionStart(change),
      required,
      auditors: [this.auditor.publicKey],
      onFailure: () => {},
    });
  }

  get recordings(): Recordings {
    if (this.#recordings === undefined) throw new Error('not open');
    return this.#recordings;
  }

  /** Names in its folder. */
  async files(): Promise<string[]> {
    return (await readdir(this.folder)).filter(name => name.endsWith('.recording'));
  }

  async text(name: string): Promise<string> {
    return await readFile(join(this.folder, name), 'utf8');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.recordings[Symbol.asyncDispose]();
    await this.#cleanUp.disposeAsync();
    await rm(this.stateDirectory, { recursive: true, force: true });
  }
}
