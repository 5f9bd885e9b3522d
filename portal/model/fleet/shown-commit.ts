import { vouchedWords, type CommitWord as Word } from '../../../core/history/line-reader.ts';
import type { CommitWord } from '../../api/types.generated.ts';
import type { Sight } from '../sight.ts';

/** Who reads the repository is told what it says; of others its subject may name any device. */
export function shownCommit(word: Word, sight: Sight): CommitWord {
  const { commit, time, subject } = word;
  return sight.readsRepository
    ? { commit, time, subject, vouched: vouchedWords(word) }
    : { commit, time, subject: '', vouched: '' };
}
