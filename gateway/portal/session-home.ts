/** Sessions of the gateway's page: which there were, and a terminal where devices allow it. What was shown, no gateway can read. */
import { stat } from 'node:fs/promises';
import { isTowlineError, TowlineError } from '../../core/errors.ts';
import { type LedgerEntry, readEntryLine } from '../../core/recording/ledger-entry.ts';
import { type RecordedRow, recordedRow } from '../../core/recording/recorded-row.ts';
import { sessionOf } from '../../core/recording/recording-id.ts';
import type {
  LedgerDoubt,
  RecordedSessions,
  SessionHome,
  SessionPlace,
} from '../../portal/sessions/session-home.ts';
import type { SessionViewer, TerminalHome } from '../../portal/terminal/terminal-home.ts';
import type { DeviceLogin } from '../access/device-login.ts';
import { firstLine } from '../recordings/first-line.ts';
import type { RecordingStore } from '../recordings/recording-store.ts';
import type { SessionServices } from './session-person.ts';
import { SessionTerminals } from './session-terminals.ts';

export interface GatewaySessionHomeOptions extends SessionServices {
  /** Undefined: this gateway ends no sessions. */
  readonly login: Pick<DeviceLogin, 'enter'> | undefined;
  readonly recordings: Pick<RecordingStore, 'devices' | 'ledger' | 'names' | 'find'>;
}

const mostRows = 200;

interface Named {
  readonly device: string;
  readonly recording: string;
}

export class GatewaySessionHome implements SessionHome {
  readonly terminals: TerminalHome | undefined;
  readonly noReplay = 'it is encrypted to auditors: the gateway cannot open it';
  readonly #options: GatewaySessionHomeOptions;

  constructor(options: GatewaySessionHomeOptions) {
    const { login } = options;
    this.#options = options;
    this.terminals = login === undefined ? undefined : new SessionTerminals({ ...options, login });
  }

  noWatch(): string {
    return 'whoever looks on shows their own key to the device: from their desk';
  }

  async list(
    viewer: SessionViewer,
    device: string | undefined,
    signal: AbortSignal,
  ): Promise<RecordedSessions> {
    const { recordings } = this.#options;
    const devices = (device === undefined ? await recordings.devices() : [device]).filter(one =>
      viewer.reads(one),
    );
    const all: Named[] = [];
    for (const one of devices) {
      signal.throwIfAborted();
      all.push(...(await recordings.names(one)).map(recording => ({ device: one, recording })));
    }
    // Their names begin with their time.
    all.sort((one, other) => (one.recording < other.recording ? 1 : -1));
    const rows: RecordedRow[] = [];
    const doubts: LedgerDoubt[] = [];
    for (const [one, some] of Map.groupBy(all.slice(0, mostRows), named => named.device)) {
      signal.throwIfAborted();
      try {
        rows.push(...(await this.#rowsOf(one, some)));
      } catch (error) {
        if (!isTowlineError(error)) throw error;
        doubts.push({ device: one, code: error.code, message: error.message });
      }
    }
    rows.sort((one, other) => (one.recording < other.recording ? 1 : -1));
    return { rows, doubts, isCut: all.length > mostRows };
  }

  async recording(_viewer: SessionViewer, { device, recording }: SessionPlace): Promise<never> {
    const command = `towline session play ${recording} --device ${device}`;
    throw new TowlineError('PORTAL_SESSION_ELSEWHERE', `${this.noReplay}: ${command}`);
  }

  async watch(_viewer: SessionViewer, { device, recording }: SessionPlace): Promise<never> {
    const command = `ssh watch+${sessionOf(recording) ?? recording}@${device}`;
    throw new TowlineError('PORTAL_SESSION_ELSEWHERE', `${this.noWatch()}: ${command}`);
  }

  async #rowsOf(device: string, some: readonly Named[]): Promise<RecordedRow[]> {
    const ledger = await this.#ledger(device);
    const rows = some.map(async named =>
      recordedRow({ ...named, ...ledger.get(named.recording), kept: await this.#kept(named) }),
    );
    return await Promise.all(rows);
  }

  /** As it is kept: whether the device has signed it, `towline session verify` says. */
  async #ledger(device: string): Promise<ReadonlyMap<string, Entries>> {
    const found = new Map<string, Entries>();
    for (const line of await this.#options.recordings.ledger(device)) {
      const { entry } = readEntryLine(line);
      found.set(entry.recording, { ...found.get(entry.recording), [entry.what]: entry });
    }
    return found;
  }

  async #kept({ device, recording }: Named): Promise<{ bytes: number; head: string } | undefined> {
    const file = await this.#options.recordings.find(device, recording);
    if (file === undefined) return undefined;
    const { size: bytes } = await stat(file);
    return { bytes, head: (await firstLine(file)) ?? '' };
  }
}

interface Entries {
  readonly begin?: LedgerEntry;
  readonly end?: LedgerEntry;
}
