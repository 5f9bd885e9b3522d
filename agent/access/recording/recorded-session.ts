/** What a recording has to know of a session. */
export interface RecordedSession {
  readonly id: string;
  readonly operator: string;
  readonly by: string;
  readonly app: string;
  readonly service: string;
  readonly command?: string;
  readonly terminal?: { readonly columns: number; readonly rows: number; readonly term: string };
  readonly startedMs: number;
  /** The trusted commit that let them in. */
  readonly commit: string;
}
