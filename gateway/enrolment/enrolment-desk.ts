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
import { sameKey, statementSigners } from '../../core/enrolment/statement-signers.ts';
import { TowlineError } from '../../core/errors.ts';
import type { Clock } from '../../core/io/clock.ts';
import { readBounded, removeDurably, writeDurably } from '../../core/io/file/durable-file.ts';
import type { FleetView } from '../fleet/fleet-view.ts';
import type { FleetViewHolder } from '../fleet/fleet-view-holder.ts';

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
  /** A file that cannot be read is left out: its device states its keys again. */
  readonly onDamage?: (file: string, error: unknown) => void;
}

export interface EnrolmentAnswer {
  readonly state: 'waiting' | 'accepted';
  readonly device: string;
  /** Not there before: a person may want to read of it in the audit log. */
  readonly isNew: boolean;
}

export class EnrolmentDesk {
  readonly #options: EnrolmentDeskOptions;
  readonly #waiting = new Map<string, readonly SignedStatement[]>();
  /** One after the other: two statements for one token must see each other. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: EnrolmentDeskOptions) {
    this.#options = options;
  }

  /** Reads what was kept and shows it again. What no file waits for any more goes with the next `sweep`. */
  async load(): Promise<void> {
    const { folder, publish, onDamage } = this.#options;
    const files = await readdir(folder).catch(() => []);
    for (const file of files.filter(name => name.endsWith('.json'))) {
      const device = file.slice(0, -'.json'.length);
      try {
        const bytes = await readBounded(path.join(folder, file), maxStatementLength * maxStatements + 16);
        const lines = bytes?.toString('utf8').trimEnd().split('\n') ?? [];
        const statements = lines.map(parseSignedStatement);
        this.#waiting.set(device, statements);
        // The process may have ended between the file and the ref.
        await publish(device, statements);
      } catch (error) {
        onDamage?.(file, error);
      }
    }
  }

  /**
   * @param text as the device sent it.
   * @param tlsKey the key that this connection proved, SubjectPublicKeyInfo in base64.
   * @throws ENROLMENT_STATEMENT_MALFORMED, ENROLMENT_NOT_EXPECTED, ENROLMENT_TOKEN_EXPIRED, ENROLMENT_SIGNATURE,
   *   ENROLMENT_TWICE
   */
  async submit(text: string, tlsKey: string | undefined): Promise<EnrolmentAnswer> {
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
    const isAccepted = present?.keys?.tls === keys.tls && sameKey(present.keys.ssh, keys.ssh);
    if (present?.revoked !== true && isAccepted) return { state: 'accepted', device, isNew: false };
    verifyStatement(signed, this.#expected(view, device, signed), this.#options.clock.now());
    const isNew = await this.#inTurn(() => this.#keep(device, signed));
    return { state: 'waiting', device, isNew };
  }

  /** Devices whose statement a person is to accept. */
  get waiting(): Iterable<string> {
    return this.#waiting.keys();
  }

  /** Device → what waits for a person. */
  get statements(): ReadonlyMap<string, readonly SignedStatement[]> {
    return this.#waiting;
  }

  /** The device whose statement this TLS key stands in, while its file waits for it. */
  waitingDevice(tlsKey: string): string | undefined {
    const view = this.#options.view.current;
    const found = [...this.#waiting].filter(([, statements]) =>
      statements.some(({ statement }) => statement.keys.tls === tlsKey),
    );
    const [first] = found;
    if (first === undefined || found.length > 1) return undefined;
    const [device, statements] = first;
    return statements.length === 1 && this.#isWaitedFor(view, device, statements) ? device : undefined;
  }

  /** After a new view: statements whose device waits no more are removed. */
  sweep(view: FleetView): Promise<void> {
    return this.#inTurn(async () => {
      for (const [device, statements] of [...this.#waiting]) {
        if (this.#isWaitedFor(view, device, statements)) continue;
        this.#waiting.delete(device);
        await removeDurably(this.#fileOf(device));
        await this.#options.publish(device, []);
      }
    });
  }

  #inTurn<Result>(task: () => Promise<Result>): Promise<Result> {
    const turn = this.#last.then(task);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  #isWaitedFor(view: FleetView, device: string, statements: readonly SignedStatement[]): boolean {
    const file = view.device(device)?.file;
    if (file === undefined || file.revoked === true) return false;
    const signers = statementSigners(file);
    return statements.every(({ statement }) =>
      signers.some(signer => sameKey(signer.key, statement.oneTimeKey)),
    );
  }

  #expected(view: FleetView, device: string, { statement }: SignedStatement): ExpectedEnrolment {
    const file = view.device(device)?.file;
    const signers = file === undefined || file.revoked === true ? [] : statementSigners(file);
    // Where none fits, the newest token's key says what is wrong.
    const signer = signers.find(({ key }) => sameKey(key, statement.oneTimeKey)) ?? signers[0];
    if (signer === undefined) {
      throw new TowlineError('ENROLMENT_NOT_EXPECTED', `${device} waits for no enrolment`);
    }
    return { fleet: this.#options.fleet, device, ...signer };
  }

  /** @returns whether it was not there before. */
  async #keep(device: string, signed: SignedStatement): Promise<boolean> {
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
    return !known;
  }

  #fileOf(device: string): string {
    return path.join(this.#options.folder, `${device}.json`);
  }
}
