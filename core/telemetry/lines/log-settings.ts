/** How the log of a service is read: what key `logs` of app.yaml says of it, with its defaults. */
import type { PatternName } from '../../redaction/pattern.ts';

/** Kinds of lines that belong together. No pattern of an author: it would run on every line of every device. */
export const multilineKinds = ['java', 'python', 'go', 'indent'] as const;
export type MultilineKind = (typeof multilineKinds)[number];

export interface LogSettings {
  /** Whether its lines leave the device at all. */
  readonly collect: boolean;
  readonly multiline?: MultilineKind;
  readonly format: 'text' | 'json';
  readonly redact: { readonly patterns: readonly PatternName[]; readonly literals: readonly string[] };
  /** Records of one container; what is beyond becomes a gap that counts it. */
  readonly maxLinesPerSecond: number;
  /** Of one record, joined ones too; a source need not keep more of a line. */
  readonly maxLineBytes: number;
  /** Text of one container in a day of UTC. Absent: the device's budget alone. */
  readonly maxBytesPerDay?: number;
}

export const defaultLogSettings: LogSettings = {
  collect: true,
  format: 'text',
  redact: { patterns: [], literals: [] },
  maxLinesPerSecond: 10_000,
  maxLineBytes: 32 * 1024,
};

/** Of one app. */
export interface LogPlan {
  /** Of services that are not named. */
  readonly others: LogSettings;
  readonly services: ReadonlyMap<string, LogSettings>;
}

/** @param plan of the service's project; absent: its app says nothing of logs */
export function logSettingsOf(plan: LogPlan | undefined, service: string): LogSettings {
  return plan?.services.get(service) ?? plan?.others ?? defaultLogSettings;
}
