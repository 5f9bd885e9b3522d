/** A lab as the story sees it: the same steps as on loopback, on devices behind routers. */
import { readFileSync } from 'node:fs';
import type { Lab } from '../sites/lab.ts';
import { EngineView, type RunningService } from './engine-view.ts';
import type { Narrator } from './narrator.ts';
import { typedLine, type YamlChange } from './operator.ts';
import type { StoryDevice, StoryFleet, StoryOperator } from './story-fleet.ts';
import type { RunResult } from './workspace.ts';

const shownLines = 20;

class LabOperator implements StoryOperator {
  readonly #lab: Lab;
  readonly #narrator: Narrator;

  constructor(lab: Lab, narrator: Narrator) {
    this.#lab = lab;
    this.#narrator = narrator;
  }

  get sshConfig(): string {
    return this.#lab.desk.sshConfig;
  }

  edit(file: string, ...changes: readonly YamlChange[]): void {
    this.#lab.desk.edit(file, ...changes);
  }

  commit(message: string, options: { readonly signed?: boolean } = {}): Promise<string> {
    return this.#lab.desk.commit(message, options);
  }

  push({ unchecked = false } = {}): Promise<RunResult> {
    return this.shell('git', ['push', ...(unchecked ? ['--no-verify'] : [])]);
  }

  async shell(command: string, words: readonly string[]): Promise<RunResult> {
    this.#narrator.command(typedLine(command, words));
    const result = await this.#lab.desk.try(command, words);
    this.#narrator.output(`${result.stdout}${result.stderr}`);
    return result;
  }

  async git(...words: readonly string[]): Promise<string> {
    return (await this.#lab.desk.run('git', words)).trim();
  }
}

export class LabRig implements StoryFleet {
  readonly lab: Lab;
  readonly operator: StoryOperator;
  readonly devices: readonly StoryDevice[];

  constructor(lab: Lab, narrator: Narrator) {
    this.lab = lab;
    this.operator = new LabOperator(lab, narrator);
    this.devices = lab.devices.map(({ id }) => ({
      id,
      program: {
        lastWords: () => readFileSync(lab.places.log(id), 'utf8').split('\n').slice(-shownLines).join('\n'),
      },
      sshd: { host: '127.0.0.1', port: 22 },
    }));
  }

  device(id: string): StoryDevice {
    const device = this.devices.find(candidate => candidate.id === id);
    if (device === undefined) throw new Error(`the lab has no device ${id}`);
    return device;
  }

  readonly view = {
    services: (id: string): Promise<RunningService[]> => this.engine(id).services(id),
  };

  /** The engine on which a device runs its apps. */
  engine(id: string): EngineView {
    return new EngineView(this.lab.engineSocket(id));
  }

  readonly telemetry = {
    status: async (id: string) => {
      await this.lab.telemetry.fetch();
      return this.lab.telemetry.status(id);
    },
    log: (id: string, ...options: readonly string[]) => this.lab.telemetry.log(id, ...options),
  };
}
