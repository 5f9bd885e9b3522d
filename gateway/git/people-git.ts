/** Git for people: stock clients over SSH, answered by stock git on the gateway's bare repositories. */
import type { Duplex, Writable } from 'node:stream';

export interface PeopleGitRequest {
  readonly service: 'upload-pack' | 'receive-pack';
  readonly repository: 'fleet' | 'telemetry';
  /** Operator's name; admission has been asked already. */
  readonly operator: string;
  /** The client's side: what it sends is read, what git answers is written. Ended by `run` when git is done. */
  readonly stream: Duplex;
  readonly stderr: Writable;
  /** Only GIT_PROTOCOL is looked at. */
  readonly environment: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

export interface PeopleGit {
  /**
   * Runs one git service to its end. After a push to fleet.git the gateway has walked again and published its view.
   * @returns the exit code to hand to the client.
   */
  run(request: PeopleGitRequest): Promise<number>;
}
