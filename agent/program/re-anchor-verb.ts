/** `agent/main.ts re-anchor TOKEN`: for a fleet that lost its root. A person at the device states the new beginning. */
import { parseArgs } from 'node:util';
import { parseDocument } from 'yaml';
import { agentVerbs } from '../../core/agent-verbs.ts';
import { type EnrolmentToken, parseToken } from '../../core/enrolment/token.ts';
import { TowlineError } from '../../core/errors.ts';
import { readBounded, writeDurably } from '../../core/io/file/durable-file.ts';
import { printable, shownJson } from '../../core/shown-text.ts';
import { isObjectId } from '../../core/trust/git/object-source.ts';
import { giveToOwnerOf } from '../enrolment/key-owner.ts';
import { SpentTokens } from '../enrolment/spent-tokens.ts';
import { readTokenText } from '../enrolment/token-text.ts';
import { beginTrusted, trustedFolder } from '../verify/trusted-commit.ts';
import { type AgentConfig, readAgentConfig } from './config.ts';
import { lockState } from './state-lock.ts';

/** Where the walk begins anew; a token brings gateways with it. */
interface Beginning {
  readonly anchor: string;
  readonly token?: EnrolmentToken;
}

/**
 * Writes the anchor into agent.yaml and forgets the trusted commit: the next walk begins there. Keys stay.
 * @returns the exit code
 * @throws TowlineError AGENT_CONFIG, ENROLMENT_TOKEN_…, ENROLMENT_NOT_EXPECTED for a token of another device,
 *   AGENT_STATE_LOCKED while the agent runs
 */
export async function runReAnchor(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: agentVerbs['re-anchor'].options,
  });
  const config = await readAgentConfig(values.config);
  const place = { word: positionals[0], file: values['token-file'], input: process.stdin };
  const beginning = beginningOf(await readTokenText(place), config, Date.now());
  const { anchor, token } = beginning;
  await using _lock = await lockState(config.stateDirectory);
  const begin = () => beginAt(beginning, values.config, config);
  await (token === undefined ? begin() : once(token, config.stateDirectory, begin));
  const said = `The walk begins at ${anchor}. It was at ${config.anchor} that it began before.`;
  const facts = { fleet: config.fleet, device: config.device, anchor, before: config.anchor };
  process.stdout.write(`${values.json ? shownJson(facts) : printable(said)}\n`);
  return 0;
}

async function once(token: EnrolmentToken, stateDirectory: string, work: () => Promise<void>): Promise<void> {
  const spent = await SpentTokens.open(stateDirectory);
  await spent.begin(token);
  await work();
  await spent.end(token);
}

async function beginAt({ anchor, token }: Beginning, configFile: string, config: AgentConfig): Promise<void> {
  const document = parseDocument((await readBounded(configFile, 256 * 1024))?.toString('utf8') ?? '');
  document.set('anchor', anchor);
  if (token !== undefined) document.set('gateways', document.createNode(token.gateways));
  await writeDurably(configFile, document.toString({ lineWidth: 0 }), { mode: 0o644 });
  await beginTrusted(config.stateDirectory, token?.trusted);
  if (token?.trusted !== undefined)
    await giveToOwnerOf(config.stateDirectory, trustedFolder(config.stateDirectory));
}

function beginningOf(text: string, { fleet, device }: AgentConfig, nowMs: number): Beginning {
  if (isObjectId(text)) return { anchor: text };
  const token = parseToken(text);
  if (token.fleet !== fleet || token.device !== device) {
    throw new TowlineError('ENROLMENT_NOT_EXPECTED', `the token is for ${token.fleet}/${token.device}`);
  }
  if (nowMs >= token.expiresMs) throw new TowlineError('ENROLMENT_TOKEN_EXPIRED', 'the token has expired');
  return { anchor: token.anchor, token };
}
