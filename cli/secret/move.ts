/** `towline secret move`: a secret sealed for another path. */
import { rm } from 'node:fs/promises';
import type { Command } from 'commander';
import { TowlineError } from '../../core/errors.ts';
import { examples } from '../command/examples.ts';
import { standardTerminal } from '../command/terminal.ts';
import { openDataKey } from './keyring.ts';
import { openForPerson } from './opened.ts';
import { openSecretFile, type SecretFile, writeSealed } from './secret-file.ts';

interface MoveOptions {
  readonly repo: string;
  readonly json?: boolean;
}

/** The file as it lies: at its old path, or, after a `git mv`, at the new one. */
function present(from: SecretFile, to: SecretFile): NonNullable<SecretFile['document']> {
  if (from.format !== to.format)
    throw new TowlineError('CLI_USAGE', 'both names must have the same extension');
  if (from.document !== undefined && to.document !== undefined)
    throw new TowlineError('CLI_USAGE', `there is ${to.path} already`);
  const document = from.document ?? to.document;
  if (document === undefined) throw new TowlineError('SECRET_FILE_MISSING', `there is no ${from.path}`);
  return document;
}

async function move(fromName: string, toName: string, options: MoveOptions): Promise<void> {
  const terminal = standardTerminal();
  const now = new Date();
  const from = await openSecretFile({ ...options, file: fromName, now }, 'begin');
  const to = await openSecretFile({ ...options, file: toName, now, movedFrom: from.path }, 'begin');
  const document = present(from, to);
  const { plain } = openForPerson(document, await openDataKey(document.metadata), from, false);
  // A data key of its own: versions at both paths have no value in common.
  await writeSealed({ ...to, document }, { plain, now });
  await rm(from.absolute, { force: true });
  const names = to.recipients.map(recipient => recipient.name);
  if (options.json === true) {
    terminal.json({ from: from.path, file: to.path, recipients: names, namedBy: from.namedBy });
    return;
  }
  terminal.line(`${terminal.colour('green', 'sealed')} ${to.path} for ${names.join(', ')}`);
  if (from.namedBy.length > 0)
    terminal.line(`write ${to.path} for ${from.path} in ${from.namedBy.join(', ')}, and commit all of it`);
  else terminal.line('commit it');
}

export function registerSecretMove(secret: Command): void {
  secret
    .command('move')
    .description('Seal a secret for another path: copied or renamed, it opens nowhere.')
    .argument('<from>', 'the path that it was sealed for')
    .argument('<to>', 'a path below secrets/; its first name lists the apps that get it')
    .option('--repo <dir>', 'the fleet repository', '.')
    .option('--json', 'one JSON object instead of text')
    .addHelpText(
      'after',
      examples([
        ['towline secret move secrets/web.env secrets/web+api.env', 'the app api gets it too'],
        [
          'git mv secrets/a.env secrets/web/a.env; towline secret move secrets/a.env secrets/web/a.env',
          'the same',
        ],
      ]),
    )
    .action(move);
}
