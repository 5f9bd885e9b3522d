/** A fleet with a bare remote that its main is pushed to, and what a person types in the clone. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { makeReleasedFleet, type TestFleet } from '../fleet.ts';
import { git, type Ran, towline } from '../towline.ts';

export interface PushedFleet extends AsyncDisposable {
  readonly fleet: TestFleet;
  readonly origin: string;
  /** A verb; in the clone. */
  does(...args: readonly string[]): Promise<Ran>;
  /** A verb that must work. @returns what it printed */
  says(...args: readonly string[]): Promise<string>;
  /** A file as main of the remote has it. */
  atMain(file: string): Promise<string>;
  /** Of the remote's main. */
  head(): Promise<string>;
  /** Files are changed by a commit of alice's own, pushed. */
  commits(files: Readonly<Record<string, string>>): Promise<void>;
}

/** `hello` 1.0.0 for the groups canary (pump-1) and stable. */
export async function pushedFleet(options: readonly string[] = []): Promise<PushedFleet> {
  const fleet = await makeReleasedFleet(options);
  const origin = path.join(fleet.folder, 'origin.git');
  await git(fleet.folder, 'init', '-q', '--bare', '-b', 'main', origin);
  await fleet.git('remote', 'add', 'origin', origin);
  await fleet.git('push', '-q', '--no-verify', '-u', 'origin', 'main');
  const does = (...args: readonly string[]) => towline(args, {}, fleet.directory);
  return {
    ...{ fleet, origin, does },
    says: async (...args) => {
      const { code, output, errors } = await does(...args);
      if (code !== 0) throw new Error(`towline ${args.join(' ')}: ${errors}`);
      return output;
    },
    atMain: file => git(origin, 'show', `main:${file}`),
    head: () => git(origin, 'rev-parse', 'main'),
    commits: async files => {
      await fleet.git('pull', '-q', '--ff-only');
      for (const [file, text] of Object.entries(files)) {
        await mkdir(path.dirname(path.join(fleet.directory, file)), { recursive: true });
        await fleet.write(file, text);
      }
      await fleet.git('add', '--all');
      await fleet.git('commit', '-q', '--no-verify', '-m', 'By hand');
      await fleet.git('push', '-q', '--no-verify');
    },
    [Symbol.asyncDispose]: () => fleet[Symbol.asyncDispose](),
  };
}
