/** What the story needs of a fleet, wherever that is: on this machine's loopback (`FleetRig`), or in a lab (`LabRig`). */
import type { StatusFile } from '../../schemas/types.generated.ts';
import type { RunningService } from './engine-view.ts';
import type { YamlChange } from './operator.ts';
import type { RunResult } from './workspace.ts';

export interface StoryOperator {
  readonly sshConfig: string;
  edit(file: string, ...changes: readonly YamlChange[]): void;
  /** Commits everything, signed unless said otherwise. @returns the commit's id */
  commit(message: string, options?: { readonly signed?: boolean }): Promise<string>;
  /** Pushes main to the gateway. `unchecked` goes past the hook that asks what devices would say. */
  push(options?: { readonly unchecked?: boolean }): Promise<RunResult>;
  /** Runs a command in the clone, as a person sees it. */
  shell(command: string, words: readonly string[]): Promise<RunResult>;
  git(...words: readonly string[]): Promise<string>;
}

export interface StoryDevice {
  readonly id: string;
  readonly program: { lastWords(): string };
  /** Where its own sshd listens, as the device sees it. */
  readonly sshd: { readonly host: string; readonly port: number };
}

export interface StoryFleet {
  readonly operator: StoryOperator;
  readonly devices: readonly StoryDevice[];
  readonly view: {
    /** Containers of a device, sorted by project and service. */
    services(device: string): Promise<RunningService[]>;
  };
  readonly telemetry: {
    /** The newest status of a device. */
    status(device: string): Promise<StatusFile | undefined>;
    /** Commits of its branch, newest first, as `git log` shows them. */
    log(device: string, ...options: readonly string[]): Promise<string>;
  };
  device(id: string): StoryDevice;
}
