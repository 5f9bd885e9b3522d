/**
 * Takes the statements of devices that want to come in, keeps them, and shows them to people as a ref of
 * telemetry.git. It decides nothing: a statement only counts once a person has accepted it by a signed commit.
 */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import {
  type ExpectedEnrolment,
  formatSignedStatement,
  maxStatementLength,
  parseSignedStatement,
  type SignedStatement,
  verifyStatement,
} from '../../core/enrolment/statement.ts';
import { TowlineError } from '../../core/errors.ts';
import type { Clock } from '../../core/io/clock.ts';
import { readBounded, removeDurably, writeDurably } from '../../core/io/durable-file.ts';
import type { FleetView } from '../fleet-view.ts';
import type { FleetViewHolder } from '../fleet-view-holder.ts';

/** Two statements for one token are one too many: both are kept, for the person who must decide. */
const maxStatements = 2;

export interface EnrolmentDeskOptions {
  readonly fleet: string;
  /** Where statements are kept. */
  readonly folder: string;
  readonly view: FleetViewHolder;
  readonly clock: Clock;
  /** Shows the statements of a device to people; an empty list takes them away. */
  readonly publish: (device: string, statements: readonly SignedStatement[]) => Promise<void>;
}

export type EnrolmentState = 'waiting' | 'accepted';

export class EnrolmentDesk {
  readonly #options: EnrolmentDeskOptions;
  readonly #waiting = new Map<string, readonly SignedStatement[]>();
  /** One after the other: two statements for one token must see each other. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: EnrolmentDeskOptions) {
    this.#options = options;
  }

  /** Reads what was kept, and drops what no file waits for any more. */
  async load(): Promise<void> {
    const files = await readdir(this.#options.folder).catch(() => []);
    for (const file of files.filter(name => name.endsWith('.json'))) {
      const bytes = await readBounded(
        path.join(this.#options.folder, file),
        maxStatementLength * maxStatements + 16,
      );
      const device = file.slice(0, -'.json'.length);
      if (bytes !== undefined)
        this.#waiting.set(device, bytes.toString('utf8').trimEnd().split('\n').map(parseSignedStatement));
    }
    await this.sweep(this.#options.view.current);
  }

  /**
   * @param text as the device sent it.
   * @param tlsKey the key that this connection proved, SubjectPublicKeyInfo in base64.
   * @throws ENROLMENT_STATEMENT_MALFORMED, ENROLMENT_NOT_EXPECTED, ENROLMENT_TOKEN_EXPIRED, ENROLMENT_SIGNATURE,
   *   ENROLMENT_TWICE
   */
  async submit(text: string, tlsKey: string | undefined): Promise<EnrolmentState> {
    const signed = parseSignedStatement(text);
    const { device, keys } = signed.statement;
    if (keys.tls !== tlsKey) {
      throw new TowlineError(
        'ENROLMENT_STATEMENT_MALFORMED',
        'the connection shows another TLS key than the statement',
      );
    }
    const view = this.#options.view.current;
    const present = view.device(device)?.file;
    if (present?.revoked !== true && present?.keys?.tls === keys.tls && present.keys.ssh === keys.ssh)
      return 'accepted';
    verifyStatement(signed, this.#expected(view, device), this.#options.clock.now());
    const turn = this.#last.then(() => this.#keep(device, signed));
    this.#last = turn.catch(() => undefined);
    await turn;
    return 'waiting';
  }

  /** The device whose statement this TLS key stands in, while its file waits for it. */
  waitingDevice(tlsKey: string): string | undefined {
    for (const [device, statements] of this.#waiting) {
      if (statements.length === 1 && statements[0]?.statement.keys.tls === tlsKey) return device;
    }
    return undefined;
  }

  /** After a new view: statements whose device waits no more are removed. */
  async sweep(view: FleetView): Promise<void> {
    for (const [device, statements] of [...this.#waiting]) {
      const key = view.device(device)?.file.enrolment?.key;
      if (key !== undefined && statements.every(({ statement }) => isKey(key, statement.oneTimeKey)))
        continue;
      this.#waiting.delete(device);
      await removeDurably(this.#fileOf(device));
      await this.#options.publish(device, []);
    }
  }

  #expected(view: FleetView, device: string): ExpectedEnrolment {
    const file = view.device(device)?.file;
    if (file?.enrolment === undefined || file.revoked === true) {
      throw new TowlineError('ENROLMENT_NOT_EXPECTED', `${device} waits for no enrolment`);
    }
    const { key, expires } = file.enrolment;
    return { fleet: this.#options.fleet, device, key, expiresMs: Date.parse(expires) };
  }

  async #keep(device: string, signed: SignedStatement): Promise<void> {
    const text = formatSignedStatement(signed);
    // Those of an older token are gone with it.
    const kept = (this.#waiting.get(device) ?? []).filter(
      other => other.statement.oneTimeKey === signed.statement.oneTimeKey,
    );
    const known = kept.some(other => formatSignedStatement(other) === text);
    if (!known && kept.length < maxStatements) {
      const all = [...kept, signed];
      await writeDurably(this.#fileOf(device), `${all.map(formatSignedStatement).join('\n')}\n`);
      this.#waiting.set(device, all);
      await this.#options.publish(device, all);
    }
    if ((this.#waiting.get(device) ?? []).length > 1) {
      throw new TowlineError('ENROLMENT_TWICE', `two different statements came for the token of ${device}`);
    }
  }

  #fileOf(device: string): string {
    return path.join(this.#options.folder, `${device}.json`);
  }
}

function isKey(line: string, key: string): boolean {
  return line.split(/\s+/).slice(0, 2).join(' ') === key;
}
