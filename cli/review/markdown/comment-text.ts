/**
 * A review as the comment that people read, 60,000 characters at most: GitHub takes 65,536. It is made of what a hostile branch
 * may have written, by parts that show such text in code spans and nowhere else.
 */
import type { ReviewFile } from '../../../schemas/types.generated.ts';
import { planDetails, planTable } from './plan-section.ts';
import { rolloutSection } from './rollout-section.ts';
import { counted, number, shown, shownNames, table } from './shown.ts';
import { trustSection } from './trust-section.ts';

export const maxCommentLength = 60_000;
/** For what is said at the end of what was left out. */
const reserve = 500;
const mostRows = 30;
const mostChanges = 60;

/** Sections while there is room; of what came later there is a count. */
class Pages {
  readonly #parts: string[] = [];
  #length = 0;
  #left = 0;

  /** A section that is left out whole where it has no room: half of a table is none. */
  add(lines: readonly string[]): void {
    if (lines.length === 0) return;
    const text = `${lines.join('\n')}\n`;
    if (this.#length + text.length > maxCommentLength - reserve) {
      this.#left += 1;
      return;
    }
    this.#parts.push(text);
    this.#length += text.length;
  }

  get text(): string {
    const said = `There was no room for ${counted(this.#left, 'section')}: all of it is in the file of the job that planned.\n`;
    return this.#parts.join('') + (this.#left === 0 ? '' : said);
  }
}

function headline({ fleet, base, head, devices }: ReviewFile): string[] {
  const { all, touched, added, removed } = devices;
  const moved = [
    ...(added.count === 0 ? [] : [`Come: ${shownNames(added)}.`]),
    ...(removed.count === 0 ? [] : [`Go: ${shownNames(removed)}.`]),
  ];
  const will =
    touched === 0
      ? 'No device would do anything'
      : `**${number(touched)} of ${counted(all, 'device')}** would do something`;
  return [
    `### What this branch would do to ${shown(fleet, 80)}`,
    '',
    `${will}. ${moved.join(' ')}`.trim(),
    '',
    `Planned by Towline from two commits alone: ${shown(head)} onto ${shown(base)}.`,
    '',
  ];
}

function problemSection({ problems: { count, first } }: ReviewFile): string[] {
  if (count === 0) return [];
  const rows = first.map(({ code, at, message }) => [shown(code, 80), shown(at, 120), shown(message)]);
  const more = count - first.length;
  return [
    `**Devices would not apply it:** ${counted(count, 'problem')}, of which \`towline validate\` knows more.`,
    '',
    ...table(['code', 'where', 'what'], rows),
    ...(more > 0 ? [`… and ${number(more)} more.`, ''] : []),
  ];
}

function privilegeSection({ privileges, leftOut }: ReviewFile): string[] {
  if (privileges.length === 0) return [];
  const rows = privileges
    .slice(0, mostRows)
    .map(({ what, of, devices }) => [shown(what, 120), shown(of, 80), number(devices)]);
  const more = privileges.length - rows.length + leftOut.privileges;
  return [
    '#### New privileges',
    '',
    ...table(['asked for', 'by', 'devices'], rows),
    ...(more > 0 ? [`… and ${number(more)} more.`, ''] : []),
  ];
}

function changeSection({ changes, leftOut }: ReviewFile): string[] {
  if (changes.length === 0) return [];
  const rows = changes.slice(0, mostChanges).map(({ area, what }) => [shown(area, 20), shown(what, 160)]);
  const more = changes.length - rows.length + leftOut.changes;
  return [
    '#### Who may do what',
    '',
    ...table(['of', 'what changes'], rows),
    ...(more > 0 ? [`… and ${number(more)} more.`, ''] : []),
  ];
}

/** What matters most comes first: what comes last is left out first. */
export function commentText(review: ReviewFile): string {
  const { plans, rollouts, leftOut } = review;
  const pages = new Pages();
  pages.add(headline(review));
  pages.add(problemSection(review));
  pages.add(trustSection(review));
  pages.add(privilegeSection(review));
  pages.add(changeSection(review));
  pages.add(plans.length === 0 ? [] : ['#### Plans', '', ...planTable(plans)]);
  if (rollouts.length > 0) pages.add(['#### Rollouts', '']);
  for (const rollout of rollouts) pages.add(rolloutSection(rollout));
  for (const [index, plan] of plans.entries()) pages.add(planDetails(plan, index));
  const { plans: out, devices, rollouts: walks = 0 } = leftOut;
  if (out > 0) pages.add([`Left out: ${counted(out, 'plan')} of ${counted(devices, 'device')}.`, '']);
  if (walks > 0) pages.add([`Left out: ${counted(walks, 'rollout')}.`, '']);
  return pages.text;
}
