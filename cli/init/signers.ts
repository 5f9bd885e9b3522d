/**
 * Whose SSH signatures git itself calls good in a clone (`git log --format=%G?`): the keys of the policy of the commit that
 * is checked out. A view for people; devices and `towline trust check` walk by the policies themselves.
 */
import { readFile, realpath, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { GitCatFileSource } from '../../core/io/git/git-object-source.ts';
import { ObjectReader } from '../../core/trust/git/object-reader.ts';
import { loadPolicy } from '../../core/trust/policy/policy-load.ts';
import type { OwnedKey } from '../../core/trust/signature/trust-key.ts';
import { git } from '../desk/git.ts';

const fileName = 'towline-signers';
const setting = 'gpg.ssh.allowedSignersFile';

/** `ssh-ed25519`, as it stands first in the key itself. */
function typeOf(lookup: string): string {
  const bytes = Buffer.from(lookup, 'base64');
  return bytes.subarray(4, 4 + bytes.readUInt32BE(0)).toString('latin1');
}

/** Lines of ssh-keygen(1), ALLOWED SIGNERS. */
export function signerLines(owned: readonly OwnedKey[]): string[] {
  return owned
    .filter(({ key }) => key.kind !== 'openpgp' && !key.revoked)
    .map(({ principal, key: { lookup } }) => `${principal} namespaces="git" ${typeOf(lookup)} ${lookup}`);
}

/**
 * Writes them into the clone's git folder and points the clone's own setting there, unless somebody has set that one.
 * What the person's other settings name is kept below.
 * @throws TowlineError TRUST_POLICY_…
 */
export async function writeSigners(workTree: string): Promise<void> {
  const asked = (...args: string[]) => git(args, { directory: workTree }).catch(() => '');
  const policy = await asked('rev-parse', '--verify', '--quiet', 'HEAD:trust');
  const common = await realpath(
    path.resolve(workTree, await git(['rev-parse', '--git-common-dir'], { directory: workTree })),
  );
  const file = path.join(common, fileName);
  const local = await asked('config', '--local', '--type=path', setting);
  if (policy === '' || (local !== '' && path.basename(local) !== fileName)) return;
  await using source = new GitCatFileSource(common);
  const head = await git(['rev-parse', 'HEAD'], { directory: workTree });
  const { keys } = await loadPolicy(new ObjectReader(source), head, new Map());
  const other = await asked('config', '--global', '--type=path', setting);
  const kept = other === '' ? '' : await readFile(path.resolve(workTree, other), 'utf8').catch(() => '');
  // The hook compares the first line: most commits change no policy.
  const text = [`# ${policy}`, ...signerLines(keys.owned), kept].join('\n');
  await writeFile(`${file}.new`, text.endsWith('\n') ? text : `${text}\n`);
  await rename(`${file}.new`, file);
  if (local !== file) await git(['config', '--local', setting, file], { directory: workTree });
}
