/** A device in the list: its words, what is asked of it when lists are filtered and sorted, and its JSON. */
import { knownWords, wellWords } from '../../../core/status/device-words.ts';
import type { NeedKind, Row } from '../../api/types.generated.ts';
import { type NeedingDevice, needsOf, saidKinds, waitingWords } from './needs.ts';

export interface BoardRow extends NeedingDevice {
  /** Of the board, when the row became what it is. */
  readonly version: number;
  readonly standing: string;
  readonly why: string;
  readonly kinds: readonly NeedKind[];
  /** For who reads its telemetry. */
  readonly json: string;
  /** For who sees the repository alone. */
  readonly bareJson: string;
}

export interface RowQuestion extends NeedingDevice {
  readonly version: number;
  /** Its branch is there, and its report was not read yet. */
  readonly isUnread: boolean;
}

/** Characters of a reason in a list. */
const longestWhy = 120;

export function boardRow(question: RowQuestion): BoardRow {
  const { id, wanted, facts, distance, isUnread } = question;
  const { said, doubt } = facts ?? {};
  const words = knownWords({ id, file: wanted.file, said, doubt, distance }, wanted.apps);
  const isBare = facts === undefined && isUnread;
  const standing = isBare ? 'unread' : words.outcome;
  const why = isBare ? '' : standing === 'no keys' ? unenrolledWords(question) : words.why;
  const kinds = needsOf(question);
  const ofFleet: Row = {
    ...{ id, s: standing },
    ...(words.wanted === '' ? {} : { w: words.wanted }),
    ...(wanted.revoked ? { x: true } : {}),
  };
  const row: Row = {
    ...ofFleet,
    ...(said === undefined ? {} : { r: Math.floor(Date.parse(said.reported) / 1000), ...behindOf(question) }),
    ...(words.runs === '' || words.runs === wellWords(wanted.apps) ? {} : { n: words.runs }),
    ...(said === undefined || said.tunnel === 'closed' ? {} : { t: said.tunnel }),
    ...(why === '' ? {} : { y: cut(why) }),
    ...(kinds.length === 0 ? {} : { k: [...kinds] }),
  };
  const bareKinds = kinds.filter(kind => !saidKinds.has(kind));
  const bare: Row = { ...ofFleet, s: bareStanding, ...(bareKinds.length === 0 ? {} : { k: bareKinds }) };
  const json = JSON.stringify(row);
  return { ...question, standing, why, kinds, json, bareJson: JSON.stringify(bare) };
}

/** Nobody can accept what no device has stated. */
const unenrolledWords = ({ isWaiting }: RowQuestion): string =>
  isWaiting ? waitingWords : 'has not come with its token yet';

/** What is said of a device to who does not read its telemetry. */
export const bareStanding = 'not yours';

function behindOf({ distance }: RowQuestion): Pick<Row, 'b'> {
  if (distance === undefined || (distance.ahead > 0 && distance.behind > 0)) return { b: -1 };
  return distance.behind === 0 ? {} : { b: distance.behind };
}

/** No half of a character is left. */
const cut = (text: string): string =>
  text.length <= longestWhy ? text : `${text.slice(0, longestWhy - 1).replace(/[\ud800-\udbff]$/, '')}…`;
