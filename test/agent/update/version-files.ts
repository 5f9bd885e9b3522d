/** Versions of an agent as small as they can be, on a disk: what a root lists, what a gateway serves, what a package brought. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import type { PartSources } from '../../../agent/update/part-bytes.ts';
import { Slots } from '../../../agent/update/slots.ts';
import type { StageOptions, WantedVersion } from '../../../agent/update/stage.ts';
import { type AgentPart, agentDigest } from '../../../core/agents/agent-version.ts';
import { createSystemClock } from '../../../core/io/system-clock.ts';
import { tarArchive } from '../../../lab/machine/tar.ts';
import { type GitServer, startGitServer } from '../../../lab/rig/git-server.ts';

export const never = new AbortController().signal;
const log = { info: () => {}, warn: () => {}, error: () => {} };

export type Files = Readonly<Record<string, string | Uint8Array>>;

/** Runs as Node would, and says that it is this version. */
export const saying = (version: string) => `#!/bin/sh\necho '{"version":"${version}"}'\n`;

export class VersionFiles implements AsyncDisposable {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'towline-versions-'));
  readonly state = path.join(this.folder, 'state');
  readonly package = path.join(this.folder, 'package');
  readonly slots: Slots;
  readonly server: GitServer;
  readonly #parts = new Map<string, Buffer>();

  private constructor(server: GitServer) {
    this.server = server;
    for (const name of [this.state, this.package]) mkdirSync(name);
    this.slots = new Slots(this.state);
  }

  static async start(): Promise<VersionFiles> {
    return new VersionFiles(await startGitServer({}));
  }

  /** Which the gateway has. */
  part(name: AgentPart['name'], files: Files): AgentPart {
    const entries = Object.entries(files).map(([file, bytes]) => {
      const mode = file === 'node' ? 0o755 : 0o644;
      return { path: file, bytes, mode };
    });
    return this.bytes(name, gzipSync(tarArchive(entries)));
  }

  bytes(name: AgentPart['name'], bytes: Buffer): AgentPart {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    this.#parts.set(sha256, bytes);
    this.server.files.set(`/agents/sha256/${sha256}`, bytes);
    return { name, sha256, bytes: bytes.length };
  }

  version(version: string, parts: readonly AgentPart[] = this.#usual(version)): WantedVersion {
    return { version, digest: agentDigest(parts), stateFormat: 1, parts };
  }

  #usual(version: string): AgentPart[] {
    return [
      this.part('node', { node: saying(version), 'LICENSE.node': 'free' }),
      this.part('agent', { 'agent.js': `run('${version}');\n`, 'doc/device.md': 'read me\n' }),
    ];
  }

  /** What the gateway was asked for, with where it began. */
  get fetched(): string[] {
    return this.server.seen.filter(({ url }) => url.startsWith('/agents/')).map(({ url }) => url.slice(15));
  }

  options(change: Partial<PartSources> = {}): StageOptions {
    const { dialler } = this.server;
    const rateBytes = undefined;
    const sources = { dialler, clock: createSystemClock(), log, carried: () => undefined, rateBytes };
    return { slots: this.slots, sources: { ...sources, ...change }, others: [] };
  }

  /** Brought by somebody, as a file. */
  carried(sha256: string): string | undefined {
    const bytes = this.#parts.get(sha256);
    if (bytes === undefined) return undefined;
    const file = path.join(this.folder, sha256);
    writeFileSync(file, bytes);
    return file;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
