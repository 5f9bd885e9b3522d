/**
 * Globs of policies. They match bytes: paths are valid UTF-8, in which bytes and characters agree about `/` and `*`.
 * `*` matches within a folder, `**` across folders (as a whole segment before a slash also none), dotfiles too.
 * Nothing else is special.
 */
type Token = { readonly literal: string } | 'star' | 'stars' | 'folders';

export type Glob = readonly Token[];

export function parseGlob(text: string): Glob {
  const tokens: Token[] = [];
  let offset = 0;
  while (offset < text.length) {
    const atSegment = offset === 0 || text[offset - 1] === '/';
    if (atSegment && text.startsWith('**/', offset)) {
      tokens.push('folders');
      offset += 3;
    } else if (text.startsWith('**', offset)) {
      tokens.push('stars');
      offset += 2;
    } else if (text[offset] === '*') {
      tokens.push('star');
      offset += 1;
    } else {
      tokens.push({ literal: text.charAt(offset) });
      offset += 1;
    }
  }
  return tokens;
}

/** Time grows with the product of both lengths, whatever the glob. */
export function matchesGlob(glob: Glob, path: string): boolean {
  let states = closure(glob, new Set([0]), true);
  for (const [index, character] of [...path.split('')].entries()) {
    const next = new Set<number>();
    for (const state of states) step(glob, state, character, next);
    if (next.size === 0) return false;
    states = closure(glob, next, character === '/' && index < path.length - 1);
  }
  return states.has(glob.length);
}

/** States that are reached without a character. `folders` ends only where a segment begins. */
function closure(glob: Glob, states: Set<number>, atSegment: boolean): Set<number> {
  for (const state of states) {
    const token = glob[state];
    if (token === 'star' || token === 'stars' || (token === 'folders' && atSegment)) states.add(state + 1);
  }
  return states;
}

function step(glob: Glob, state: number, character: string, next: Set<number>): void {
  const token = glob[state];
  if (token === undefined) return;
  if (token === 'stars' || token === 'folders') next.add(state);
  else if (token === 'star') {
    if (character !== '/') next.add(state);
  } else if (token.literal === character) next.add(state + 1);
}
