/** What a person is told who named something that is not there: what they may have meant, else what there is. */
import { TowlineError } from './errors.ts';
import { letterDistance } from './nearest.ts';

const shownNames = 10;

/** @returns `there is no device "pmup-1" …: did you mean pump-1?`, or the first ones that there are */
export function unknownName(what: string, name: string, known: Iterable<string>, where = ''): string {
  const names = [...known].sort();
  const start = `there is no ${what} "${name}"${where === '' ? '' : ` ${where}`}`;
  if (names.length === 0) return `${start}, nor any other`;
  const near = names
    .map(candidate => ({ candidate, far: letterDistance(name, candidate) }))
    .filter(({ candidate, far }) => far <= Math.max(1, Math.floor(candidate.length / 3)))
    .sort((left, right) => left.far - right.far)
    .slice(0, 3);
  if (near.length > 0)
    return `${start}: did you mean ${near.map(({ candidate }) => candidate).join(' or ')}?`;
  const rest = names.length > shownNames ? `, and ${names.length - shownNames} more` : '';
  return `${start}: there ${names.length === 1 ? 'is' : 'are'} ${names.slice(0, shownNames).join(', ')}${rest}`;
}

/** @param where such as `at commit 1a2b3c4d` */
export const noSuchDevice = (id: string, known: Iterable<string>, where: string): TowlineError =>
  new TowlineError('CLI_NO_SUCH_DEVICE', unknownName('device', id, known, where));
