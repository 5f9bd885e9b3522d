/** `agent/main.ts import FILE|-`: what a person has carried here, taken in and carried out. */
import { createReadStream } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { agentVerbs } from '../../core/agent-verbs.ts';
import { openBundle } from '../../core/bundle/open-bundle.ts';
import { unseal } from '../../core/bundle/seal.ts';
import { messageOf } from '../../core/errors/cause.ts';
import { TowlineError } from '../../core/errors.ts';
import { readOpenpgpKey } from '../../core/io/openpgp-key.ts';
import { formatBytes, percentOf } from '../../core/plan/quantity.ts';
import { printable, shownJson } from '../../core/shown-text.ts';
import { takeIn } from '../bundle/take-in.ts';
import { askAgent } from '../trigger/control.ts';
import { type AgentConfig, readAgentConfig } from './config.ts';
import type { RunOnce } from './run-once.ts';
import { lockState } from './state-lock.ts';
import { untilStopped } from './until-stopped.ts';

/**
 * Takes the bundle in and has the agent that runs carry it out; where none does, one pass of its own. With `--json`:
 * `{imported, outcome, errors}`, or what `--once --json` says, with `imported` beside it.
 * @returns the exit code: of that pass, as `--once` has it; 130 when it was stopped
 * @throws TowlineError BUNDLE_…, AGENT_…
 */
export async function runImport(args: readonly string[], once: RunOnce): Promise<number> {
  const { options } = agentVerbs.import;
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options });
  const { config: configFile, json } = values;
  const [file] = positionals;
  if (file === undefined || positionals.length > 1)
    throw new TowlineError('AGENT_CONTROL', 'import takes one file, or - for standard input');
  const config = await readAgentConfig(configFile);
  let imported: Imported | undefined;
  const stopped = await untilStopped(async signal => {
    imported = await importFrom(file, config, signal, json ? () => {} : sayProgress());
  });
  if (stopped !== 0 || imported === undefined) return stopped;
  if (!json) process.stdout.write(`${printable(importedWords(imported, config.device))}\n`);
  const answer = await askAgent(config.stateDirectory, { verb: 'now' });
  if (answer === undefined) return await once({ configFile, json, beside: { imported } });
  if (!answer.ok) throw new TowlineError('AGENT_CONTROL', answer.message);
  const { outcome = null, errors = [], exitCode = 0 } = answer;
  const text = json ? shownJson({ imported, outcome, errors }) : printable(answer.message);
  process.stdout.write(`${text}\n`);
  return exitCode;
}

/** What came, as the bundle says it. */
interface Imported {
  readonly created: string;
  readonly commit: string;
  readonly devices: readonly string[];
  readonly images: number;
  readonly bytes: number;
}

async function importFrom(
  file: string,
  { stateDirectory, fleet }: AgentConfig,
  signal: AbortSignal,
  onProgress: (bytes: number, ofBytes: number) => void,
): Promise<Imported> {
  await using _lock = await lockState(stateDirectory, 'import.lock');
  const input: AsyncIterable<Uint8Array> = file === '-' ? process.stdin : createReadStream(file, { signal });
  const privateKey = await readOpenpgpKey(path.join(stateDirectory, 'keys'));
  const bundle = await openBundle(unseal(readable(input, file), privateKey));
  await takeIn(bundle, { stateDirectory, fleet, onProgress }, signal);
  const { created, commit, devices, images } = bundle.contents;
  return { created, commit, devices, images: images.length, bytes: bundle.size };
}

/** What the system throws is what a person has to know about the file. */
async function* readable(input: AsyncIterable<Uint8Array>, file: string): AsyncGenerator<Uint8Array> {
  try {
    yield* input;
  } catch (cause) {
    throw new TowlineError('AGENT_CONTROL', `${file} cannot be read: ${messageOf(cause)}`, { cause });
  }
}

function importedWords({ created, devices, images, bytes }: Imported, device: string): string {
  const isFor = devices.includes(device) ? '' : ' It was not made for this device: images may be missing.';
  const what = `${formatBytes(bytes)}, ${images} ${images === 1 ? 'image' : 'images'}`;
  return `The bundle of ${created} is here: ${what}.${isFor}`;
}

/** On a terminal alone. */
function sayProgress(): (bytes: number, ofBytes: number) => void {
  const { stderr } = process;
  if (!stderr.isTTY) return () => {};
  let said = -1;
  return (bytes, ofBytes) => {
    const percent = percentOf(bytes, ofBytes);
    if (percent === said) return;
    said = percent;
    stderr.write(`\r${percent} % of ${formatBytes(ofBytes)}${bytes === ofBytes ? '\n' : ''}`);
  };
}
