/** What the last words of restic, and of the ssh that it runs, say of a store. */
import { TowlineError } from '../errors.ts';

/** No repository is there yet. */
export const isAbsent = (words: string): boolean =>
  /unable to open config file|Is there a repository at the following location/.test(words) &&
  /does not exist|not exist|no such file/i.test(words);

const maxWords = 400;
/** Progress, and where in its source restic was. */
const noise = /^\{"message_type":"status"|^\S+\.(go|s):\d+$|^(github\.com|golang\.org|runtime|main)[/.]\S*$/;

/** The words that say why, without progress and advice. */
function lastWords(lines: readonly string[]): string {
  const said = lines
    .map(line => line.replace(/[^\x20-\x7e]+/g, ' ').trim())
    .filter(line => line !== '' && !noise.test(line));
  return said.slice(-6).join('; ').slice(-maxWords) || 'it said nothing';
}

/** @param name of the store. @param lines its last ones, both streams, as untrusted as the store is */
export function storeError(name: string, lines: readonly string[]): TowlineError {
  const words = lines.join('\n');
  const why = `store ${name}: ${lastWords(lines)}`;
  const says = (pattern: RegExp): boolean => pattern.test(words);
  if (
    says(
      /Host key verification failed|Permission denied \(|Too many authentication failures|Load key|invalid format/,
    )
  )
    return new TowlineError('BACKUP_STORE_DENIED', why);
  if (says(/wrong password|no key found|password is incorrect/))
    return new TowlineError('BACKUP_STORE_PASSWORD', why);
  if (says(/no space left|disk quota exceeded|ENOSPC/i)) return new TowlineError('BACKUP_STORE_FULL', why);
  if (says(/read-only file system|SSH_FX_PERMISSION_DENIED|permission denied|operation not permitted/i))
    return new TowlineError('BACKUP_STORE_READ_ONLY', why);
  if (says(/already locked/)) return new TowlineError('BACKUP_STORE_LOCKED', why);
  if (says(/is not mounted$/m)) return new TowlineError('BACKUP_STORE_UNREACHABLE', why);
  if (
    says(
      /Connection (refused|reset|closed|timed out)|Operation timed out|No route to host|Network is unreachable|Could not resolve|Temporary failure in name|Name or service not known|ssh command exited|kex_exchange|not responding|broken pipe|connection lost|unexpected EOF|Input\/output error/i,
    )
  )
    return new TowlineError('BACKUP_STORE_UNREACHABLE', why);
  if (
    says(
      /ciphertext verification failed|invalid data returned|Unmarshal: |invalid character |does not match|not found in (the )?index|checksum|repository contains errors|no such file|does not exist/i,
    )
  )
    return new TowlineError('BACKUP_STORE_DAMAGED', why);
  return new TowlineError('BACKUP_STORE_FAILED', why);
}
