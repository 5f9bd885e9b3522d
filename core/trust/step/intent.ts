/**
 * What a signed message says it is for. People sign drafts; a forge in wrong hands could fast-forward main to one,
 * so a signature counts for main only when the message says main.
 */
const key = 'towline-ref';
const trailerLine = /^[A-Za-z0-9-]+[ \t]*:[ \t]/;

/** Whether `Towline-Ref: <fleet>/main` stands in the message exactly once, in its final trailer block. */
export function isMeantForMain(message: string, fleet: string): boolean {
  const isNamed = (line: string): boolean => line.toLowerCase().startsWith(`${key}:`);
  if (linesOf(message).filter(isNamed).length !== 1) return false;
  const value = finalBlock(message)
    .find(isNamed)
    ?.slice(key.length + 1);
  return value?.trim() === `${fleet}/main`;
}

/** The lines of the final trailer block; none where the message does not end in one. */
export function finalBlock(message: string): readonly string[] {
  const lines = linesOf(message);
  while (lines.at(-1) === '') lines.pop();
  const block = lines.slice(lines.lastIndexOf('') + 1);
  const isBlock =
    lines.includes('') && block.every(line => trailerLine.test(`${line} `) || /^[ \t]/.test(line));
  return isBlock ? block : [];
}

function linesOf(message: string): string[] {
  return message.split('\n').map(line => line.replace(/[ \t\r]+$/, ''));
}

/** The trailer line that people's hooks add. */
export function intentTrailer(fleet: string): string {
  return `Towline-Ref: ${fleet}/main`;
}
