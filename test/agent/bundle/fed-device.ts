/** A device with what it has on the disk: the source, the walk and what bundles bring. No engine. */
import path from 'node:path';
import { Carried } from '../../../agent/bundle/carried.ts';
import type { CarriedFacts } from '../../../agent/bundle/carried-memory.ts';
import { defaultSourceLimits } from '../../../agent/source/limits.ts';
import { type Candidate, Source } from '../../../agent/source/source.ts';
import { holderFile, trustedCommitFile } from '../../../agent/verify/trusted-commit.ts';
import { type Verdict, Verifier } from '../../../agent/verify/verify.ts';
import { TowlineError } from '../../../core/errors.ts';
import type { Dialler } from '../../../core/io/https/dialler.ts';
import { createSystemClock } from '../../../core/io/system-clock.ts';
import { makeDesired } from '../../../lab/rig/desired.ts';

const signal = new AbortController().signal;
const log = { debug() {}, info() {}, warn() {}, error() {} };

/** No gateway can be reached. */
const away: Dialler = {
  request: () => Promise.reject(new TowlineError('AGENT_GATEWAY_UNREACHABLE', 'nobody is there')),
  upgrade: () => Promise.reject(new TowlineError('AGENT_GATEWAY_UNREACHABLE', 'nobody is there')),
  use() {},
  close: async () => {},
};

export interface Passed {
  readonly candidate: Candidate;
  readonly verdict: Verdict;
  readonly facts: CarriedFacts;
  readonly timestamp: string | undefined;
}

export class FedDevice {
  readonly source: Source;
  readonly verifier: Verifier;
  readonly carried: Carried;

  constructor(stateDirectory: string, anchor: string, dialler: Dialler = away) {
    const folder = path.join(stateDirectory, 'store');
    const file = trustedCommitFile(stateDirectory);
    const holders = holderFile(stateDirectory);
    this.source = new Source({ folder, dialler, limits: defaultSourceLimits, clock: createSystemClock() });
    this.verifier = new Verifier({ anchor, fleet: 'acme', file, holders });
    this.carried = new Carried({ stateDirectory, fleet: 'acme', source: this.source });
  }

  /** Fetch and walk, as a pass has them. */
  async pass(): Promise<Passed> {
    const pass = { log, signal };
    const trusted = await this.verifier.commit(log);
    const gateway = () => this.source.fetch(trusted, log, signal);
    const candidate = await this.carried.fetch(trusted, pass, gateway);
    await using objects = this.source.objects();
    const verdict = await this.verifier.verify(objects, candidate.head, log, signal);
    await this.carried.judge(verdict, pass);
    const timestamp = this.carried.timestampOf(candidate);
    return { candidate, verdict, facts: this.carried.factsOf(pass), timestamp };
  }

  /** All images are there. */
  async end(): Promise<void> {
    await this.carried.end(makeDesired('pump', []), async () => new Map(), { log });
  }

  async trusted(): Promise<string> {
    return await this.verifier.commit(log);
  }
}
