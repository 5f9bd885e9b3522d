import { showTime } from '../../core/trust/signature/evidence.ts';
import type { Terminal } from '../command/terminal.ts';
import { type CommitStory, changeWords } from './commit-story.ts';

/** Looked at from their beginning alone: else many of them would take time by their square. */
const lastLine = /(?<!\n)\n+$/;

/** For a person: first what is compared by phone, then what it would do. @param notes lines about where it stands */
export function tellStory(terminal: Terminal, story: CommitStory, notes: readonly string[]): void {
  const { commit, fingerprint, base, change, diff, needs } = story;
  const { name, email } = commit.author;
  terminal.line(`fingerprint  ${terminal.colour('bold', fingerprint)}`);
  terminal.line(`commit       ${commit.id}${commit.signature === undefined ? ' (not signed)' : ''}`);
  terminal.line(`on top of    ${base}`);
  terminal.line(`made by      ${name} <${email}>, ${showTime(commit.committer.timeSec)}`);
  for (const note of notes) terminal.line(note);
  const [first = 'nobody', ...others] = needs ?? ['not known: your clone does not trust what it stands on'];
  terminal.line(`needs        ${first}`);
  for (const other of others) terminal.line(`and          ${other}`);
  terminal.line();
  terminal.lines(commit.message.replace(lastLine, '').replace(/^/gm, '    '));
  terminal.line();
  if (change.length === 0) terminal.line('nothing changes');
  for (const each of change) terminal.line(changeWords(each));
  if (diff === '') return;
  terminal.line();
  terminal.lines(diff.replace(lastLine, ''));
}

/** For a program. */
export function storyJson({ commit, fingerprint, base, change, diff, needs }: CommitStory): object {
  return {
    ...{ commit: commit.id, fingerprint, base, message: commit.message },
    signed: commit.signature !== undefined,
    files: change.map(({ path, oldMode, newMode }) => ({ path, oldMode, newMode })),
    ...{ needs: needs ?? null, diff },
  };
}
