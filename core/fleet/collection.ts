/** The files of a fleet, as they are found one after the other. */
import type { Problem } from '../errors.ts';
import type { ReadFile } from './read-file.ts';
import type { CheckedFile, FileKind } from './schema-check.ts';

type Files = { readonly [Kind in FileKind]: Map<string, CheckedFile<Kind>> };

const noFiles = (): Files => ({
  agent: new Map(),
  agents: new Map(),
  app: new Map(),
  device: new Map(),
  fleet: new Map(),
  gateway: new Map(),
  group: new Map(),
  images: new Map(),
  lab: new Map(),
  operator: new Map(),
  policy: new Map(),
  release: new Map(),
  rollout: new Map(),
  status: new Map(),
});

export class Collection {
  readonly problems: Problem[] = [];
  readonly used = new Map<string, ReadFile<FileKind>>();
  readonly files = noFiles();
  /** Files that are there, whether they can be read or not: what refers to them is not wrong as well. */
  readonly present: { readonly [Kind in FileKind]: Map<string, string> } = {
    agent: new Map(),
    agents: new Map(),
    app: new Map(),
    device: new Map(),
    fleet: new Map(),
    gateway: new Map(),
    group: new Map(),
    images: new Map(),
    lab: new Map(),
    operator: new Map(),
    policy: new Map(),
    release: new Map(),
    rollout: new Map(),
    status: new Map(),
  };
  readonly folders = new Set<string>();
  /** Id that stands in several files → their paths. */
  readonly duplicates = new Map<string, readonly string[]>();
  /** By path: those of them that were read; devices only. */
  readonly contenders = noFiles();

  add<Kind extends FileKind>(kind: Kind, key: string, file: CheckedFile<Kind>): void {
    if (kind === 'device') this.contenders[kind].set(file.path, file);
    this.files[kind].set(key, file);
  }

  problem(code: Problem['code'], message: string, file: string): void {
    this.problems.push({ code, message, position: { file } });
  }
}
