/**
 * The trailers of a commit's message, as git reads them without anybody's settings: `git interpret-trailers --parse
 * --no-divider`, by its trailer.c and commit.c. Devices have no git, and settings are each person's own.
 *
 * A line `---` is part of the message, as for `git log`: what follows it was signed like the rest.
 */
export interface Trailer {
  readonly token: string;
  /** On one line, without blanks at its ends. */
  readonly value: string;
}

const comment = '#';
/** What `git commit --verbose` puts between the message and the change. */
const cutLine = '# ------------------------ >8 ------------------------';
/** git's own lines: beside one of them a quarter of the block is enough. */
const generatedPrefixes = ['Signed-off-by: ', '(cherry picked from commit '];
/** git's isspace() and isalnum() know ASCII alone; `\v` and `\f` are no space. */
const blankLine = /^[ \t\r]*$/;
const startsWithSpace = /^[ \t\r]/;
const tokenPattern = /^([A-Za-z0-9-]+)[ \t]*:/;
/** A run is looked at from its beginning alone: else one of many blanks would take time by their square. */
const outerSpace = /^[ \t\r\n]+|(?<![ \t\r\n])[ \t\r\n]+$/g;

/** The trailers of a message, in their order. */
export function trailersOf(message: string): readonly Trailer[] {
  const lines = message.split('\n');
  // What follows the last newline is no whole line, and is neither the cut nor the head of a list.
  const open = lines.at(-1) === '' ? [] : lines.slice(-1);
  const text = lines.slice(0, endOfMessage(lines.slice(0, -1), open));
  return unfolded(text.slice(startOfTrailers(text)));
}

/** ignore_non_trailer(): comments, empty lines and an old list of conflicts at the end are no part of the message. */
function endOfMessage(whole: readonly string[], open: readonly string[]): number {
  const cut = whole.indexOf(cutLine);
  const lines = cut < 0 ? [...whole, ...open] : whole.slice(0, cut);
  // As in git, a run that begins with the very first line is noticed from its second on.
  let ignored = 0;
  let inConflicts = false;
  for (const [index, line] of lines.entries()) {
    if (line === '' || line.startsWith(comment)) ignored ||= index;
    else if (line === 'Conflicts:' && index < whole.length) {
      inConflicts = true;
      ignored ||= index;
    } else if (!(inConflicts && line.startsWith('\t')) && ignored > 0) {
      ignored = 0;
      inConflicts = false;
    }
  }
  return ignored > 0 ? ignored : lines.length;
}

/** What the lines of a block are, counted from its last one. */
interface Counted {
  trailers: number;
  others: number;
  /** Lines that begin with a space: a trailer's above them, or others. */
  continuations: number;
  hasGenerated: boolean;
}

/**
 * find_trailer_start(): after the last blank line, where all is trailers, or at least a quarter beside a line of git's
 * own; the first paragraph is the title. The number of lines where there are none.
 */
function startOfTrailers(lines: readonly string[]): number {
  const titleEnd = lines.findIndex(line => !line.startsWith(comment) && blankLine.test(line));
  if (titleEnd < 0) return lines.length;
  const counted: Counted = { trailers: 0, others: 0, continuations: 0, hasGenerated: false };
  let onlySpaces = true;
  for (let index = lines.length - 1; index >= titleEnd; index -= 1) {
    const line = lines[index] ?? '';
    if (!line.startsWith(comment) && blankLine.test(line)) {
      if (onlySpaces) continue;
      return isBlock(counted) ? index + 1 : lines.length;
    }
    if (!line.startsWith(comment)) onlySpaces = false;
    count(counted, line);
  }
  return lines.length;
}

function isBlock({ trailers, others, continuations, hasGenerated }: Counted): boolean {
  const nonTrailers = others + continuations;
  if (hasGenerated && trailers * 3 >= nonTrailers) return true;
  return trailers > 0 && nonTrailers === 0;
}

function count(counted: Counted, line: string): void {
  if (line.startsWith(comment)) {
    counted.others += counted.continuations;
    counted.continuations = 0;
    return;
  }
  const isGenerated = generatedPrefixes.some(prefix => line.startsWith(prefix));
  if (isGenerated || tokenPattern.test(line)) {
    counted.trailers += 1;
    counted.continuations = 0;
    counted.hasGenerated ||= isGenerated;
  } else if (startsWithSpace.test(line)) counted.continuations += 1;
  else {
    counted.others += 1 + counted.continuations;
    counted.continuations = 0;
  }
}

/** A line that begins with a space, or is empty, goes on with the trailer above it, with none where that is no trailer. */
function unfolded(block: readonly string[]): Trailer[] {
  const found: { token: string; lines: string[] }[] = [];
  let isOpen = false;
  for (const line of block) {
    const last = found.at(-1);
    if (isOpen && last !== undefined && (line === '' || startsWithSpace.test(line))) {
      last.lines.push(line);
      continue;
    }
    const [all, token] = tokenPattern.exec(line) ?? [];
    isOpen = all !== undefined && token !== undefined;
    if (all !== undefined && token !== undefined) found.push({ token, lines: [line.slice(all.length)] });
  }
  return found.map(({ token, lines }) => ({ token, value: onOneLine(lines.join('\n')) }));
}

function onOneLine(value: string): string {
  return value
    .replace(outerSpace, '')
    .replace(/\n[ \t\r\n]*/g, ' ')
    .replace(outerSpace, '');
}
