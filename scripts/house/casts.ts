/** Where a source says `as T`: what the types do not show. `as const` and names of imports are none. */

/** Comments, texts and the statements that import or export names, blanked; lines stay where they are. */
function codeOf(source: string): string {
  const blank = (text: string) => text.replace(/[^\n]/g, ' ');
  return source
    .replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$|'(?:[^'\\\n]|\\.)*'/gm, blank)
    .replace(/`(?:[^`\\]|\\[\s\S])*`/g, template => template.replace(/(^`|\})[^`$]*(?=\$\{|`$)/g, blank))
    .replace(/^(?:import|export)\b[^;=(]*?\bfrom\b[^;]*;/gm, blank);
}

/** @returns the lines, counted from 1, once for each cast */
export function castLines(source: string): number[] {
  return codeOf(source)
    .split('\n')
    .flatMap((line, index) => [...line.matchAll(/\bas\s+(?!const\b)[\w{[(]/g)].map(() => index + 1));
}
