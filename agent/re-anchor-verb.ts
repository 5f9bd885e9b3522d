/** `agent/main.ts re-anchor TOKEN`: for a fleet that lost its root. A person at the device states the new beginning. */
import { parseArgs } from 'node:util';
import { parseDocument } from 'yaml';
import { type EnrolmentToken, parseToken } from '../core/enrolment/token.ts';
import { TowlineError } from '../core/errors.ts';
import { readBounded, removeDurably, writeDurably } from '../core/io/durable-file.ts';
import { isObjectId } from '../core/trust/object-source.ts';
import { type AgentConfig, readAgentConfig } from './config.ts';
import { readTokenText } from './enrolment/token-text.ts';
import { lockState } from './state-lock.ts';
import { trustedCommitPath } from './verify/trusted-commit.ts';

/** Where the walk begins anew, and the gateways that a token brings with it. */
type Beginning = Pick<EnrolmentToken, 'anchor'> & Partial<Pick<EnrolmentToken, 'gateways'>>;

/**
 * Writes the anchor into agent.yaml and forgets the trusted commit: the next walk begins there. Keys stay.
 * @throws TowlineError AGENT_CONFIG, ENROLMENT_TOKEN_…, ENROLMENT_NOT_EXPECTED for a token of another device,
 *   AGENT_STATE_LOCKED while the agent runs
 */
export async function runReAnchor(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      config: { type: 'string', default: '/etc/towline/agent.yaml' },
      'token-file': { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const config = await readAgentConfig(values.config);
  const place = { word: positionals[0], file: values['token-file'], input: process.stdin };
  const { anchor, gateways } = beginningOf(await readTokenText(place), config, Date.now());
  await using _lock = await lockState(config.stateDirectory);
  const document = parseDocument((await readBounded(values.config, 256 * 1024))?.toString('utf8') ?? '');
  document.set('anchor', anchor);
  if (gateways !== undefined) document.set('gateways', document.createNode(gateways));
  const file = trustedCommitPath(config.stateDirectory);
  await writeDurably(values.config, document.toString({ lineWidth: 0 }), { mode: 0o644 });
  await removeDurably(`${file}.copy`);
  await removeDurably(file);
  const said = `The walk begins at ${anchor}. It was at ${config.anchor} that it began before.`;
  const facts = { fleet: config.fleet, device: config.device, anchor, before: config.anchor };
  process.stdout.write(`${values.json ? JSON.stringify(facts) : said}\n`);
}

function beginningOf(text: string, { fleet, device }: AgentConfig, nowMs: number): Beginning {
  if (isObjectId(text)) return { anchor: text };
  const token = parseToken(text);
  if (token.fleet !== fleet || token.device !== device) {
    throw new TowlineError('ENROLMENT_NOT_EXPECTED', `the token is for ${token.fleet}/${token.device}`);
  }
  if (nowMs >= token.expiresMs) throw new TowlineError('ENROLMENT_TOKEN_EXPIRED', 'the token has expired');
  return token;
}
