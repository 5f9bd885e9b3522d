/** What a Compose project may ask of the machine that reads it. */
export interface ComposeLimits {
  /** Bytes of one file. */
  readonly fileBytes: number;
  /** Files of one project: Compose files, includes, bases of extends, env and label files. */
  readonly files: number;
  /** Mappings, lists and scalars of one project, with what its aliases, includes, extends, env files and ports repeat. */
  readonly nodes: number;
  /** Characters of all texts of one project, with what they repeat. */
  readonly characters: number;
  /** Mappings and lists inside each other. */
  readonly depth: number;
  /** Characters of one scalar. */
  readonly scalarCharacters: number;
  /** Services, and likewise networks, volumes, configs and secrets, of one project. */
  readonly entries: number;
}

export const composeLimits: ComposeLimits = {
  fileBytes: 1024 * 1024,
  files: 200,
  nodes: 50_000,
  characters: 8 * 1024 * 1024,
  depth: 64,
  scalarCharacters: 512 * 1024,
  entries: 1000,
};
