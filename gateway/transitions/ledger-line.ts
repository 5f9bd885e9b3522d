/** A line of the ledger, as it is read back: what a disk or a hand has made of it is no line. */
import { isFields } from '../../core/json.ts';
import type { NumberedTransition } from './transition.ts';
import { isNumberedTransition } from './transition-form.ts';

export type LedgerLine =
  | { readonly last: number }
  | { readonly fact: string; readonly value: string | null }
  /** `old`: everybody has it; it stands there as what is open. */
  | { readonly transition: NumberedTransition; readonly old?: boolean };

export function readLedgerLine(entry: unknown): LedgerLine | undefined {
  if (!isFields(entry)) return undefined;
  const { last, fact, value, transition, old } = entry;
  if (typeof last === 'number') return { last };
  if (typeof fact === 'string')
    return typeof value === 'string' || value === null ? { fact, value } : undefined;
  if (!isNumberedTransition(transition)) return undefined;
  return { transition, ...(old === true ? { old } : {}) };
}
