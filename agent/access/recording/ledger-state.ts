/** The ledger's own file: how far it goes, what goes on, what the gateway has not got yet. */
import { CheckedFile } from '../../../core/io/file/checked-file.ts';
import { fieldsOf } from '../../../core/json.ts';
import type { LedgerHead } from '../../../core/recording/ledger-entry.ts';

export interface LedgerState extends LedgerHead {
  /** Recordings that have begun and not ended. */
  readonly open: readonly string[];
  /** Lines that the gateway has not acknowledged. */
  readonly unsent: readonly string[];
}

export function ledgerFile(file: string): CheckedFile<LedgerState> {
  return new CheckedFile(file, parseLedgerState);
}

function parseLedgerState(json: unknown): LedgerState | undefined {
  const { count, head, open, unsent } = fieldsOf(json);
  if (typeof count !== 'number' || typeof head !== 'string') return undefined;
  return areTexts(open) && areTexts(unsent) ? { count, head, open, unsent } : undefined;
}

function areTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(one => typeof one === 'string');
}
