/** The secrets of an app that is new: sealed to the principals, before any device has it. */

import type { FilesAt } from '../../core/change/changed-files.ts';
import { fleetOf } from '../../core/change/fleet-of.ts';
import { TowlineError } from '../../core/errors.ts';
import { recipientsOf, secretRecipients } from '../../core/fleet/secret-recipients.ts';
import { isMap, toSecretValue } from '../../core/secrets/tree.ts';
import { sealedText } from '../secret/secret-file.ts';

/**
 * @returns path and content of the one file, or nothing where there are none
 * @throws TowlineError SECRET_NO_RECIPIENT, CLI_FILE_EXISTS, SECRET_UNSUPPORTED
 */
export async function sealedSecrets(
  at: FilesAt,
  app: string,
  values: Readonly<Record<string, string>>,
): Promise<readonly (readonly [path: string, text: string])[]> {
  if (Object.keys(values).length === 0) return [];
  const path = `secrets/${app}.env`;
  if ((await at.files.fileAt(at.commit, path, 0).catch(() => null)) !== undefined)
    throw new TowlineError(
      'CLI_FILE_EXISTS',
      `there is a ${path} already: --name gives this app another name`,
    );
  const fleet = await fleetOf(at);
  const now = new Date();
  const all = await secretRecipients(fleet, { reader: at.files, commit: at.commit, date: now });
  if (all.principals.length === 0)
    throw new TowlineError('SECRET_NO_RECIPIENT', 'no principal has an OpenPGP key that can encrypt');
  const plain = toSecretValue(values);
  if (!isMap(plain)) return [];
  const recipients = recipientsOf(all, path);
  const file = { fleet: fleet.name, path, format: 'dotenv', document: undefined, recipients } as const;
  return [[path, await sealedText(file, { plain, now })]];
}
