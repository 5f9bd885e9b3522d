/** `towline secret edit`: a secret in the person's editor, sealed again when they are done. */

import path from 'node:path';
import type { Command } from 'commander';
import { messageOf } from '../../core/errors/cause.ts';
import { TowlineError } from '../../core/errors.ts';
import { emitSecretTree, parsePlainSecret, type SecretFormat } from '../../core/secrets/document.ts';
import { keptValues } from '../../core/secrets/kept-values.ts';
import { ownPathKey, withoutOwnPath } from '../../core/secrets/own-path.ts';
import type { SecretMap } from '../../core/secrets/tree.ts';
import { examples } from '../command/examples.ts';
import { standardTerminal } from '../command/terminal.ts';
import { editInMemory } from './editor.ts';
import { openDataKey } from './keyring.ts';
import { openForPerson } from './opened.ts';
import { openSecretFile, recipientChange, type SecretFile, writeSealed } from './secret-file.ts';

interface EditOptions {
  readonly repo: string;
  readonly json?: boolean;
}

const emptyText: Readonly<Record<SecretFormat, string>> = {
  yaml: '# name: value\n',
  json: '{}\n',
  dotenv: '# NAME=value\n',
};

/** @throws TowlineError SECRET_EDITOR */
function parsed(text: string, { path: file, format }: SecretFile): SecretMap {
  try {
    const tree = parsePlainSecret(text, format);
    if (withoutOwnPath(tree).items.length === tree.items.length) return tree;
    throw new TowlineError('SECRET_EDITOR', `${ownPathKey(format)} is written by this command`);
  } catch (cause) {
    const why = messageOf(cause);
    throw new TowlineError('SECRET_EDITOR', `${file} would not be ${format}: ${why}`, { cause });
  }
}

async function edit(name: string, options: EditOptions): Promise<void> {
  const now = new Date();
  const terminal = standardTerminal();
  const file = await openSecretFile({ repo: options.repo, file: name, now }, 'begin');
  const { document } = file;
  const dataKey = document === undefined ? undefined : await openDataKey(document.metadata);
  const opened =
    document === undefined || dataKey === undefined
      ? undefined
      : openForPerson(document, dataKey, file, true);
  const before = opened === undefined ? emptyText[file.format] : emitSecretTree(opened.plain, file.format);
  const text = await editInMemory(path.basename(file.path), before, process.env);
  const { gone, missing } = recipientChange(file);
  const stale = opened?.saysPath === false || (document !== undefined && gone.length + missing.length > 0);
  const written = text !== before || stale;
  if (written) {
    const plain = parsed(text, file);
    // Whoever goes knows the data key.
    const same = document !== undefined && dataKey !== undefined && gone.length === 0;
    const again = same ? { dataKey, kept: keptValues(document, dataKey) } : {};
    await writeSealed(file, { plain, now, ...again });
  }
  const names = file.recipients.map(recipient => recipient.name);
  if (options.json === true) terminal.json({ file: file.path, changed: written, recipients: names });
  else if (written)
    terminal.line(`${terminal.colour('green', 'sealed')} ${file.path} for ${names.join(', ')}: commit it`);
  else terminal.line(`${file.path} is as it was`);
}

export function registerSecretEdit(secret: Command): void {
  secret
    .command('edit')
    .description('Open a secret in your editor, and seal it again for all who need it.')
    .argument('<file>', 'a .yaml, .json or .env file below secrets/; a new one is made')
    .option('--repo <dir>', 'the fleet repository', '.')
    .option('--json', 'one JSON object instead of text')
    .addHelpText(
      'after',
      examples([['towline secret edit secrets/web.env', 'gpg opens it, $EDITOR shows it, from memory only']]),
    )
    .action(edit);
}
