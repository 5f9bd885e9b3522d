/** `towline secret rotate`: secrets sealed anew, for those who need them now. */
import type { Command } from 'commander';
import { TowlineError } from '../../core/errors.ts';
import { keptValues } from '../../core/secrets/kept-values.ts';
import { examples } from '../command/examples.ts';
import { standardTerminal } from '../command/terminal.ts';
import { openDataKey } from './keyring.ts';
import { openForPerson } from './opened.ts';
import { openSecretFile, recipientChange, writeSealed } from './secret-file.ts';

interface RotateOptions {
  readonly repo: string;
  readonly recipientsOnly?: boolean;
  readonly json?: boolean;
}

async function rotateOne(name: string, options: RotateOptions, now: Date) {
  const file = await openSecretFile({ repo: options.repo, file: name, now }, 'refuse');
  const { document } = file;
  if (document === undefined) throw new TowlineError('SECRET_FILE_MISSING', `there is no ${file.path}`);
  const { gone, missing } = recipientChange(file);
  if (options.recipientsOnly === true && gone.length > 0) {
    const names = gone.map(({ fingerprint }) => fingerprint).join(', ');
    throw new TowlineError(
      'CLI_USAGE',
      `${file.path}: ${names} would go and knows the data key: rotate without --recipients-only`,
    );
  }
  const dataKey = await openDataKey(document.metadata);
  const { plain } = openForPerson(document, dataKey, file, false);
  const again = options.recipientsOnly === true ? { dataKey, kept: keptValues(document, dataKey) } : {};
  await writeSealed(file, { plain, now, ...again });
  return {
    file: file.path,
    added: missing.map(recipient => recipient.name),
    removed: gone.map(({ fingerprint }) => fingerprint),
    recipients: file.recipients.map(recipient => recipient.name),
  };
}

async function rotate(names: readonly string[], options: RotateOptions): Promise<void> {
  const terminal = standardTerminal();
  const now = new Date();
  const done: Awaited<ReturnType<typeof rotateOne>>[] = [];
  for (const name of names) done.push(await rotateOne(name, options, now));
  if (options.json === true) {
    terminal.json({ files: done });
    return;
  }
  for (const { file, added, removed, recipients } of done) {
    const changes = [...added.map(name => `+ ${name}`), ...removed.map(name => `- ${name}`)];
    const told = changes.length === 0 ? '' : ` (${changes.join(', ')})`;
    terminal.line(
      `${terminal.colour('green', 'sealed')} ${file} for ${recipients.join(', ')}${told}: commit it`,
    );
  }
}

export function registerSecretRotate(secret: Command): void {
  secret
    .command('rotate')
    .description('Seal secrets anew with a new data key, for the principals and the devices that use them.')
    .argument('<file...>', 'files below secrets/')
    .option('--recipients-only', 'keep the data key and add who is missing: no container is made anew')
    .option('--repo <dir>', 'the fleet repository', '.')
    .option('--json', 'one JSON object instead of text')
    .addHelpText(
      'after',
      examples([
        ['towline secret rotate secrets/web.env', 'after a device was revoked, or a person left'],
        ['towline secret rotate --recipients-only secrets/web.env', 'after a device was accepted'],
      ]),
    )
    .action(rotate);
}
