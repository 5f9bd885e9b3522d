/** What happens next: Towline retries by itself, another commit mends it, a person must act, or the program ends. */
export type NextAction = 'retry' | 'wait-commit' | 'person' | 'fatal';

/** One entry of the error registry. */
export interface ErrorDefinition {
  /** Why it happens, one or two sentences. */
  readonly cause: string;
  /** What a person does about it. */
  readonly remedy: string;
  readonly next: NextAction;
  /** Status where it is answered over HTTP. */
  readonly httpStatus?: number;
}

/** Checks the entries of one area and keeps their codes as literal types. */
export function defineErrors<const Code extends string>(
  entries: Record<Code, ErrorDefinition>,
): Readonly<Record<Code, ErrorDefinition>> {
  return Object.freeze(entries);
}
