/**
 * The path that a file was sealed for, as one of its values: it opens nowhere else. The MAC of SOPS covers values and
 * neither keys nor the place of the file: whoever may write one folder could copy sealed bytes of another one into it.
 */
import { TowlineError } from '../errors.ts';
import type { SecretDocument, SecretFormat } from './document.ts';
import { isCovered } from './metadata.ts';
import { isComment, type SecretEntry, type SecretMap } from './tree.ts';
import { isEncryptedValue } from './value.ts';

/** Where a file belongs. */
export interface SecretPlace {
  /** The fleet's name. */
  readonly fleet: string;
  /** From the root of the repository. */
  readonly path: string;
}

/** The key of that value: stock sops keeps it like any other. */
export const ownPathKey = (format: SecretFormat): string =>
  format === 'dotenv' ? 'TOWLINE_PATH' : 'towline_path';

const statement = ({ fleet, path }: SecretPlace): string => `${fleet} ${path}`;

const plainStatement = /^[\w.-]{1,64} [\w./+-]{1,512}$/;

const isOwnPath = (item: SecretMap['items'][number]): item is SecretEntry =>
  !isComment(item) && item.key.toLowerCase() === 'towline_path';

/** The document without the value that says its path: the rest is what it holds. */
export function withoutOwnPath(tree: SecretMap): SecretMap {
  return { kind: 'map', items: tree.items.filter(item => !isOwnPath(item)) };
}

/** The document with the value that says its path, last. */
export function withOwnPath(tree: SecretMap, format: SecretFormat, place: SecretPlace): SecretMap {
  const entry = { key: ownPathKey(format), value: statement(place) };
  return { kind: 'map', items: [...withoutOwnPath(tree).items, entry] };
}

/**
 * What can be said of it without a key: it is there once, at the top, and sealed.
 * @throws SECRET_PATH_MISSING
 */
export function requireSealedOwnPath({ tree, metadata }: SecretDocument, format: SecretFormat): void {
  const key = ownPathKey(format);
  const [found, ...more] = tree.items.filter(isOwnPath);
  const complain = (why: string): never => {
    throw new TowlineError('SECRET_PATH_MISSING', `${key} ${why}`);
  };
  if (found === undefined) complain('is not among its values');
  if (found?.key !== key || more.length > 0) complain('must be there once, written like this');
  const sealed = typeof found?.value === 'string' && isEncryptedValue(found.value);
  // A value that its rule leaves in clear is no more than text that looks sealed.
  if (!sealed || !isCovered(metadata.rule, [key])) complain('is not sealed');
}

/**
 * Every value that says a path, also one too many, must say this one.
 * @param opened a document whose MAC was checked
 * @throws SECRET_PATH_OTHER
 */
export function checkOwnPath(opened: SecretMap, place: SecretPlace): void {
  const other = opened.items.filter(isOwnPath).find(({ value }) => value !== statement(place));
  if (other === undefined) return;
  // Whoever made the file chose the text.
  const said = typeof other.value === 'string' && plainStatement.test(other.value);
  const where = said ? other.value : 'something else';
  throw new TowlineError(
    'SECRET_PATH_OTHER',
    `it was sealed for "${where}", and lies at "${statement(place)}"`,
  );
}
