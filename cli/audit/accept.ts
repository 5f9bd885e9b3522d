/** `towline audit accept`: writes the key that signs the audit log into fleet.yaml, once a person has compared it. */
import path from 'node:path';
import type { Command } from 'commander';
import { type Document, isAlias, isSeq } from 'yaml';
import { TowlineError } from '../../core/errors.ts';
import { readSshPublicKey } from '../../core/trust/signature/ssh-public-key.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal } from '../command/terminal.ts';
import { editYaml } from '../desk/edit-yaml.ts';
import { openRepository } from '../desk/repository.ts';

interface AcceptOptions {
  readonly repo: string;
  readonly json?: boolean;
}

async function accept(key: string, { repo, json = false }: AcceptOptions): Promise<void> {
  const { workTree } = await openRepository(repo);
  if (workTree === undefined)
    throw new TowlineError('CLI_NO_WORKING_TREE', `${repo} is bare: no file can be written`);
  const line = keyLine(key);
  await editYaml(path.join(workTree, 'fleet.yaml'), document => addAuditKey(document, line));
  const { id: fingerprint } = readSshPublicKey(line);
  const terminal = standardTerminal();
  if (json) terminal.json({ file: 'fleet.yaml', key: line, fingerprint });
  else terminal.line(`${terminal.colour('green', 'accepted')} ${fingerprint}: commit and push fleet.yaml`);
}

/** Without its comment. @throws TowlineError CLI_USAGE */
function keyLine(text: string): string {
  const [type = '', base64 = ''] = text.trim().split(/\s+/);
  const line = `${type} ${base64}`;
  try {
    if (type === 'ssh-ed25519' && readSshPublicKey(line).kind === 'ssh') return line;
  } catch (cause) {
    throw new TowlineError('CLI_USAGE', `no SSH key: ${text.slice(0, 80)}`, { cause });
  }
  throw new TowlineError(
    'CLI_USAGE',
    `${type} is no ssh-ed25519 key: \`towline gateway init\` shows it at the gateway`,
  );
}

/** Beside those that are there: what they have signed still counts. */
export function addAuditKey(document: Document, line: string): void {
  const there = document.getIn(['audit', 'keys']);
  const value = isAlias(there) ? there.resolve(document) : there;
  const keys = isSeq(value) ? value.items.map(item => String(item)) : [];
  document.setIn(['audit', 'keys'], document.createNode([...new Set([...keys, line])]));
}

export function registerAccept(audit: Command, _stop: Stop): void {
  audit
    .command('accept')
    .description('Write the key that signs the audit log into fleet.yaml: its signature counts from then on.')
    // Without quotes it is several words.
    .argument('<key...>', 'the line `ssh-ed25519 …` that `towline gateway init` shows at the gateway')
    .option('--repo <dir>', 'the clone whose fleet.yaml is written', '.')
    .option('--json', 'one JSON object')
    .addHelpText(
      'after',
      examples([
        [
          "towline audit accept 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI…'",
          'as it stands on the gateway’s screen',
        ],
      ]),
    )
    .action((key: readonly string[], _options: unknown, command: Command) =>
      accept(key.join(' '), command.optsWithGlobals()),
    );
}
