/**
 * `agent/main.ts self-test`: whether this version could run here. Nothing is written, started or locked: the agent that runs
 * asks it of the version that is to take its place.
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { agentVerbs } from '../../core/agent-verbs.ts';
import { messageOf } from '../../core/errors/cause.ts';
import { isTowlineError, TowlineError } from '../../core/errors.ts';
import { readDeviceKeys } from '../../core/io/device-keys.ts';
import { readBounded } from '../../core/io/file/durable-file.ts';
import { StoreObjectSource } from '../../core/io/git/store-object-source.ts';
import { printable, shownJson } from '../../core/shown-text.ts';
import { ObjectReader } from '../../core/trust/git/object-reader.ts';
import { version } from '../../core/version.ts';
import { createEngine } from '../runtime/engine/engine.ts';
import { awayExitCode } from '../update/self-test.ts';
import { stateFormat } from '../update/state-format.ts';
import { trustedCommitFile } from '../verify/trusted-commit.ts';
import { type AgentConfig, readAgentConfig } from './config.ts';

/** The engine has to say which it is by then, milliseconds. */
const engineMs = 5_000;
const maxFileBytes = 256 * 1024;

/** What is not there is not there for the version that runs either. */
const away: ReadonlySet<string> = new Set(['GIT_STORE', 'TRUST_OBJECT_MISSING']);

/** @returns 0; 3 where the engine or the store is away, which says nothing of this version @throws TowlineError of whatever it cannot read */
export async function runSelfTest(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: agentVerbs['self-test'].options });
  const config = await readAgentConfig(values.config);
  await readDeviceKeys(path.join(config.stateDirectory, 'keys'));
  try {
    await readTrusted(config);
    await askEngine(config);
  } catch (error) {
    if (!isTowlineError(error) || !(away.has(error.code) || error.code.startsWith('ENGINE_'))) throw error;
    process.stderr.write(`${error.code} ${printable(error.message)}\n`);
    return awayExitCode;
  }
  const message = `agent ${version} could run here`;
  process.stdout.write(`${values.json ? shownJson({ version, stateFormat }) : printable(message)}\n`);
  return 0;
}

/** What the agent that runs has trusted, and the first file of it. */
async function readTrusted({ stateDirectory }: AgentConfig): Promise<void> {
  const trusted = await trustedCommitFile(stateDirectory).read();
  if (trusted.kind === 'garbage')
    throw new TowlineError('AGENT_STATE_GARBAGE', 'the trusted commit cannot be read by this version');
  if (trusted.kind === 'absent') return;
  const store = path.join(stateDirectory, 'store');
  const pointer = await readBounded(path.join(store, 'current'), maxFileBytes);
  await using objects = new StoreObjectSource(path.join(store, pointer?.toString('utf8').trim() ?? ''));
  const reader = new ObjectReader(objects);
  const { commit } = trusted.value;
  if ((await reader.fileAt(commit, 'fleet.yaml', maxFileBytes)) === undefined)
    throw new TowlineError('GIT_STORE', `${commit} has no fleet.yaml`);
}

async function askEngine({ engineSocket }: AgentConfig): Promise<void> {
  const signal = AbortSignal.timeout(engineMs);
  const engine = createEngine(engineSocket);
  await engine
    .call({ method: 'GET', path: '/version', timeoutMs: engineMs }, signal)
    .catch((error: unknown) => {
      if (isTowlineError(error)) throw error;
      throw new TowlineError('ENGINE_UNREACHABLE', `the engine does not answer: ${messageOf(error)}`);
    });
}
