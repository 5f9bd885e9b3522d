/** `agent/main.ts re-anchor COMMIT`: for a fleet that lost its root. A person at the device states the new beginning. */
import { parseArgs } from 'node:util';
import { parseDocument } from 'yaml';
import { TowlineError } from '../core/errors.ts';
import { readBounded, removeDurably, writeDurably } from '../core/io/durable-file.ts';
import { isObjectId } from '../core/trust/object-source.ts';
import { readAgentConfig } from './config.ts';
import { lockState } from './state-lock.ts';
import { trustedCommitPath } from './verify/trusted-commit.ts';

/**
 * Writes the anchor into agent.yaml and forgets the trusted commit: the next walk begins there.
 * @throws TowlineError AGENT_CONFIG, AGENT_STATE_LOCKED while the agent runs
 */
export async function runReAnchor(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { config: { type: 'string', default: '/etc/towline/agent.yaml' } },
  });
  const [anchor = ''] = positionals;
  if (!isObjectId(anchor)) {
    throw new TowlineError('AGENT_CONFIG', 're-anchor needs the full id of a commit that you have verified');
  }
  const config = await readAgentConfig(values.config);
  await using _lock = await lockState(config.stateDirectory);
  const document = parseDocument((await readBounded(values.config, 256 * 1024))?.toString('utf8') ?? '');
  document.set('anchor', anchor);
  const file = trustedCommitPath(config.stateDirectory);
  await writeDurably(values.config, document.toString({ lineWidth: 0 }), { mode: 0o644 });
  await removeDurably(`${file}.copy`);
  await removeDurably(file);
  process.stdout.write(`The walk begins at ${anchor}. It was at ${config.anchor} that it began before.\n`);
}
