/** What a Compose project may ask of the machine that reads it. */
export interface ComposeLimits {
  /** Bytes of one file. */
  readonly fileBytes: number;
  /** Files of one project: Compose files, includes, bases of extends, env and label files. */
  readonly files: number;
  /** Mappings, lists and scalars of one document after its aliases are expanded. */
  readonly nodes: number;
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
  nodes: 400_000,
  depth: 64,
  scalarCharacters: 512 * 1024,
  entries: 1000,
};
