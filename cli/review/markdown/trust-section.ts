/** What the policy asks for: "two of three; missing: bob". */
import type { ReviewFile } from '../../../schemas/types.generated.ts';
import { number, shown, shownFirst, shownNames, table } from './shown.ts';

type Trust = ReviewFile['trust'];
type Asked = Trust['requirements'][number];
type Role = Asked['roles'][number];

const mostRows = 12;
/** In one cell. */
const mostPeople = 3;
const mostRoles = 3;

function verdict({ asItIs, merged, code, message }: Trust): string {
  if (merged) return 'Devices would take it by any merge button: approvals cover the change.';
  if (asItIs)
    return 'Devices would take these commits, pushed as they are. A merge button makes another commit, for which approvals are missing.';
  const why = [code, message].filter(text => text !== undefined).map(text => shown(text));
  return `**Devices would not take it yet**${why.length === 0 ? '' : `: ${why.join(' ')}`}`;
}

const people = (names: readonly string[]) => shownFirst(names, mostPeople, 40);

function roleWords({ name, threshold, vouched, missing }: Role, isMet: boolean): string {
  const have = `${number(vouched.length)} of ${number(threshold)} of ${shown(name, 40)}`;
  const by = vouched.length === 0 ? '' : ` (${people(vouched)})`;
  return isMet || missing.length === 0 ? `${have}${by}` : `${have}${by}; missing: ${people(missing)}`;
}

function requirementRow({ paths, pointer, rule, because, roles, isMet }: Asked): string[] {
  const place = pointer === undefined ? '' : ` at ${shown(pointer, 80)}`;
  const decided = rule === undefined ? 'root' : `rule ${number(rule)}`;
  const why = because === undefined ? '' : `, because ${shown(because)}`;
  return [
    `${shownNames(paths)}${place}`,
    `${decided}${why}`,
    roles
      .slice(0, mostRoles)
      .map(role => roleWords(role, isMet))
      .join(' or '),
    isMet ? 'yes' : '**no**',
  ];
}

export function trustSection({ trust, leftOut }: ReviewFile): string[] {
  const { requirements } = trust;
  const more = requirements.length - mostRows + leftOut.requirements;
  return [
    '#### Trust',
    '',
    verdict(trust),
    '',
    ...(requirements.length === 0
      ? []
      : table(
          ['changed', 'decided by', 'who vouched', 'enough'],
          requirements.slice(0, mostRows).map(requirementRow),
        )),
    ...(more > 0 ? [`… and ${number(more)} more.`, ''] : []),
  ];
}
