/** How what an agent exports comes to the person who asks for it: too much for a socket, it lies in a file for a moment. */
import path from 'node:path';

export function exportedFile(stateDirectory: string): string {
  return path.join(stateDirectory, 'report', 'exported.bundle');
}

export function exportedWords(commits: number): string {
  const what = commits === 1 ? 'One commit is' : `${commits} commits are`;
  return `${what} in it, which the gateway has not acknowledged. At a desk: towline bundle take-back FILE`;
}
