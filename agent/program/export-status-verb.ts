/** `agent/main.ts export-status FILE|-`: what this device has to say, for a person to carry to a desk. */
import { rm } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { agentVerbs } from '../../core/agent-verbs.ts';
import { TowlineError } from '../../core/errors.ts';
import { readBounded, writeDurably } from '../../core/io/file/durable-file.ts';
import { printable, shownJson } from '../../core/shown-text.ts';
import { askAgent } from '../trigger/control.ts';
import { exportedFile, exportedWords } from '../trigger/exported-file.ts';
import { readAgentConfig } from './config.ts';

/** What a gateway takes back at once is less. */
const maxBytes = 16 * 1024 * 1024;

/** One pass of an agent that ends then, and what it has to say. */
export type ExportOnce = (
  configFile: string,
) => Promise<{ readonly commits: number; readonly bundle: Buffer }>;

/**
 * Acknowledges nothing: what it writes is pushed all the same once a gateway can be reached. Where no agent runs, one pass is
 * made for it. With `--json`: `{file, bytes}`.
 * @returns the exit code
 * @throws TowlineError AGENT_CONTROL, AGENT_CONFIG, AGENT_STATE_LOCKED
 */
export async function runExportStatus(args: readonly string[], once: ExportOnce): Promise<number> {
  const { options } = agentVerbs['export-status'];
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options });
  const [file] = positionals;
  if (file === undefined || positionals.length > 1)
    throw new TowlineError('AGENT_CONTROL', 'export-status takes one file, or - for standard output');
  const { stateDirectory } = await readAgentConfig(values.config);
  const answer = await askAgent(stateDirectory, { verb: 'export-status' });
  if (answer?.ok === false) throw new TowlineError('AGENT_CONTROL', answer.message);
  const { bundle, message } =
    answer === undefined ? await ofPass(values.config, once) : await ofAgent(stateDirectory, answer.message);
  if (file === '-') {
    process.stdout.write(bundle);
    return 0;
  }
  await writeDurably(file, bundle, { mode: 0o644 });
  process.stdout.write(`${values.json ? shownJson({ file, bytes: bundle.length }) : printable(message)}\n`);
  return 0;
}

async function ofPass(configFile: string, once: ExportOnce): Promise<{ bundle: Buffer; message: string }> {
  const { commits, bundle } = await once(configFile);
  return { bundle, message: exportedWords(commits) };
}

async function ofAgent(
  stateDirectory: string,
  message: string,
): Promise<{ bundle: Buffer; message: string }> {
  const lies = exportedFile(stateDirectory);
  const bundle = await readBounded(lies, maxBytes);
  if (bundle === undefined) throw new TowlineError('AGENT_CONTROL', `the agent has left nothing in ${lies}`);
  await rm(lies, { force: true });
  return { bundle, message };
}
