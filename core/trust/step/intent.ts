/**
 * What a signed message says it is for. People sign drafts; a forge in wrong hands could fast-forward main to one,
 * so a signature counts for main only when the message says main.
 */
import { type Trailer, trailersOf } from './trailers.ts';

const key = 'towline-ref';
/** A run is looked at from its beginning alone: else one of many blanks would take time by their square. */
const lastBlanks = /(?<![ \t\r])[ \t\r]+$/;
const trailerLine = /^([A-Za-z0-9-]+[ \t]*):[ \t]/;
/** From this walk on the final block is what git calls one. */
const blocksAsGitFrom = 2;

/** Whether `Towline-Ref: <fleet>/main` stands in the message exactly once, in its final trailer block. */
export function isMeantForMain(message: string, fleet: string, walk: number): boolean {
  const blanks = walk >= blocksAsGitFrom ? '[ \\t]*' : '';
  const named = new RegExp(`^${key}${blanks}:`, 'i');
  if (linesOf(message).filter(line => named.test(line)).length !== 1) return false;
  const trailer = finalTrailers(message, walk).find(({ token }) => token.toLowerCase() === key);
  const value = walk >= blocksAsGitFrom ? trailer?.value : trailer?.value.trim();
  return value === `${fleet}/main`;
}

/** The trailers of the final block, as a walk reads them; none where the message does not end in one. */
export function finalTrailers(message: string, walk: number): readonly Trailer[] {
  return walk >= blocksAsGitFrom ? trailersOf(message) : firstWalkTrailers(message);
}

/**
 * Before walk 2: each line a trailer for itself, and nothing else in the block but lines that begin with a blank. Tokens
 * and values with the blanks beside the colon.
 */
function firstWalkTrailers(message: string): Trailer[] {
  const lines = linesOf(message);
  while (lines.at(-1) === '') lines.pop();
  const block = lines.slice(lines.lastIndexOf('') + 1);
  const isBlock =
    lines.includes('') && block.every(line => trailerLine.test(`${line} `) || /^[ \t]/.test(line));
  if (!isBlock) return [];
  return block.flatMap(line => {
    const token = trailerLine.exec(`${line} `)?.[1];
    return token === undefined ? [] : [{ token, value: line.slice(token.length + 1) }];
  });
}

function linesOf(message: string): string[] {
  return message.split('\n').map(line => line.replace(lastBlanks, ''));
}

/** With a commit's id: devices that trust that one come over to the commit that says so. */
export const joinToken = 'Towline-Joins';

/** The trailer line that people's hooks add. */
export function intentTrailer(fleet: string): string {
  return `Towline-Ref: ${fleet}/main`;
}
