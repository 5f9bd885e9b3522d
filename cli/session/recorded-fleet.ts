/** Recordings of a fleet: what the gateway has of them, asked over the person's own ssh, and what their devices have signed. */
import { FleetProblems, TowlineError } from '../../core/errors.ts';
import type { Fleet } from '../../core/fleet/fleet.ts';
import { loadFleet } from '../../core/fleet/load.ts';
import { fieldsOf, readFields } from '../../core/json.ts';
import { type DeviceKeys, DeviceSeals } from '../../core/recording/device-seals.ts';
import { isRecordingId } from '../../core/recording/recording-id.ts';
import { noSuchDevice } from '../../core/unknown-name.ts';
import { deviceKeys } from '../desk/device-keys.ts';
import { gatewaySession, type SshAddress, sshCommand } from '../desk/gateway-session.ts';
import { remoteOf } from '../desk/push-command.ts';
import { openRepository, openSnapshot } from '../desk/repository.ts';
import { assertGateway, gatewayAddress } from '../tunnel/word/gateway-word.ts';

export interface FleetOptions {
  readonly repo: string;
  readonly gateway?: string;
  readonly telemetry?: string;
}

/** What the gateway says that it has of one device. */
export interface KeptOfDevice {
  readonly ledger: readonly string[];
  /** Recording → its bytes and its first line. */
  readonly recordings: ReadonlyMap<string, { readonly bytes: number; readonly head: string }>;
}

export class RecordedFleet {
  readonly name: string;
  readonly #fleet: Fleet;
  readonly #commit: string;
  readonly #repo: string;
  readonly #address: SshAddress;
  readonly #command: string;
  readonly #keys = new Map<string, Promise<DeviceKeys>>();

  /** @throws TowlineError CLI_USAGE, CLI_NOT_A_REPOSITORY; FleetProblems */
  static async open(options: FleetOptions): Promise<RecordedFleet> {
    const { gitDirectory } = await openRepository(options.repo);
    const address = assertGateway(await gatewayAddress(options, await remoteOf(gitDirectory)));
    await using snapshot = await openSnapshot({ repo: options.repo });
    const { fleet, problems } = await loadFleet(snapshot.files, snapshot.commit);
    if (fleet === undefined) throw new FleetProblems(problems);
    const command = await sshCommand(options.repo);
    return new RecordedFleet(options.repo, { fleet, commit: snapshot.commit, address, command });
  }

  private constructor(
    repo: string,
    parts: {
      readonly fleet: Fleet;
      readonly commit: string;
      readonly address: SshAddress;
      readonly command: string;
    },
  ) {
    this.#repo = repo;
    this.#fleet = parts.fleet;
    this.#commit = parts.commit;
    this.#address = parts.address;
    this.#command = parts.command;
    this.name = parts.fleet.file.value.name;
  }

  has(device: string): boolean {
    return this.#fleet.devices.has(device);
  }

  /** @throws TowlineError CLI_NO_SUCH_DEVICE */
  known(device: string): string {
    if (this.#fleet.devices.has(device)) return device;
    throw noSuchDevice(device, this.#fleet.devices.keys(), 'in this fleet');
  }

  /** Keys that its file has had, up to the one that it has now. @throws TowlineError CLI_GIT */
  keys(device: string): Promise<DeviceKeys> {
    const known = this.#keys.get(device);
    if (known !== undefined) return known;
    const keys = deviceKeys({ repo: this.#repo, commit: this.#commit, device });
    this.#keys.set(device, keys);
    return keys;
  }

  async seals(device: string): Promise<DeviceSeals> {
    return new DeviceSeals(device, await this.keys(device));
  }

  /** Devices of which the gateway has recordings that this person reads. @throws TowlineError CLI_GATEWAY_… */
  async devices(signal: AbortSignal): Promise<ReadonlyMap<string, readonly string[]>> {
    const found = new Map<string, readonly string[]>();
    await this.#ask(
      '',
      line => {
        const { device, recordings } = fieldsOf(readFields(line));
        if (typeof device !== 'string' || !Array.isArray(recordings)) return;
        found.set(device, recordings.filter(id => typeof id === 'string').filter(isRecordingId));
      },
      signal,
    );
    return found;
  }

  /** @throws TowlineError CLI_GATEWAY_… */
  async kept(device: string, signal: AbortSignal): Promise<KeptOfDevice> {
    const ledger: string[] = [];
    const recordings = new Map<string, { bytes: number; head: string }>();
    await this.#ask(
      ` ${this.known(device)}`,
      line => {
        const { recording, bytes, head, entry } = readFields(line);
        if (entry !== undefined) ledger.push(line);
        else if (typeof recording === 'string' && typeof bytes === 'number' && typeof head === 'string')
          recordings.set(recording, { bytes, head });
      },
      signal,
    );
    return { ledger, recordings };
  }

  /** Line by line. @throws TowlineError CLI_GATEWAY_…; what `onLine` throws */
  async fetch(
    { device, recording }: { readonly device: string; readonly recording: string },
    onLine: (line: string) => void,
    signal: AbortSignal,
  ): Promise<void> {
    await this.#run(` ${this.known(device)} ${recording}`, onLine, signal);
  }

  /** Lines of JSON, the last of which says that they are all. */
  async #ask(what: string, onLine: (line: string) => void, signal: AbortSignal): Promise<void> {
    let whole = false;
    await this.#run(
      what,
      line => {
        if (line === '{"whole":true}') whole = true;
        else this.#read(line, onLine);
      },
      signal,
    );
    if (!whole) throw this.#unreachable('its answer was cut off');
  }

  #read(line: string, onLine: (line: string) => void): void {
    try {
      onLine(line);
    } catch (error) {
      if (error instanceof SyntaxError) throw this.#unreachable('its answer cannot be read');
      throw error;
    }
  }

  async #run(what: string, onLine: (line: string) => void, signal: AbortSignal): Promise<void> {
    let failure: { readonly error: unknown } | undefined;
    const stop = new AbortController();
    const guarded = (line: string): void => {
      if (failure !== undefined) return;
      try {
        onLine(line);
      } catch (error) {
        failure = { error };
        stop.abort();
      }
    };
    const session = { address: this.#address, command: this.#command, run: `towline-recordings${what}` };
    const either = AbortSignal.any([signal, stop.signal]);
    const { code, complaint } = await gatewaySession({ ...session, onLine: guarded }, either);
    if (failure !== undefined) throw failure.error;
    signal.throwIfAborted();
    if (code === 0) return;
    if (complaint.includes('SESSION_RECORDING_UNKNOWN'))
      throw new TowlineError('SESSION_RECORDING_UNKNOWN', complaint.slice(-300));
    if (/towline: |Permission denied|Host key verification failed/.test(complaint))
      throw new TowlineError('CLI_GATEWAY_REFUSED', `${this.#address.host}: ${complaint}`);
    throw this.#unreachable(complaint || 'the connection ended');
  }

  #unreachable(why: string): TowlineError {
    return new TowlineError('CLI_GATEWAY_UNREACHABLE', `${this.#address.host}: ${why}`);
  }
}
