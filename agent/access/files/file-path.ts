/** Paths in a container: bytes, each a character of `latin1`, for not every name is UTF-8. */

export const longestPath = 4096;

/** Absolute, by its words alone: `.` and `..` are taken out, links are the container's. */
export function absolutePath(path: string, folder: string): string {
  const whole = path.startsWith('/') ? path : `${folder}/${path}`;
  const parts: string[] = [];
  for (const part of whole.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

/** As `printf %b` of any shell reads it: ASCII on one line, whatever the path has. */
export function escapedPath(path: string): string {
  return path.replaceAll(/[^\w./@:+=-]/g, one => `\\0${one.charCodeAt(0).toString(8).padStart(3, '0')}`);
}

/** For a person. */
export function shownPath(path: string): string {
  return Buffer.from(path, 'latin1').toString('utf8');
}

export function pathOf(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
