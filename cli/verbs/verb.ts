/** A verb as the list of verbs has it. */
import type { Command } from 'commander';
import type { Stop } from '../command/stop.ts';

export interface Verb {
  readonly name: string;
  /** As the list of verbs shows it; test/cli/help.test.ts compares it with what the verb's file says. */
  readonly usage: string;
  readonly about: string;
  /** Arguments, options, examples and what it does. Completion asks for all verbs. */
  readonly load: () => Promise<(command: Command, stop: Stop, whole: () => Promise<Command>) => void>;
}
