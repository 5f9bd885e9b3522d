/** What is packaged for: Debian's name of an architecture, and what everybody else calls it. */

export const architectures = ['amd64', 'arm64', 'armhf'] as const;

/** As Debian has it. */
export type Architecture = (typeof architectures)[number];

export interface Target {
  /** As `trust/agents/*.yaml` and OCI images have it. */
  readonly platform: string;
  /** `process.arch` of Node there. */
  readonly node: string;
  /** Of compilers, and of Debian's folders of libraries. */
  readonly triplet: string;
}

export const targets: Readonly<Record<Architecture, Target>> = {
  amd64: { platform: 'linux/amd64', node: 'x64', triplet: 'x86_64-linux-gnu' },
  arm64: { platform: 'linux/arm64', node: 'arm64', triplet: 'aarch64-linux-gnu' },
  armhf: { platform: 'linux/arm/v7', node: 'arm', triplet: 'arm-linux-gnueabihf' },
};

export const isArchitecture = (name: string): name is Architecture =>
  architectures.some(architecture => architecture === name);
